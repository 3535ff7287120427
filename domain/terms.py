"""The terms (时限与要求) under which a case runs, copied onto it when it opens.

Invariant: a case never reads policy again; a later policy or calendar reaches it only as a change in its history.
The notice sets no time limit for a single hazard (domain facts 1.3.4), so every number here is the bureau's
own policy, kept as versioned data and shown to the user.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, timezone
from enum import StrEnum
from typing import Final

from domain import workdays
from domain.ladder import ClockKind, Ladder, Period
from domain.workdays import Calendar, Limit

NO_LADDER: Final = Ladder(reminders=())
STAMPED: Final = timedelta(days=400)
"""How far ahead a case carries its days; what lies beyond is provisional until it is stamped anew."""


class ReopenClock(StrEnum):
    """What a reopened case (反销号) does with its time limit."""

    RESTART = "restart"
    CONTINUE = "continue"


@dataclass(frozen=True, kw_only=True)
class Terms:
    """One version of the policy, with the days that matter once it is stamped on a case.

    Attributes:
        version: the policy's version, for the record.
        limits: level code → clock → time limit.
        category_limits: category code → level code → clock → time limit, where a category differs.
        ladders: level code → what happens around a due instant.
        extension_days: level code → how many calendar days beyond the first due day extensions may reach; none
            where a level is missing.
        periods: sensitive periods, which make the ladder quicker.
        evidence: action code → kinds of evidence without which the action is refused.
        reopen_days: for how many calendar days after closure a case may be reopened.
        reopen_clock: whether a reopened case gets a fresh limit or keeps its last one.
        utc_offset_minutes: the district's fixed offset (China has no summer time).
        region: whose calendar counts.
        calendar: the days that the case needs; ``None`` in the policy itself.
        days: level code → stage code → plain calendar days: how cases count that were opened before there were clocks.
    """

    version: str
    evidence: Mapping[str, tuple[str, ...]]
    limits: Mapping[str, Mapping[ClockKind, Limit]] = field(default_factory=dict)
    category_limits: Mapping[str, Mapping[str, Mapping[ClockKind, Limit]]] = field(default_factory=dict)
    ladders: Mapping[str, Ladder] = field(default_factory=dict)
    extension_days: Mapping[str, int] = field(default_factory=dict)
    periods: tuple[Period, ...] = ()
    reopen_days: int = 30
    reopen_clock: ReopenClock = ReopenClock.RESTART
    utc_offset_minutes: int = 480
    region: str = "CN"
    calendar: Calendar | None = None
    days: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def stamped(self, calendar: Calendar, since: datetime, now: datetime) -> "Terms":
        """These terms with the days that a case needs that began at ``since`` (aware), as known at ``now``."""
        first, last = calendar.local_day(since) - timedelta(days=1), calendar.local_day(now) + STAMPED
        return replace(self, calendar=workdays.slice_for(calendar, first, last))

    def local(self, instant: datetime) -> datetime:
        """``instant`` (aware) in the district's local time, for people to read."""
        return instant.astimezone(timezone(timedelta(minutes=self.utc_offset_minutes)))

    def midnight(self, day: date) -> datetime:
        """The first instant (aware) of a local day."""
        return datetime(
            day.year, day.month, day.day, tzinfo=timezone(timedelta(minutes=self.utc_offset_minutes))
        )

    def limit(self, kind: ClockKind, level: str, category: str) -> Limit | None:
        """The time limit of a clock, the category's own before that of the level; ``None`` where none is set."""
        own = self.category_limits.get(category, {}).get(level, {}).get(kind)
        return own or self.limits.get(level, {}).get(kind)

    def ladder(self, level: str) -> Ladder:
        """What happens around a due instant of this level."""
        return self.ladders.get(level, NO_LADDER)

    def percent(self, day: date) -> int:
        """How much of each delay of the ladder remains for what is due on this local day; the least one rules."""
        told = day.isoformat()
        return min((one.percent for one in self.periods if one.first <= told <= one.last), default=100)

    def plain_due(self, level: str, stage: str, since: datetime) -> datetime | None:
        """When a stage that began at ``since`` (aware) is due by plain days, or ``None`` where no limit is set."""
        days = self.days.get(level, {}).get(stage)
        return None if days is None else since + timedelta(days=days)

    def reopen_until(self, closed_at: datetime) -> datetime:
        """The last instant at which a case closed at ``closed_at`` (aware) may be reopened."""
        return closed_at + timedelta(days=self.reopen_days)
