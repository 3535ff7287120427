"""Setting a clock and moving it: start, pause, resume, another limit, other days.

Invariant: a due instant is computed here only, from the clock's own start, limit and pauses and the stamped days; the
first one is kept beside it. A case keeps no due instant while it is paused.
"""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, Final

from domain import workdays
from domain.hazard.shapes import Case
from domain.hazard.timing import Clock, Hold
from domain.hazard.words import CLOCK_OF, Stage
from domain.ladder import ClockKind
from domain.terms import Terms
from domain.workdays import Calendar, Due, Limit, Pause, Unit

Fields = dict[str, Any]

PLAIN_WEEK: Final = Calendar(region="", version="", official_years=())
"""What is counted by where terms carry no days: the week alone, so everything is provisional."""


def calendar_of(terms: Terms) -> Calendar:
    """The days that a case counts by."""
    return terms.calendar or PLAIN_WEEK


def begin(case: Case, kind: ClockKind, since: datetime, now: datetime) -> Clock | None:
    """A clock that starts at ``since``, set at ``now``; ``None`` where the terms have no limit for it."""
    limit = case.terms.limit(kind, case.level, case.category)
    if limit is None:
        return None
    clock = Clock(kind=kind, since=since, limit=limit, due_at=None, last_day="", provisional=False)
    clock = set_anew(clock, case.terms, case.level, now)
    return replace(clock, first_due_at=clock.due_at)


def set_anew(clock: Clock, terms: Terms, level: str, now: datetime) -> Clock:
    """The clock with its due instant computed again, and with what is told around it where that instant moves.

    A reminder whose instant is behind ``now``, or not before the due instant, is not applicable. A breach is lifted when
    the new instant is ahead. Whatever the setting makes due is due at ``now``, not before.
    """
    if clock.hold is not None:
        return replace(clock, due_at=None)
    calendar = calendar_of(terms)
    due = _due(calendar, clock)
    last_day = due.last_day.isoformat()
    set_ = replace(clock, due_at=due.at, last_day=last_day, provisional=due.provisional, set_at=now)
    moved = due.at != clock.due_at
    reminded = () if moved else clock.reminded
    leads = [lead for lead in terms.ladder(level).reminders if lead not in reminded]
    ahead = [lead for lead in leads if now < reminder_at(calendar, set_, lead) < due.at]
    set_ = replace(set_, skipped=tuple(lead for lead in leads if lead not in ahead), reminded=reminded)
    return _unbreached(set_) if moved and due.at > now else set_


def reminder_at(calendar: Calendar, clock: Clock, lead: int) -> datetime:
    """When the reminder ``lead`` working days before the last day leaves."""
    return workdays.opening_ahead(calendar, date.fromisoformat(clock.last_day), lead).astimezone(UTC)


def held(clock: Clock, hold: Hold) -> Clock:
    """The clock as it stands still."""
    return replace(clock, hold=hold, due_at=None)


def released(clock: Clock, terms: Terms, level: str, now: datetime) -> Clock:
    """The clock as it goes on after its pause; a ladder that was under way goes on from now."""
    going = set_anew(_closed_hold(clock, now), terms, level, now)
    if going.breached_at is None:
        return going
    return replace(going, rung_from=now, repeat_from=now)


def resumed(case: Case, now: datetime) -> Fields:
    """What the end of a pause changes; whoever had acknowledged, the ladder goes on from now."""
    if case.running is None:
        return {}
    going = released(case.running, case.terms, case.level, now)
    return summary(going) | {"acknowledgement": None}


def stopped(clock: Clock, now: datetime) -> Clock:
    """The clock as its stage is over."""
    return replace(_closed_hold(clock, now), stopped_at=now)


def extended(clock: Clock, terms: Terms, level: str, until: str, now: datetime) -> Clock:
    """The clock with the named date of a granted extension as its limit."""
    named = replace(clock, limit=Limit(unit=Unit.NAMED_DATE, on=until), extended=True)
    return set_anew(named, terms, level, now)


def going_on(clock: Clock, terms: Terms, level: str, now: datetime) -> Clock:
    """A clock that was stopped, as it goes on with the limit that it had (反销号续用原时限)."""
    again = replace(
        _unbreached(clock), stopped_at=None, due_at=None, first_due_at=clock.first_due_at or clock.due_at
    )
    return set_anew(again, terms, level, now)


def regraded(case: Case, now: datetime) -> Clock | None:
    """The running clock under the limit of the case's new level, from its original start, its pauses kept."""
    running = case.running
    if running is None:
        kind = CLOCK_OF.get(case.stage)
        return None if kind is None else begin(case, kind, case.stage_since, now)
    limit = case.terms.limit(running.kind, case.level, case.category)
    if limit is None:
        return None
    return set_anew(replace(running, limit=limit, extended=False), case.terms, case.level, now)


def entered(before: Case, case: Case, to: Stage, now: datetime) -> Fields:
    """What entering stage ``to`` does to the clocks of ``case``, which is ``before`` with its new level already."""
    kind, running = CLOCK_OF.get(to), case.running
    if running is not None and running.kind is kind:
        going = running if case.level == before.level else regraded(case, now)
        going = going and _progressed(case, going, now)
        return summary(going) | {"acknowledgement": None}
    past = (*case.stopped, stopped(running, now)) if running is not None else case.stopped
    clock = begin(case, kind, now, now) if kind is not None else None
    return summary(clock) | {"stopped": past, "acknowledgement": None}


def summary(clock: Clock | None) -> Fields:
    """The fields of a case that follow from its running clock."""
    late = clock is not None and clock.breached_at is not None
    fields: Fields = {
        "running": clock,
        "due_at": None if clock is None else clock.due_at,
        "overdue": late,
    }
    return fields if late else fields | {"colour": None, "acknowledgement": None}


def _due(calendar: Calendar, clock: Clock) -> Due:
    if clock.limit.unit is Unit.NAMED_DATE:
        # one that has passed is due at once, never a reason to refuse the step
        return workdays.named(calendar, clock.limit)
    return workdays.due(calendar, clock.since, clock.limit, clock.pauses)


def _closed_hold(clock: Clock, now: datetime) -> Clock:
    if clock.hold is None:
        return clock
    pause = Pause(since=clock.hold.since, until=now, reason=clock.hold.reason)
    return replace(clock, hold=None, pauses=(*clock.pauses, pause))


def _unbreached(clock: Clock) -> Clock:
    return replace(
        clock,
        breached_at=None,
        told=(),
        acknowledged=(),
        rungs=0,
        rung_from=None,
        repeats=0,
        repeat_from=None,
    )


def _progressed(case: Case, clock: Clock, now: datetime) -> Clock:
    """A step forward under the same clock: what an acknowledgement held goes on from now."""
    if case.acknowledgement is None:
        return clock
    return replace(clock, rung_from=now, repeat_from=now)
