"""When a limit ends, what is left of it, and what another calendar would move.

Invariant: pauses are arithmetic on used time. What was used before a pause and what is used after it add up to the
limit, wherever and however often it was paused; and a change of the limit starts from the original start.

Counting follows the Civil Code (民法典) articles 200 to 203: the first day is not counted, hours count from the event,
a last day that is a day off moves to the next working day, a day ends at 24:00 or at close of business.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from domain.errors import Kind, Refused
from domain.workdays import counting
from domain.workdays.calendars import DAY, MINUTES_PER_DAY, Calendar
from domain.workdays.limits import MOST_DAYS, DayEnd, Due, Limit, Pause, Unit

_NONE: Final = timedelta()
_INSTANT: Final = timedelta(microseconds=1)


@dataclass(frozen=True, kw_only=True)
class Course:
    """How a counted limit runs: it counts from ``begin``, is used up at ``used_up``, and ends on ``due``.

    ``counted_to`` is ``used_up`` or, where a pause reached beyond it, the end of that pause: the instant whose day is
    the last one before it moves. Instants are aware and local.
    """

    begin: datetime
    used_up: datetime
    counted_to: datetime
    due: Due


def due(calendar: Calendar, start: datetime, limit: Limit, pauses: Iterable[Pause] = ()) -> Due:
    """When ``limit`` ends that began at ``start`` (aware), with its finished pauses.

    A named date is never moved, not by days off and not by pauses.

    Raises:
        Refused: ``limit_in_past`` or ``limit_too_far`` for a named date.
    """
    if limit.unit is Unit.NAMED_DATE:
        return _named(calendar, start, limit)
    return course(calendar, start, limit, pauses).due


def total(calendar: Calendar, limit: Limit) -> timedelta:
    """A counted limit as time of its unit.

    A working day is as long as the opening hours; of a last calendar day that ends at close of business, what is
    behind that is no part of the limit.
    """
    if limit.unit is Unit.CALENDAR_DAYS:
        return (limit.amount - 1) * DAY + timedelta(minutes=_last_minute(calendar, limit))
    if limit.unit is Unit.WORKING_DAYS:
        return limit.amount * calendar.hours.per_day
    return timedelta(hours=limit.amount)


def used(
    calendar: Calendar, start: datetime, limit: Limit, now: datetime, pauses: Iterable[Pause] = ()
) -> timedelta:
    """What a counted limit has used until ``now`` (aware), in time of its unit; never more than all of it."""
    since, passed = begin(calendar, start, limit), _NONE
    for pause in _ordered(pauses):
        passed += counting.elapsed(calendar, limit.unit, since, min(pause.since, now))
        since = max(since, pause.until)
    passed += counting.elapsed(calendar, limit.unit, since, now)
    return min(passed, total(calendar, limit))


def remaining(
    calendar: Calendar, start: datetime, limit: Limit, now: datetime, pauses: Iterable[Pause] = ()
) -> timedelta:
    """What is left of a counted limit at ``now`` (aware), in time of its unit: what a pause that starts now keeps."""
    return total(calendar, limit) - used(calendar, start, limit, now, pauses)


def begin(calendar: Calendar, start: datetime, limit: Limit) -> datetime:
    """The instant (aware, local) from which a limit counts: art. 201, the first day is left out, hours are not."""
    if limit.unit is Unit.WORKING_HOURS:
        return calendar.local(start)
    return calendar.midnight(calendar.local_day(start) + DAY)


def course(calendar: Calendar, start: datetime, limit: Limit, pauses: Iterable[Pause] = ()) -> Course:
    """How a counted limit runs."""
    first = since = begin(calendar, start, limit)
    left = total(calendar, limit)
    used_up: datetime | None = None
    for pause in _ordered(pauses):
        reached = counting.later(calendar, limit.unit, since, left)
        if _end(calendar, limit, reached)[0] <= pause.since:
            break
        passed = min(left, counting.elapsed(calendar, limit.unit, since, pause.since))
        if passed == left and used_up is None:
            used_up = reached
        left -= passed
        since = max(since, calendar.local(pause.until))
    counted_to = counting.later(calendar, limit.unit, since, left)
    at, last = _end(calendar, limit, counted_to)
    # calendar days ask the calendar only where they end
    asked = _day_of(calendar, counted_to) if limit.unit is Unit.CALENDAR_DAYS else first.date()
    return Course(
        begin=first,
        used_up=used_up or counted_to,
        counted_to=counted_to,
        due=Due(at=at.astimezone(UTC), last_day=last, provisional=not _official(calendar, asked, last)),
    )


def next_working_day(calendar: Calendar, day: date) -> date:
    """``day`` itself where it is worked, else the first working day after it (art. 203(1))."""
    while not calendar.works(day):
        day += DAY
    return day


def named(calendar: Calendar, limit: Limit) -> Due:
    """When a named date ends, wherever it lies."""
    day = date.fromisoformat(limit.on or "")
    minute = _last_minute(calendar, limit) if limit.minute is None else limit.minute
    at = calendar.midnight(day) + timedelta(minutes=minute)
    return Due(at=at.astimezone(UTC), last_day=day, provisional=False)


def _named(calendar: Calendar, start: datetime, limit: Limit) -> Due:
    if date.fromisoformat(limit.on or "") - calendar.local_day(start) > MOST_DAYS * DAY:
        raise Refused(Kind.INVALID, "limit_too_far", "指定日期过于遥远", field="on")
    due = named(calendar, limit)
    if due.at <= start:
        raise Refused(Kind.INVALID, "limit_in_past", "指定日期已经过去", field="on")
    return due


def _end(calendar: Calendar, limit: Limit, counted_to: datetime) -> tuple[datetime, date]:
    """The end of a limit and its last day: the instant itself for hours, else the end of a working day."""
    day = _day_of(calendar, counted_to)
    if limit.unit is Unit.WORKING_HOURS:
        return counted_to, day
    minutes = timedelta(minutes=_last_minute(calendar, limit))
    # only a pause can let a limit in days be used up in the evening
    day = next_working_day(calendar, day if counted_to <= calendar.midnight(day) + minutes else day + DAY)
    return calendar.midnight(day) + minutes, day


def _last_minute(calendar: Calendar, limit: Limit) -> int:
    """When a last day is over, in minutes after its midnight."""
    return calendar.hours.spans[-1][1] if limit.day_end is DayEnd.CLOSE else MINUTES_PER_DAY


def _day_of(calendar: Calendar, instant: datetime) -> date:
    """The day that an end belongs to: midnight is the end of the day before."""
    return calendar.local_day(instant - _INSTANT)


def _official(calendar: Calendar, first: date, last: date) -> bool:
    return all(
        calendar.is_official(day)
        for day in (first, last, *(date(year, 1, 1) for year in range(first.year + 1, last.year)))
    )


def _ordered(pauses: Iterable[Pause]) -> list[Pause]:
    return sorted(pauses, key=lambda pause: (pause.since, pause.until))
