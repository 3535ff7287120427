"""Another way to the same due dates: brute force over the published package, sharing nothing with the rules.

Days are walked one by one with ``chinese_calendar``; hours are ticked off minute by minute, or second by second
where the start has seconds.
"""

from datetime import date, datetime, timedelta, timezone
from functools import cache

import chinese_calendar

LOCAL = timezone(timedelta(hours=8))
ONE = timedelta(days=1)


@cache
def works(day: date) -> bool:
    return bool(chinese_calendar.is_workday(day))


def weekdays_only(day: date) -> bool:
    return day.weekday() in (0, 1, 2, 3, 4)


def is_open(instant: datetime) -> bool:
    """08:30 to 12:00 and 14:30 to 17:30, ends excluded."""
    clock = instant.hour * 3600 + instant.minute * 60 + instant.second
    return works(instant.date()) and (30_600 <= clock < 43_200 or 52_200 <= clock < 63_000)


def working_days(start: datetime, amount: int, ends: str = "close") -> datetime:
    day, found = start.date(), 0
    while found < amount:
        day += ONE
        found += works(day)
    return _end(day, ends)


def calendar_days(start: datetime, amount: int, ends: str = "midnight") -> datetime:
    day = start.date() + timedelta(days=amount)
    while not works(day):
        day += ONE
    return _end(day, ends)


def working_hours(start: datetime, amount: int) -> datetime:
    tick = timedelta(seconds=1) if start.second else timedelta(minutes=1)
    left, now = timedelta(hours=amount), start
    while left:
        if is_open(now):
            left -= tick
        now += tick
    return now


def worked_minutes(start: datetime, end: datetime) -> int:
    """Open minutes between two instants on whole minutes."""
    minute = timedelta(minutes=1)
    return sum(is_open(start + number * minute) for number in range((end - start) // minute))


def due(start: datetime, limit: str) -> datetime:
    """The due instant of a limit as the golden table writes it, such as ``3 working_days midnight`` or ``on 2022-10-08``."""
    first, unit, *rest = limit.split()
    if unit == "working_hours":
        return working_hours(start, int(first))
    if unit == "working_days":
        return working_days(start, int(first), *rest)
    if unit == "calendar_days":
        return calendar_days(start, int(first), *rest)
    return _named(unit, *rest)


def _named(day: str, at: str = "24:00") -> datetime:
    hour, minute = (int(part) for part in at.split(":"))
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), LOCAL) + timedelta(
        hours=hour, minutes=minute
    )


def _end(day: date, ends: str) -> datetime:
    start = datetime(day.year, day.month, day.day, tzinfo=LOCAL)
    return start + (timedelta(hours=17, minutes=30) if ends == "close" else ONE)
