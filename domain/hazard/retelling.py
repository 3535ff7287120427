"""Which notices a change must have made, from the record alone (复核): for the auditor of the delivery.

Invariant: it decides by the same functions that decided when the change was made, over the case that the chain gives.
"""

from datetime import datetime
from typing import Final

from domain.audit import Entry
from domain.hazard import steps, telling, timetable
from domain.hazard.shapes import Case
from domain.hazard.words import CHANGE_TEAM, RESTAMP, Action, StepKind
from domain.notices import Notice
from domain.owed import GRACE

_CLOCK: Final = frozenset(StepKind)


def notices(before: Case | None, after: Case, entry: Entry) -> tuple[Notice, ...]:
    """The notices of the change ``entry`` that led from one case to the next; ``before`` is ``None`` for the first."""
    if entry.action in _CLOCK and before is not None:
        taken = steps.step(before, entry.at)
        return () if taken is None or taken.entry.action != entry.action else taken.notices
    if before is None:
        told = [telling.work(after)]
    elif entry.action in (RESTAMP, CHANGE_TEAM):
        told = list(steps.restamp_told(before, after, entry.reason or ""))
    else:
        told = list(steps.told(before, after, Action(entry.action)))
    return telling.notices(after, entry, told)


def not_taken(case: Case, now: datetime) -> tuple[Notice, ...]:
    """What the step of the clock would have told that was due long before ``now`` (aware) and that nobody took."""
    coming = timetable.next_step(case)
    if coming is None or coming.at + GRACE > now:
        return ()
    taken = steps.step(case, coming.at)
    return () if taken is None else taken.notices
