"""Time limits as values: a limit, its pauses, when it is due, and what is told about it.

Invariant: every field of a :class:`Limit` stands in JSON as it is; a limit on no day or of no length does not exist.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from domain.errors import Kind, Refused
from domain.workdays.calendars import MINUTES_PER_DAY

MOST_DAYS: Final = 3660
"""No limit is longer, in days: ten years. It also bounds the work of one computation."""
MOST_HOURS: Final = 8784
"""No limit in working hours is longer: the hours of a leap year."""


class Unit(StrEnum):
    """What a limit counts."""

    CALENDAR_DAYS = "calendar_days"
    WORKING_DAYS = "working_days"
    WORKING_HOURS = "working_hours"
    NAMED_DATE = "named_date"

    @property
    def label(self) -> str:
        """The term that people use."""
        return _UNITS[self]


_UNITS: Final = {
    Unit.CALENDAR_DAYS: "自然日",
    Unit.WORKING_DAYS: "工作日",
    Unit.WORKING_HOURS: "工作小时",
    Unit.NAMED_DATE: "指定日期",
}


class DayEnd(StrEnum):
    """At which instant a last day is over (Civil Code art. 203(2))."""

    MIDNIGHT = "midnight"
    CLOSE = "close"


@dataclass(frozen=True, kw_only=True)
class Limit:
    """A time limit as policy data.

    Attributes:
        unit: what is counted.
        amount: how many of it, at least 1 and at most 3,660 days or 8,784 hours; 0 for a named date.
        on: the ISO date of a named date.
        minute: for a named date, minutes after local midnight, such as 690 for 11:30; otherwise ``None``.
        ends: when the last day is over; ``None`` means close of business for working days, midnight otherwise.

    Raises ``Refused`` (``limit_invalid``) with the field that is wrong.
    """

    unit: Unit
    amount: int = 0
    on: str | None = None
    minute: int | None = None
    ends: DayEnd | None = None

    def __post_init__(self) -> None:
        named = self.unit is Unit.NAMED_DATE
        most = MOST_HOURS if self.unit is Unit.WORKING_HOURS else MOST_DAYS
        if not (self.amount == 0 if named else 1 <= self.amount <= most):
            raise _invalid("amount", "指定日期不计数量" if named else f"时限须在 1 至 {most} 之间")
        if named != (self.on is not None) or (self.on is not None and not _is_date(self.on)):
            raise _invalid("on", "没有这一天，日期须写作 2026-10-08" if named else "只有指定日期可以写明日期")
        if self.minute is not None and not (named and 0 <= self.minute <= MINUTES_PER_DAY):
            raise _invalid("minute", "只有指定日期可以写明钟点，且须在一日之内")
        if self.ends is not None and (self.unit is Unit.WORKING_HOURS or self.minute is not None):
            raise _invalid("ends", "按小时计算或写明钟点的时限没有末日截止方式")

    @property
    def day_end(self) -> DayEnd:
        """When the last day is over, the default of the unit applied."""
        return self.ends or (DayEnd.CLOSE if self.unit is Unit.WORKING_DAYS else DayEnd.MIDNIGHT)

    @property
    def spoken(self) -> str:
        """The limit as people say it, such as ``15个自然日`` or ``2026年10月8日``."""
        if self.on is None:
            return f"{self.amount}个{self.unit.label}"
        day = date.fromisoformat(self.on)
        clock = "" if self.minute is None else f"{self.minute // 60:02d}:{self.minute % 60:02d}"
        return f"{day.year}年{day.month}月{day.day}日{clock}"


@dataclass(frozen=True, kw_only=True)
class Pause:
    """A finished pause (暂停计时) of a clock, instants aware; while one is open a case has no due instant at all."""

    since: datetime
    until: datetime
    reason: str
    source_doc: str = ""


@dataclass(frozen=True, kw_only=True)
class Due:
    """When a limit ends.

    ``at`` is aware UTC: in time is before it. ``last_day`` is the local day that people speak of: a limit
    that ends on 8 October at 24:00 has ``at`` on the 9th, 00:00 local. ``provisional`` tells that a day without an
    official plan was counted by the plain week.
    """

    at: datetime
    last_day: date
    provisional: bool


@dataclass(frozen=True, kw_only=True)
class Segment:
    """A stretch of a limit: from ``since`` to ``until`` (aware UTC, end excluded), and whether and why it counted.

    ``amount`` is what it used of the limit: elapsed time for calendar days, working time for working days and hours.
    ``source`` is the law article or document, empty where the opening hours say it.
    """

    since: datetime
    until: datetime
    counted: bool
    amount: timedelta
    why: str
    source: str


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _invalid(name: str, message: str) -> Refused:
    return Refused(Kind.INVALID, "limit_invalid", message, field=name)
