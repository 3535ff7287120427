"""The terms (时限与要求) under which a case runs, copied onto it when it opens.

Invariant: a case never reads policy again; a later policy reaches it only as a command in its history.
The notice sets no time limit for a single hazard (domain facts 1.3.4), so every number here is the bureau's
own policy, kept as versioned data and shown to the user.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from enum import StrEnum


class ReopenClock(StrEnum):
    """What a reopened case (反销号) does with its time limit."""

    RESTART = "restart"
    CONTINUE = "continue"


@dataclass(frozen=True, kw_only=True)
class Terms:
    """One version of the policy.

    Attributes:
        version: the policy's version, for the record.
        days: level code → stage code → calendar days allowed in that stage.
        evidence: action code → kinds of evidence without which the action is refused.
        reopen_days: for how many calendar days after closure a case may be reopened.
        reopen_clock: whether a reopened case gets a fresh limit or keeps its last one.
        utc_offset_minutes: the district's fixed offset (China has no summer time).
    """

    version: str
    days: Mapping[str, Mapping[str, int]]
    evidence: Mapping[str, tuple[str, ...]]
    reopen_days: int = 30
    reopen_clock: ReopenClock = ReopenClock.RESTART
    utc_offset_minutes: int = 480

    def local(self, instant: datetime) -> datetime:
        """``instant`` (aware) in the district's local time, for people to read."""
        return instant.astimezone(timezone(timedelta(minutes=self.utc_offset_minutes)))

    def midnight(self, day: date) -> datetime:
        """The first instant (aware) of a local day."""
        return datetime(
            day.year, day.month, day.day, tzinfo=timezone(timedelta(minutes=self.utc_offset_minutes))
        )

    def due_at(self, level: str, stage: str, since: datetime) -> datetime | None:
        """When a stage that began at ``since`` (aware) is due, or ``None`` where no limit is set."""
        days = self.days.get(level, {}).get(stage)
        return None if days is None else since + timedelta(days=days)

    def reopen_until(self, closed_at: datetime) -> datetime:
        """The last instant at which a case closed at ``closed_at`` (aware) may be reopened."""
        return closed_at + timedelta(days=self.reopen_days)
