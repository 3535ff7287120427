"""Replaying histories: whether today's workflow code still takes the decisions that are on record.

Invariant: nothing is started or changed; a history that today's code would have written otherwise is a failure.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from temporalio.client import Client, WorkflowHistory
from temporalio.worker import Replayer

from workflows import payloads
from workflows.sandbox import WORKFLOWS, runner


@dataclass(frozen=True, kw_only=True)
class Replayed:
    """One history: whose it is, how many events it has, and what was wrong with it, if anything."""

    workflow_id: str
    events: int
    failure: str | None


async def replay(histories: AsyncIterator[WorkflowHistory]) -> AsyncIterator[Replayed]:
    """Replay every history against today's code."""
    replayer = Replayer(workflows=WORKFLOWS, workflow_runner=runner(), data_converter=payloads.CONVERTER)
    async with replayer.workflow_replay_iterator(histories) as results:
        async for result in results:
            failure = result.replay_failure
            yield Replayed(
                workflow_id=result.history.workflow_id,
                events=len(result.history.events),
                failure=None if failure is None else f"{type(failure).__name__}: {failure}",
            )


async def recorded(folder: Path) -> AsyncIterator[WorkflowHistory]:
    """The histories kept as JSON files in a folder, by name."""
    for file in sorted(folder.glob("*.json")):  # noqa: ASYNC240 - nothing else runs beside a replay
        yield WorkflowHistory.from_json(file.stem, file.read_text(encoding="utf-8"))


async def running(client: Client, query: str) -> AsyncIterator[WorkflowHistory]:
    """The histories of the workflows that an engine lists for ``query``."""
    async for listed in client.list_workflows(query):
        yield await client.get_workflow_handle(listed.id, run_id=listed.run_id).fetch_history()
