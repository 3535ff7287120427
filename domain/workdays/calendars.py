"""A calendar as a value: which days are worked in a region, and when an office is open on them.

Invariant: every field stands in JSON as it is, so that a calendar can be stamped into the terms of a case and come
back equal; and a day outside the official plans is told apart, never passed off as known.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from enum import StrEnum
from itertools import pairwise
from typing import Final

from domain.errors import Kind, Refused

DAY: Final = timedelta(days=1)
MINUTES_PER_DAY: Final = 1440


class DayKind(StrEnum):
    """What an exception from the plain week says of a day."""

    HOLIDAY = "holiday"
    IN_LIEU = "in_lieu"
    MAKE_UP = "make_up"
    ORDINARY = "ordinary"

    @property
    def label(self) -> str:
        """The term that people use."""
        return _KINDS[self]


_KINDS: Final = {
    DayKind.HOLIDAY: "放假",
    DayKind.IN_LIEU: "调休放假",
    DayKind.MAKE_UP: "调休上班",
    DayKind.ORDINARY: "按周历",
}


@dataclass(frozen=True, kw_only=True)
class Day:
    """One exception: its kind, the festival's name (Chinese), and the document that orders it."""

    kind: DayKind
    name: str
    source_doc: str


@dataclass(frozen=True, kw_only=True)
class OpeningHours:
    """When an office works on a working day: spans of minutes after local midnight, in order, the lunch break left out.

    Raises ``Refused`` (``opening_hours_invalid``) for no span, a span outside the day, or spans that overlap.
    """

    spans: tuple[tuple[int, int], ...] = ((8 * 60 + 30, 12 * 60), (14 * 60 + 30, 17 * 60 + 30))

    def __post_init__(self) -> None:
        edges = [minute for span in self.spans for minute in span]
        within = bool(edges) and edges[0] >= 0 and edges[-1] <= MINUTES_PER_DAY
        if not within or any(later <= earlier for earlier, later in pairwise(edges)):
            raise Refused(
                Kind.INVALID,
                "opening_hours_invalid",
                "办公时间须按先后排列，不得重叠或越过一日",
                field="hours",
            )

    @property
    def per_day(self) -> timedelta:
        """The working time of one working day."""
        return timedelta(minutes=sum(closes - opens for opens, closes in self.spans))


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """Which days are worked in a region, as far as the documents say.

    Attributes:
        region: such as ``CN`` or ``CN-15``.
        version: changes with every edit; stamped with what was computed from it.
        days: exceptions only, by ISO date in local time; every other day follows the week.
        official_years: years whose official plan is loaded.
        known_from: first ISO date of which this value speaks; a slice knows no more than its window.
        known_until: last such date, included.
        hours: opening hours of every working day.
        utc_offset_minutes: the fixed offset of the region (China has no summer time).
    """

    region: str
    version: str
    official_years: tuple[int, ...]
    days: Mapping[str, Day] = field(default_factory=dict)
    known_from: str = "0001-01-01"
    known_until: str = "9999-12-31"
    hours: OpeningHours = OpeningHours()
    utc_offset_minutes: int = 480

    def works(self, day: date) -> bool:
        """Whether a local day is worked; outside the official plans, by the week alone."""
        exception = self.days.get(day.isoformat())
        if exception is None or exception.kind is DayKind.ORDINARY:
            return day.weekday() < 5
        return exception.kind is DayKind.MAKE_UP

    def is_official(self, day: date) -> bool:
        """Whether an official plan says what this day is; otherwise anything that depends on it is provisional."""
        return day.year in self.official_years and self.known_from <= day.isoformat() <= self.known_until

    def midnight(self, day: date) -> datetime:
        """The first instant (aware, local) of a local day."""
        return datetime.combine(day, time(), timezone(timedelta(minutes=self.utc_offset_minutes)))

    def local(self, instant: datetime) -> datetime:
        """``instant`` in local time. Raises ``ValueError`` for one without a zone."""
        if instant.tzinfo is None:
            raise ValueError("an instant needs a zone")
        return instant.astimezone(timezone(timedelta(minutes=self.utc_offset_minutes)))

    def local_day(self, instant: datetime) -> date:
        """The local day of ``instant`` (aware)."""
        return self.local(instant).date()
