"""Counting working time between instants, and walking along it.

Invariant: ``worked`` is additive over any split, and ``add`` is its inverse: ``worked(c, s, add(c, s, d)) == d``.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final

from domain.workdays.calendars import DAY, Calendar
from domain.workdays.limits import Unit

_NONE: Final = timedelta()


def spans(calendar: Calendar, day: date) -> tuple[tuple[datetime, datetime], ...]:
    """The open spans of a local day as instants (aware, local); none on a day off."""
    if not calendar.works(day):
        return ()
    first = calendar.midnight(day)
    return tuple(
        (first + timedelta(minutes=opens), first + timedelta(minutes=closes))
        for opens, closes in calendar.hours.spans
    )


def worked(calendar: Calendar, start: datetime, end: datetime) -> timedelta:
    """The working time between two instants (aware); nothing where ``end`` is not after ``start``."""
    since, until = calendar.local(start), calendar.local(end)
    total, day = _NONE, since.date()
    while day <= until.date():
        if since.date() < day < until.date():
            total += calendar.hours.per_day if calendar.works(day) else _NONE
        else:
            total += sum(
                (
                    max(_NONE, min(closes, until) - max(opens, since))
                    for opens, closes in spans(calendar, day)
                ),
                _NONE,
            )
        day += DAY
    return total


def add(calendar: Calendar, start: datetime, duration: timedelta) -> datetime:
    """The earliest instant (aware, local) by which ``duration`` (not negative) of working time has passed.

    A start outside opening hours moves to the next opening; a duration that is used up at closing time ends there.
    """
    now, left = calendar.local(start), duration
    if left <= _NONE:
        return now
    for opens, closes in _openings(calendar, now):
        room = closes - max(opens, now)
        if left <= room:
            return max(opens, now) + left
        left -= max(_NONE, room)
    raise AssertionError("the openings of a calendar never end")


def elapsed(calendar: Calendar, unit: Unit, start: datetime, end: datetime) -> timedelta:
    """What passes of a limit in ``unit`` between two instants: plain time for calendar days, else working time."""
    if unit is Unit.CALENDAR_DAYS:
        return max(_NONE, end - start)
    return worked(calendar, start, end)


def later(calendar: Calendar, unit: Unit, start: datetime, duration: timedelta) -> datetime:
    """The instant (aware, local) at which ``duration`` of the unit's time has passed since ``start``."""
    if unit is Unit.CALENDAR_DAYS:
        return calendar.local(start) + duration
    return add(calendar, start, duration)


def next_opening(calendar: Calendar, instant: datetime) -> datetime:
    """``instant`` (aware) itself inside opening hours, else the next opening (local)."""
    since = calendar.local(instant)
    opens = next(opens for opens, closes in _openings(calendar, since) if since < closes)
    return max(opens, since)


def within_business(calendar: Calendar, instant: datetime) -> bool:
    """Whether ``instant`` (aware) lies on a working day from its opening to its close, the lunch break and both included."""
    local = calendar.local(instant)
    open_ = spans(calendar, local.date())
    return bool(open_) and open_[0][0] <= local <= open_[-1][1]


def opening_ahead(calendar: Calendar, last_day: date, lead: int) -> datetime:
    """The opening (aware, local) of the ``lead``-th working day before ``last_day``.

    A lead of 0 is the last day itself, or the working day before it where it is off.
    """
    day, left = last_day, lead
    while left or not calendar.works(day):
        left -= calendar.works(day)
        day -= DAY
    return calendar.midnight(day) + timedelta(minutes=calendar.hours.spans[0][0])


def _openings(calendar: Calendar, since: datetime) -> Iterator[tuple[datetime, datetime]]:
    day = since.date()
    while True:
        yield from spans(calendar, day)
        day += DAY
