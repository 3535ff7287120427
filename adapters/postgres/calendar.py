"""The business calendar: regions, official years and exceptional days, each edit kept with who and when.

Invariant: a day changes only together with its history, under the lock of its region; so its versions have no gap, and
what was computed by an older version can be told from what the newer one says.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from adapters.postgres import calendar_rows
from adapters.postgres.calendar_rows import DayRow
from adapters.postgres.database import Connection, Database
from domain import workdays
from domain.errors import Kind, Refused
from domain.workdays import Calendar, Day, DayKind, OpeningHours, Plan

WARN_WITHIN: Final = timedelta(days=60)

_PUT_REGION: Final = """
INSERT INTO calendar_regions (region, base, name, utc_offset_minutes, hours) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT DO NOTHING
"""
"""A region, unless it is there."""

_ROOTS: Final = "SELECT region, name FROM calendar_regions WHERE base IS NULL ORDER BY region"
"""Regions that stand on no other; the official years are theirs."""

_YEARS: Final = (
    "SELECT year, source_doc, loaded_at, loaded_by FROM official_years WHERE region = $1 ORDER BY year"
)
"""The loaded plans of a region."""

_HISTORY: Final = """
SELECT version, at, by_person, old, new FROM calendar_edits WHERE region = $1 AND date = $2 ORDER BY version
"""
"""Every version of a day."""


@dataclass(frozen=True, kw_only=True)
class Edit:
    """What an edit does: the region's calendar before and after it, and the day rows that it writes."""

    before: Calendar
    after: Calendar
    rows: Mapping[date, DayRow]


@dataclass(frozen=True, kw_only=True)
class CalendarWarning:
    """A calendar that ends soon or has ended: its last official day, ``None`` where this year has no plan."""

    region: str
    until: date | None
    message: str


class PostgresCalendar:
    """Keeps the calendar."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def calendar(self, region: str) -> Calendar:
        """The calendar of a region over those under it. Raises ``Refused`` (``calendar_region_unknown``)."""
        async with self._database.connection() as connection:
            return calendar_rows.merged(await calendar_rows.layers(connection, region))

    async def days(self, region: str, first: date, last: date) -> dict[date, DayRow]:
        """A region's own exceptional days from ``first`` to ``last``, with their versions."""
        async with self._database.connection() as connection:
            return await calendar_rows.own_days(connection, region, first, last)

    async def years(self, region: str) -> list[dict[str, Any]]:
        """The loaded plans of a region: year, source_doc, loaded_at, loaded_by."""
        async with self._database.connection() as connection:
            return [dict(row) for row in await connection.fetch(_YEARS, region)]

    async def history(self, region: str, day: date) -> list[dict[str, Any]]:
        """Every version of a day, the oldest first: version, at, by_person, old, new."""
        async with self._database.connection() as connection:
            rows = await connection.fetch(_HISTORY, region, day)
        return [
            {**row, "old": json.loads(row["old"] or "null"), "new": json.loads(row["new"])} for row in rows
        ]

    async def add_region(
        self, region: str, *, name: str, base: str | None, hours: OpeningHours, utc_offset_minutes: int = 480
    ) -> None:
        """Add a region; one that is there stays as it is."""
        async with self._database.connection() as connection:
            spans = json.dumps(hours.spans)
            await connection.execute(_PUT_REGION, region, base, name, utc_offset_minutes, spans)

    async def preview_day(self, region: str, day: date, row: Day, *, expected_version: int) -> Edit:
        """What :meth:`put_day` would do, refusals included; nothing is written."""
        async with self._database.connection() as connection:
            return (await _day_edit(connection, region, day, row, expected_version))[0]

    async def put_day(
        self, region: str, day: date, row: Day, *, expected_version: int, by_person: str, now: datetime
    ) -> Edit:
        """Set one day of a region; ``expected_version`` is that of the row to replace, 0 where there is none.

        Raises:
            Refused: ``calendar_region_unknown``, ``calendar_version_stale``, or those of
                :func:`domain.workdays.check_day`, each with the field.
        """
        async with self._database.transaction() as connection:
            await calendar_rows.lock(connection, region)
            edit, replaced = await _day_edit(connection, region, day, row, expected_version)
            await calendar_rows.write(connection, region, edit.rows, replaced, by_person, now)
        return edit

    async def preview_year(self, region: str, plan: Plan) -> Edit:
        """What :meth:`load_year` would do, refusals included; nothing is written."""
        async with self._database.connection() as connection:
            return (await _year_edit(connection, region, plan))[0]

    async def load_year(self, region: str, plan: Plan, *, by_person: str | None, now: datetime) -> Edit:
        """Load a year's official plan; the rows of the plan that was loaded before for that year give way.

        Days that another document set stay as they are unless the plan names them. ``by_person`` is ``None`` for a
        plan that came with the software.

        Raises:
            Refused: ``calendar_region_unknown``, ``calendar_plan_repeats``, or those of
                :func:`domain.workdays.check_plan`, each with the field.
        """
        async with self._database.transaction() as connection:
            await calendar_rows.lock(connection, region)
            edit, replaced = await _year_edit(connection, region, plan)
            await calendar_rows.write(connection, region, edit.rows, replaced, by_person, now)
            await calendar_rows.write_year(connection, region, plan.year, plan.source_doc, by_person, now)
        return edit

    async def warnings(self, now: datetime) -> list[CalendarWarning]:
        """Calendars whose official days end in under 60 days from ``now`` (aware), or have ended."""
        async with self._database.connection() as connection:
            roots = await connection.fetch(_ROOTS)
            calendars = [
                (row["name"], (await calendar_rows.layers(connection, row["region"]))[-1]) for row in roots
            ]
        found = ((name, calendar, workdays.official_until(calendar, now)) for name, calendar in calendars)
        return [
            CalendarWarning(region=calendar.region, until=until, message=_warning(name, until))
            for name, calendar, until in found
            if until is None or calendar.midnight(until + timedelta(days=1)) - now < WARN_WITHIN
        ]


