"""How the due instant of a clock comes about (时限说明), as segments in Chinese, and what of it is used.

Invariant: the segments are those by which the instant was computed; what the counted ones used adds up to the limit.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain import workdays
from domain.hazard.clocks import calendar_of
from domain.hazard.timing import Clock
from domain.terms import Terms
from domain.workdays import Pause, Segment, Unit


@dataclass(frozen=True, kw_only=True)
class Explained:
    """A clock explained: ``duration`` and ``used`` are time of the limit's unit (plain time for calendar days)."""

    segments: tuple[Segment, ...]
    duration: timedelta
    used: timedelta


def explain(clock: Clock, terms: Terms, now: datetime) -> Explained:
    """Explain ``clock`` as it stands at ``now`` (aware); one that is held is explained as if it went on now."""
    calendar, pauses = calendar_of(terms), _pauses(clock, now)
    until = min(now, clock.stopped_at or now)
    if clock.limit.unit is Unit.NAMED_DATE:
        due = workdays.named(calendar, clock.limit).at
        if due <= clock.since:
            return Explained(segments=(), duration=timedelta(), used=timedelta())
        segments = workdays.explain(calendar, clock.since, clock.limit)
        used = min(until, due) - clock.since
        return Explained(segments=segments, duration=due - clock.since, used=max(timedelta(), used))
    return Explained(
        segments=workdays.explain(calendar, clock.since, clock.limit, pauses),
        duration=workdays.total(calendar, clock.limit),
        used=workdays.used(calendar, clock.since, clock.limit, until, pauses),
    )


def _pauses(clock: Clock, now: datetime) -> tuple[Pause, ...]:
    if clock.hold is None:
        return clock.pauses
    return (*clock.pauses, Pause(since=clock.hold.since, until=now, reason=clock.hold.reason))
