"""A history as its branches are told by: what happened, in which task, and what the summaries say."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Final

from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHistory

from tests.corpus import archive

_SUFFIX: Final = "_event_attributes"


def kind(event: HistoryEvent) -> str:
    """What an event is, such as ``timer_fired``."""
    return str(event.WhichOneof("attributes")).removesuffix(_SUFFIX)


@dataclass(frozen=True)
class Mark:
    """The end of a local activity: which one, what it was about, and the type of its failure."""

    activity: str
    summary: str
    failed: bool
    failure: str


@dataclass(frozen=True)
class Run:
    """One history of the corpus."""

    name: str
    history: WorkflowHistory

    @property
    def scene(self) -> str:
        return self.name.split("/")[-2]

    @property
    def workflow_id(self) -> str:
        return self.name.rpartition("/")[2].rsplit(".", 2)[0]

    @cached_property
    def events(self) -> list[HistoryEvent]:
        return list(self.history.events)

    @cached_property
    def kinds(self) -> list[str]:
        return [kind(event) for event in self.events]

    @cached_property
    def workflow(self) -> str:
        return self.events[0].workflow_execution_started_event_attributes.workflow_type.name

    @cached_property
    def activities(self) -> list[str]:
        """The activities outside the run's own tasks, in order."""
        return [
            event.activity_task_scheduled_event_attributes.activity_type.name
            for event in self.events
            if kind(event) == "activity_task_scheduled"
        ]

    @cached_property
    def marks(self) -> list[Mark]:
        """The local activities, in the order of their ends."""
        return [_mark(event) for event in self.events if _marker(event) == "core_local_activity"]

    @cached_property
    def patches(self) -> list[str]:
        """The patches under which the run decided something."""
        return [
            json.loads(event.marker_recorded_event_attributes.details["patch-data"].payloads[0].data)["id"]
            for event in self.events
            if _marker(event) == "core_patch"
        ]

    @cached_property
    def summaries(self) -> list[str]:
        """What the run's own waits and effects are said to be about."""
        return [_summary(event) for event in self.events if event.user_metadata.HasField("summary")]

    @cached_property
    def tasks(self) -> list[tuple[list[str], list[str]]]:
        """Of every completed task of the run: what had come before it, and what the run did in it."""
        found: list[tuple[list[str], list[str]]] = []
        come: list[str] = []
        did: list[str] | None = None
        for one in self.kinds:
            if one == "workflow_task_scheduled" or (one in _COMES and did is not None):
                come, did = ([one] if one in _COMES else []) if did is not None else come, None
            elif one == "workflow_task_completed":
                did = []
                found.append((come, did))
            elif did is None:
                come.append(one)
            else:
                did.append(one)
        return found

    @cached_property
    def results(self) -> list[str]:
        """What the run gave, if it came to its end."""
        return [
            json.loads(payload.data)
            for event in self.events
            for payload in event.workflow_execution_completed_event_attributes.result.payloads
        ]

    @cached_property
    def loaded(self) -> dict[str, Any]:
        """The case as the run first read it inside its own task; empty if it did not."""
        for event in self.events:
            result = event.marker_recorded_event_attributes.details.get("result")
            if result is not None and result.payloads[0].data:
                case: dict[str, Any] = json.loads(result.payloads[0].data)
                return case
        return {}


_COMES: Final = frozenset(
    {
        "timer_fired",
        "activity_task_started",
        "activity_task_completed",
        "activity_task_failed",
        "activity_task_canceled",
        "workflow_execution_cancel_requested",
        "workflow_execution_signaled",
    }
)
"""What comes to a run from outside of its tasks."""


def _marker(event: HistoryEvent) -> str:
    return event.marker_recorded_event_attributes.marker_name


def _summary(event: HistoryEvent) -> str:
    return str(json.loads(event.user_metadata.summary.data))


def _mark(event: HistoryEvent) -> Mark:
    marker = event.marker_recorded_event_attributes
    data = json.loads(marker.details["data"].payloads[0].data)
    failed = marker.HasField("failure")
    failure = marker.failure.application_failure_info.type if failed else ""
    about = _summary(event) if event.user_metadata.HasField("summary") else ""
    return Mark(data["activity_type"], about, failed, failure)


def of(texts: dict[str, str]) -> Iterator[Run]:
    """Histories by name, in the order of their names."""
    for name, text in sorted(texts.items()):
        yield Run(name, WorkflowHistory.from_json(name, text))


@cache
def kept() -> tuple[Run, ...]:
    """The runs of the corpus."""
    return tuple(of(archive.kept()))
