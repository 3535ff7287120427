"""The official days off and make-up days of past and present years, from the published package ``chinesecalendar``.

Invariant: only years for which the package has an official plan; for any other it raises, and so there is none here.
"""

from collections.abc import Iterator
from datetime import date
from typing import Final

import chinese_calendar

from domain.workdays import Day, DayKind, Plan

_NUMBERS: Final = {
    2020: "国办发明电〔2019〕16号、〔2020〕1号",
    2021: "国办发明电〔2020〕27号",
    2022: "国办发明电〔2021〕11号",
    2023: "国办发明电〔2022〕16号",
    2024: "国办发明电〔2023〕7号",
    2025: "国办发明电〔2024〕12号",
    2026: "国办发明电〔2025〕7号",
}
"""Document numbers that were checked; older notices are named by their title alone."""


def plans() -> Iterator[Plan]:
    """The official plan of every year that the package covers, in order."""
    covered = [day.year for day in chinese_calendar.holidays]
    for year in range(min(covered), max(covered) + 1):
        # the package's own word for "there is an official plan": it raises otherwise
        chinese_calendar.is_workday(date(year, 1, 1))
        yield Plan(year=year, source_doc=_document(year), days=dict(_days(year)))


def _days(year: int) -> Iterator[tuple[date, Day]]:
    for day, name in chinese_calendar.holidays.items():
        if day.year == year:
            kind = DayKind.IN_LIEU if day in chinese_calendar.in_lieu_days else DayKind.HOLIDAY
            yield day, _day(kind, name, year)
    for day, name in chinese_calendar.workdays.items():
        if day.year == year:
            yield day, _day(DayKind.MAKE_UP, name, year)


def _day(kind: DayKind, name: str, year: int) -> Day:
    return Day(kind=kind, name=chinese_calendar.Holiday(name).chinese, source_doc=_document(year))


def _document(year: int) -> str:
    number = f"（{_NUMBERS[year]}）" if year in _NUMBERS else ""
    return f"《国务院办公厅关于{year}年部分节假日安排的通知》{number}"
