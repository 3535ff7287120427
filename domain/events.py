"""Events for those outside (对外事件): what happened on record, as CloudEvents 1.0 without personal data.

Invariant: an event is named by its subject and step, so whoever meets it twice knows it; codes stand beside the Chinese
words that people read, and no text that somebody typed and no person leaves with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from domain import collection
from domain.bulletin.words import STEP_LABELS, BulletinState
from domain.hazard import ACTION_LABELS, Stage
from domain.ladder import Colour

TYPE_PREFIX: Final = "cn.bihuan"


class EventKind(StrEnum):
    """What kind of record it happened to."""

    HAZARD = "hazard"
    COLLECTION = "collection"
    BULLETIN = "bulletin"
    WEBHOOK = "webhook"

    @property
    def label(self) -> str:
        """The Chinese word for it."""
        return _KINDS[self]


_KINDS: Final = {
    EventKind.HAZARD: "隐患",
    EventKind.COLLECTION: "数据报送",
    EventKind.BULLETIN: "通报",
    EventKind.WEBHOOK: "试送",
}


@dataclass(frozen=True, kw_only=True)
class Event:
    """One change of one record; ``position`` orders all of them, ``seq`` those of a subject. ``at`` is aware UTC."""

    position: int
    id: str
    kind: EventKind
    action: str
    subject: str
    seq: int
    at: datetime
    unit_id: str | None
    unit_name: str | None
    data: Mapping[str, Any]

    @property
    def type(self) -> str:
        """The CloudEvents type, such as ``cn.bihuan.hazard.dispatch``."""
        return f"{TYPE_PREFIX}.{self.kind.value}.{self.action}"


def envelope(event: Event) -> dict[str, Any]:
    """The event as a CloudEvents 1.0 object of plain JSON values; the extension ``sequence`` is its step."""
    return {
        "specversion": "1.0",
        "id": event.id,
        "source": f"/v1/{event.kind.value}s",
        "type": event.type,
        "subject": event.subject,
        "time": event.at.isoformat().replace("+00:00", "Z"),
        "datacontenttype": "application/json",
        "sequence": str(event.seq),
        "data": _data(event),
    }


def _data(event: Event) -> dict[str, Any]:
    known = {
        "kind_label": event.kind.label,
        "action": event.action,
        "seq": event.seq,
        "unit_id": event.unit_id,
        "unit_name": event.unit_name,
    }
    return known | dict(event.data) | _words(event)


def _words(event: Event) -> dict[str, str | None]:
    """The Chinese words for the codes."""
    match event.kind:
        case EventKind.HAZARD:
            return _of_hazard(event)
        case EventKind.COLLECTION:
            return _of_collection(event)
        case EventKind.BULLETIN:
            state = BulletinState(event.data["state"]).label
            return {"action_label": STEP_LABELS[event.action], "state_label": state}
        case EventKind.WEBHOOK:
            return {}


def _of_hazard(event: Event) -> dict[str, str | None]:
    colour = event.data.get("colour")
    return {
        "action_label": ACTION_LABELS[event.action],
        "stage_label": Stage(event.data["stage"]).label,
        "colour_label": None if colour is None else Colour(colour).label,
    }


def _of_collection(event: Event) -> dict[str, str | None]:
    if "phase" not in event.data:
        label = _SUBMITTED if event.action == "submit" else collection.Action(event.action).label
        return {"action_label": label}
    phase = collection.Phase(event.data["phase"])
    return {"action_label": collection.label_of(event.action), "phase_label": phase.label}


_SUBMITTED: Final = "报送"
