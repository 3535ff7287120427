"""Suppression (已办不发): a message that the record has overtaken does not leave.

Invariant: only what asks for something is ever moot, and only by an entry behind its own in the record: the same case and the
same record give the same answer for ever, which is what lets the auditor check it afterwards.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from domain.hazard import RESTAMP, Action, StepKind
from domain.notices import NoticeKind

_CLOCK: Final = frozenset(StepKind)
_LADDER: Final = frozenset({NoticeKind.OVERDUE, NoticeKind.ESCALATION, NoticeKind.REPEAT, NoticeKind.REARMED})
_CHASING: Final = _LADDER | {NoticeKind.REMINDER}
_OF_WHO_ACTS: Final = frozenset({NoticeKind.WORK, NoticeKind.REMINDER, NoticeKind.OVERDUE})
"""What is told to the post that has to act, and to nobody else."""
_MOVES_ON: Final = frozenset({"stage", "state", "closed_at", "merged_into"})
"""Fields of a case and of a bulletin that say so."""


@dataclass(frozen=True, kw_only=True)
class Later:
    """An entry of the record behind the one that a message tells of: what was done, and which fields it changed."""

    seq: int
    at: datetime
    action: str
    fields: frozenset[str]


def moot(kind: NoticeKind, later: Iterable[Later]) -> Later | None:
    """The entry that made a message of this kind pointless, or ``None`` where it still stands.

    A matter that moved on is neither chased nor asked for any more, nor asked of a post from which it was passed on (转派); a due
    instant that was moved by somebody takes its reminders with it; who took note is left alone; a slip that was replied to is not
    asked for.
    """
    return next((entry for entry in sorted(later, key=lambda one: one.seq) if _overtakes(kind, entry)), None)


def _overtakes(kind: NoticeKind, entry: Later) -> bool:
    passed_on = kind in _OF_WHO_ACTS and "responsible_post" in entry.fields
    moved_on = passed_on or bool(_MOVES_ON & entry.fields)
    if kind is NoticeKind.WORK:
        return moved_on
    if kind in _CHASING:
        by_somebody = entry.action not in _CLOCK or entry.action == StepKind.REVIVE
        acknowledged = entry.action == Action.ACKNOWLEDGE and kind in _LADDER
        return moved_on or acknowledged or (by_somebody and "due_at" in entry.fields)
    if kind in (NoticeKind.SLIP, NoticeKind.SLIP_UNANSWERED):
        return entry.action == Action.REPLY
    if kind is NoticeKind.EXTENSION_REQUESTED:
        return entry.action in (Action.GRANT_EXTENSION, Action.DENY_EXTENSION) or "closed_at" in entry.fields
    if kind is NoticeKind.PAUSED:
        return entry.action == Action.RESUME
    if kind is NoticeKind.DUE_MOVED:
        return entry.action != RESTAMP and "closed_at" in entry.fields
    return False
