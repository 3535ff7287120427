"""Working time (工作时间): days off, make-up days, opening hours, and how a due date comes about.

Pure functions over a frozen calendar; call through this package: ``workdays.due(calendar, start, limit)``.
"""

from domain.workdays.calendars import Calendar, Day, DayKind, OpeningHours
from domain.workdays.counting import add, next_opening, opening_ahead, within_business, worked
from domain.workdays.deadlines import due, named, next_working_day, remaining, total, used
from domain.workdays.explain import explain
from domain.workdays.limits import (
    MOST_DAYS,
    MOST_HOURS,
    DayEnd,
    Due,
    Limit,
    Pause,
    Segment,
    Unit,
)
from domain.workdays.plans import (
    Plan,
    check_day,
    check_document,
    check_plan,
    edited,
    official_until,
    overlay,
    slice_for,
)

__all__ = [
    "MOST_DAYS",
    "MOST_HOURS",
    "Calendar",
    "Day",
    "DayEnd",
    "DayKind",
    "Due",
    "Limit",
    "OpeningHours",
    "Pause",
    "Plan",
    "Segment",
    "Unit",
    "add",
    "check_day",
    "check_document",
    "check_plan",
    "due",
    "edited",
    "explain",
    "named",
    "next_opening",
    "next_working_day",
    "official_until",
    "opening_ahead",
    "overlay",
    "remaining",
    "slice_for",
    "total",
    "used",
    "within_business",
    "worked",
]
