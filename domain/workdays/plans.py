"""Calendars made from calendars: a slice for a case, a region's overlay, one edited day, a year's plan.

Invariant: a calendar never claims to know more than its documents say. A slice knows its window only, and a row that
contradicts the document it names, or the calendar it stands in, is refused with the field.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from domain.errors import Kind, Refused
from domain.workdays.calendars import Calendar, Day, DayKind

MOST_TEXT: Final = 200
_YEAR_OF_DOCUMENT: Final = re.compile(r"〔(\d{4})〕")
_NUMBER: Final = re.compile(r"[^\W\d_]+〔\d{4}〕\d+号")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The official arrangement (放假安排) of one year: its document and its exceptions by date."""

    year: int
    source_doc: str
    days: Mapping[date, Day]


def slice_for(calendar: Calendar, first: date, last: date) -> Calendar:
    """The calendar as far as ``first`` to ``last`` (local days, included) need it; beyond, it is provisional."""
    since, until = max(first.isoformat(), calendar.known_from), min(last.isoformat(), calendar.known_until)
    return replace(
        calendar,
        days={day: calendar.days[day] for day in sorted(calendar.days) if since <= day <= until},
        official_years=tuple(year for year in calendar.official_years if first.year <= year <= last.year),
        known_from=since,
        known_until=until,
    )


def overlay(base: Calendar, top: Calendar) -> Calendar:
    """The calendar of region ``top``, whose rows go before those of the region ``base`` under it."""
    return replace(
        top,
        version=f"{base.version}+{top.version}",
        days={**base.days, **top.days},
        official_years=tuple(sorted({*base.official_years, *top.official_years})),
        known_from=max(base.known_from, top.known_from),
        known_until=min(base.known_until, top.known_until),
    )


def edited(calendar: Calendar, days: Mapping[date, Day], years: Iterable[int] = ()) -> Calendar:
    """The calendar with these days, and these years as official ones: what an edit would make of it."""
    return replace(
        calendar,
        days={**calendar.days, **{day.isoformat(): row for day, row in days.items()}},
        official_years=tuple(sorted({*calendar.official_years, *years})),
    )


def official_until(calendar: Calendar, now: datetime) -> date | None:
    """The last local day of the unbroken official years from that of ``now`` (aware); ``None`` if that one lacks."""
    year = calendar.local_day(now).year
    if year not in calendar.official_years:
        return None
    while year + 1 in calendar.official_years:
        year += 1
    return date(year, 12, 31)


def check_document(source_doc: str) -> None:
    """Refuse an edit that names no document by its number (文号), such as ``国办发明电〔2025〕7号``.

    Raises:
        Refused: ``calendar_document_missing``.
    """
    if not _NUMBER.search(source_doc):
        message = "须写明文件及文号，如 国办发明电〔2025〕7号"
        raise Refused(Kind.CONFLICT, "calendar_document_missing", message, field="source_doc")


def check_day(under: Calendar, day: date, row: Day, current: Day | None) -> None:
    """Refuse a row that cannot be right: ``under`` is the calendar without the row, ``current`` what it replaces.

    Raises:
        Refused: ``calendar_day_invalid`` with the field, ``calendar_day_contradicts_source`` where the document
            that the row names is already on record for that day with another content, or cannot speak of that day, or
            ``calendar_day_repeats`` where nothing would change.
    """
    _check_text("name", row.name, required=row.kind is not DayKind.ORDINARY)
    _check_text("source_doc", row.source_doc, required=True)
    idle = row.kind is DayKind.ORDINARY and current is None and day.isoformat() not in under.days
    if current == row or idle:
        raise Refused(Kind.CONFLICT, "calendar_day_repeats", "该日已按此登记，没有变化", field="date")
    if (
        current is not None
        and current.kind != row.kind
        and _same_document(current.source_doc, row.source_doc)
    ):
        raise _contradiction(f"所引文件载明该日为“{current.kind.label}”，改动须引用另一份文件", "kind")
    if any(int(year) > day.year for year in _YEAR_OF_DOCUMENT.findall(row.source_doc)):
        raise _contradiction("所引文件的年份晚于该日", "source_doc")
    _check_week(under, day, row.kind)


def check_plan(plan: Plan) -> None:
    """Refuse a plan whose rows cannot be right.

    A plan speaks of its year and of the December before it; its document is of that year or the one before.

    Raises:
        Refused: ``calendar_plan_invalid`` or those of :func:`check_day`, with the field.
    """
    if not 1949 <= plan.year <= 9000:
        raise Refused(Kind.CONFLICT, "calendar_plan_invalid", "年份不对", field="year")
    issued = [int(year) for year in _YEAR_OF_DOCUMENT.findall(plan.source_doc)]
    if any(year not in (plan.year - 1, plan.year) for year in issued):
        raise _contradiction("放假安排的文件应在当年或上一年印发", "source_doc")
    if not any(row.kind is DayKind.HOLIDAY for row in plan.days.values()):
        raise Refused(Kind.CONFLICT, "calendar_plan_invalid", "放假安排没有一天放假", field="days")
    week = Calendar(region="", version="", official_years=())
    for day, row in plan.days.items():
        if not date(plan.year - 1, 12, 1) <= day <= date(plan.year, 12, 31):
            raise Refused(
                Kind.CONFLICT, "calendar_plan_invalid", f"{day} 不在 {plan.year} 年的安排之内", field="days"
            )
        check_day(week, day, row, None)


def _same_document(one: str, other: str) -> bool:
    """Whether two references are equal or share a document number, however the rest is worded."""
    return one == other or bool({*_NUMBER.findall(one)} & {*_NUMBER.findall(other)})


def _check_week(under: Calendar, day: date, kind: DayKind) -> None:
    if kind is DayKind.MAKE_UP and under.works(day):
        raise _contradiction("该日本是工作日，不能登记为调休上班", "kind")
    if kind is DayKind.IN_LIEU and not under.works(day):
        raise _contradiction("该日本已休息，不能登记为调休放假", "kind")


def _check_text(name: str, text: str, *, required: bool) -> None:
    printable = all(character.isprintable() for character in text)
    if not printable or len(text) > MOST_TEXT or (required and not text.strip()):
        label = {"name": "节日名称", "source_doc": "文件名称与文号"}[name]
        raise Refused(
            Kind.CONFLICT, "calendar_day_invalid", f"{label}须为 1 至 {MOST_TEXT} 字的单行文字", field=name
        )


def _contradiction(message: str, field: str) -> Refused:
    return Refused(Kind.CONFLICT, "calendar_day_contradicts_source", message, field=field)
