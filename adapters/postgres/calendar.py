"""The business calendar: regions, official years and exceptional days, each edit kept with who and when.

Invariant: a day changes only together with its history, under the lock of its region; so its versions have no gap, and
what was computed by an older version can be told from what the newer one says.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from adapters.postgres import calendar_edits, calendar_rows, editions, requests, restamps
from adapters.postgres.calendar_edits import Edit, Editor, Kept
from adapters.postgres.calendar_rows import DayRow
from adapters.postgres.database import Connection, Database
from domain import workdays
from domain.requests import Answer
from domain.workdays import Calendar, Day, OpeningHours, Plan

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
            return (await calendar_edits.of_day(connection, region, day, row, expected_version))[0]

    async def put_day(
        self, region: str, day: date, row: Day, *, expected_version: int, by: Editor, kept: Kept
    ) -> tuple[Answer, Edit | None]:
        """Set one day of a region; ``expected_version`` is that of the row to replace, 0 where there is none.

        Running cases are brought under the edited days: the order for it is written in the same transaction. Gives
        the answer, and the edit unless the request was answered before.

        Raises:
            Refused: ``calendar_region_unknown``, ``calendar_version_stale``, or those of
                :func:`domain.workdays.check_day`, each with the field.
        """
        async with self._database.transaction() as connection:
            await editions.lock_for_edit(connection)
            await calendar_rows.lock(connection, region)
            if earlier := await requests.claim(connection, kept.request, by.now):
                return earlier, None
            edit, replaced = await calendar_edits.of_day(connection, region, day, row, expected_version)
            await calendar_rows.write(connection, region, edit.rows, replaced, by.person_id, by.now)
            return await _keep(connection, edit, row.source_doc, by, kept), edit

    async def preview_year(self, region: str, plan: Plan) -> Edit:
        """What :meth:`load_year` would do, refusals included; nothing is written."""
        workdays.check_document(plan.source_doc)
        async with self._database.connection() as connection:
            return (await calendar_edits.of_year(connection, region, plan))[0]

    async def load_year(
        self, region: str, plan: Plan, *, by: Editor, kept: Kept
    ) -> tuple[Answer, Edit | None]:
        """Load a year's official plan; the rows of the plan that was loaded before for that year give way.

        Days that another document set stay as they are unless the plan names them. Running cases are brought under
        it, and the answer is given, as by :meth:`put_day`.

        Raises:
            Refused: ``calendar_region_unknown``, ``calendar_plan_repeats``, or those of
                :func:`domain.workdays.check_plan`, each with the field.
        """
        workdays.check_document(plan.source_doc)
        async with self._database.transaction() as connection:
            await editions.lock_for_edit(connection)
            await calendar_rows.lock(connection, region)
            if earlier := await requests.claim(connection, kept.request, by.now):
                return earlier, None
            edit = await _load(connection, region, plan, by.person_id, by.now)
            return await _keep(connection, edit, plan.source_doc, by, kept), edit

    async def fill_year(self, region: str, plan: Plan, now: datetime) -> None:
        """Load a year's plan that came with the software. Raises ``Refused`` as :meth:`load_year`."""
        async with self._database.transaction() as connection:
            await calendar_rows.lock(connection, region)
            await _load(connection, region, plan, None, now)

    async def warnings(self, now: datetime, region: str | None = None) -> list[CalendarWarning]:
        """Calendars whose official days end in under 60 days from ``now`` (aware), or have ended.

        With a region, only what it stands on. Raises ``Refused`` (``calendar_region_unknown``).
        """
        async with self._database.connection() as connection:
            under = region and (await calendar_rows.layers(connection, region))[0].region
            calendars = [
                (row["name"], (await calendar_rows.layers(connection, row["region"]))[-1])
                for row in await connection.fetch(_ROOTS)
                if under is None or row["region"] == under
            ]
        found = ((name, calendar, workdays.official_until(calendar, now)) for name, calendar in calendars)
        return [
            CalendarWarning(region=calendar.region, until=until, message=_warning(name, until))
            for name, calendar, until in found
            if until is None or calendar.midnight(until + timedelta(days=1)) - now < WARN_WITHIN
        ]


async def _load(
    connection: Connection, region: str, plan: Plan, by_person: str | None, now: datetime
) -> Edit:
    edit, replaced = await calendar_edits.of_year(connection, region, plan)
    await calendar_rows.write(connection, region, edit.rows, replaced, by_person, now)
    await calendar_rows.write_year(connection, region, plan.year, plan.source_doc, by_person, now)
    return edit


async def _keep(connection: Connection, edit: Edit, reason: str, by: Editor, kept: Kept) -> Answer:
    await restamps.put(connection, edit.order(reason, by))
    answer = kept.render(edit)
    await requests.keep(connection, kept.request, answer)
    return answer


def _warning(name: str, until: date | None) -> str:
    if until is None:
        return f"{name}日历没有今年的放假安排，按工作日计算的期限均为暂定，请尽快载入"
    return f"{name}日历只到{until:%Y-%m-%d}，此后按工作日计算的期限均为暂定，请载入下一年的放假安排"