async def _day_edit(
    connection: Connection, region: str, day: date, row: Day, expected_version: int
) -> tuple[Edit, dict[date, DayRow]]:
    layers = await calendar_rows.layers(connection, region)
    replaced = await calendar_rows.own_days(connection, region, day, day)
    current = replaced.get(day)
    version = current.version if current else 0
    if version != expected_version:
        raise Refused(
            Kind.CONFLICT,
            "calendar_version_stale",
            f"该日现为第 {version} 版，请重新查看后再改",
            field="expected_version",
        )
    own = layers[-1]
    rest = replace(own, days={key: other for key, other in own.days.items() if key != day.isoformat()})
    workdays.check_day(calendar_rows.merged([*layers[:-1], rest]), day, row, current.day if current else None)
    return _edit(layers, {day: DayRow(day=row, version=version + 1)}), replaced


async def _year_edit(connection: Connection, region: str, plan: Plan) -> tuple[Edit, dict[date, DayRow]]:
    layers = await calendar_rows.layers(connection, region)
    workdays.check_plan(plan)
    document, current = await calendar_rows.planned(connection, region, plan.year, sorted(plan.days))
    gone = Day(kind=DayKind.ORDINARY, name="", source_doc=plan.source_doc)
    wanted = {
        **{day: gone for day, row in current.items() if row.day.kind is not DayKind.ORDINARY},
        **plan.days,
    }
    rows = {
        day: DayRow(day=wanted[day], version=current[day].version + 1 if day in current else 1)
        for day in sorted(wanted)
        if day not in current or current[day].day != wanted[day]
    }
    if document == plan.source_doc and not rows:
        raise Refused(
            Kind.CONFLICT, "calendar_plan_repeats", "该年的放假安排已按此载入，没有变化", field="year"
        )
    return _edit(layers, rows, years=(plan.year,)), current


def _edit(layers: list[Calendar], rows: Mapping[date, DayRow], years: tuple[int, ...] = ()) -> Edit:
    own = workdays.edited(layers[-1], {day: row.day for day, row in rows.items()}, years)
    after = [*layers[:-1], replace(own, version=str(int(own.version) + 1))]
    return Edit(before=calendar_rows.merged(layers), after=calendar_rows.merged(after), rows=rows)


def _warning(name: str, until: date | None) -> str:
    if until is None:
        return f"{name}日历没有今年的放假安排，按工作日计算的期限均为暂定，请尽快载入"
    return f"{name}日历只到{until:%Y-%m-%d}，此后按工作日计算的期限均为暂定，请载入下一年的放假安排"
