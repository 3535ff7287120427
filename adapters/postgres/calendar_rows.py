"""The rows of the calendar: what is read and written, and how they become domain values."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from typing import Final

import asyncpg

from adapters.postgres import codecs
from adapters.postgres.database import Connection
from domain import workdays
from domain.errors import Kind, Refused
from domain.workdays import Calendar, Day, DayKind, OpeningHours

_LAYERS: Final = """
WITH RECURSIVE chain AS (
    SELECT region, base, utc_offset_minutes, hours, version, 0 AS depth FROM calendar_regions WHERE region = $1
    UNION ALL
    SELECT under.region, under.base, under.utc_offset_minutes, under.hours, under.version, depth + 1
    FROM chain JOIN calendar_regions AS under ON under.region = chain.base WHERE depth < 8
)
SELECT region, utc_offset_minutes, hours, version,
    (SELECT json_object_agg(date, json_build_object('kind', kind, 'name', name, 'source_doc', source_doc) ORDER BY date)
     FROM calendar_days WHERE calendar_days.region = chain.region) AS days,
    (SELECT coalesce(array_agg(year ORDER BY year), '{}')
     FROM official_years WHERE official_years.region = chain.region) AS years
FROM chain ORDER BY depth DESC
"""
"""A region's rows and those of the regions under it, the lowest first; as json, which costs a third of jsonb to make."""

_OVER: Final = """
WITH RECURSIVE over AS (
    SELECT region, 0 AS depth FROM calendar_regions WHERE region = $1
    UNION ALL
    SELECT above.region, depth + 1 FROM over JOIN calendar_regions AS above ON above.base = over.region WHERE depth < 8
)
SELECT region FROM over ORDER BY region
"""
"""A region and those that stand on it."""

_LOCK: Final = "SELECT version FROM calendar_regions WHERE region = $1 FOR UPDATE"
"""One edit of a region at a time."""

_ROWS: Final = """
SELECT date, kind, name, source_doc, version FROM calendar_days
WHERE region = $1 AND date BETWEEN $2 AND $3 ORDER BY date
"""
"""A region's own rows in a stretch of days."""

_PLANNED: Final = """
SELECT date, kind, name, source_doc, version FROM calendar_days
WHERE region = $1 AND (date = ANY ($2) OR source_doc = (SELECT source_doc FROM official_years WHERE region = $1 AND year = $3))
ORDER BY date
"""
"""A region's own rows on certain days, and those of the plan that is loaded for a year."""

_DOCUMENT: Final = "SELECT source_doc FROM official_years WHERE region = $1 AND year = $2"
"""The document of the plan that is loaded for a year."""

_PUT: Final = """
WITH put AS (
    INSERT INTO calendar_days (region, date, kind, name, source_doc, version) VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (region, date) DO UPDATE
    SET kind = excluded.kind, name = excluded.name, source_doc = excluded.source_doc, version = excluded.version
)
INSERT INTO calendar_edits (region, date, version, at, by_person, old, new) VALUES ($1, $2, $6, $7, $8, $9, $10)
"""
"""A day, and the edit that made it so."""

_PUT_YEAR: Final = """
INSERT INTO official_years (region, year, source_doc, loaded_at, loaded_by) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (region, year) DO UPDATE
SET source_doc = excluded.source_doc, loaded_at = excluded.loaded_at, loaded_by = excluded.loaded_by
"""
"""That a year's official plan is loaded."""

_GROW: Final = "UPDATE calendar_regions SET version = version + 1 WHERE region = $1"
"""The next version of a region."""


@dataclass(frozen=True, kw_only=True)
class DayRow:
    """An exceptional day of a region and its version."""

    day: Day
    version: int


async def layers(connection: Connection, region: str) -> list[Calendar]:
    """The calendars that a region is made of, its own last. Raises ``Refused`` (``calendar_region_unknown``)."""
    rows = await connection.fetch(_LAYERS, region)
    if not rows:
        raise Refused(Kind.UNKNOWN, "calendar_region_unknown", "没有这个地区的日历", field="region")
    return [
        Calendar(
            region=row["region"],
            version=str(row["version"]),
            official_years=tuple(row["years"]),
            days=codecs.days(row["days"] or "{}"),
            hours=OpeningHours(spans=tuple((opens, closes) for opens, closes in json.loads(row["hours"]))),
            utc_offset_minutes=row["utc_offset_minutes"],
        )
        for row in rows
    ]


async def over(connection: Connection, layer: Calendar) -> dict[str, Calendar]:
    """The calendars of a region and of all that stand on it, as they are with ``layer`` for the region's own."""
    found = {}
    for row in await connection.fetch(_OVER, layer.region):
        stack = await layers(connection, row["region"])
        found[row["region"]] = merged([layer if one.region == layer.region else one for one in stack])
    return found


def merged(calendars: Sequence[Calendar]) -> Calendar:
    """Layers as one calendar."""
    return reduce(workdays.overlay, calendars)


async def lock(connection: Connection, region: str) -> None:
    """Keep other edits of the region out until the transaction ends."""
    await connection.execute(_LOCK, region)


async def own_days(connection: Connection, region: str, first: date, last: date) -> dict[date, DayRow]:
    """A region's own rows from ``first`` to ``last``."""
    return {row["date"]: _day_row(row) for row in await connection.fetch(_ROWS, region, first, last)}


async def planned(
    connection: Connection, region: str, year: int, days: Sequence[date]
) -> tuple[str | None, dict[date, DayRow]]:
    """The document loaded for a year, if any, and the region's own rows that come from it or lie on ``days``."""
    document: str | None = await connection.fetchval(_DOCUMENT, region, year)
    rows = await connection.fetch(_PLANNED, region, days, year)
    return document, {row["date"]: _day_row(row) for row in rows}


async def write(
    connection: Connection,
    region: str,
    rows: Mapping[date, DayRow],
    replaced: Mapping[date, DayRow],
    by_person: str | None,
    now: datetime,
) -> None:
    """Put rows with their history, and let the region's version grow."""
    for day, row in rows.items():
        old = codecs.dump(replaced[day].day) if day in replaced else None
        await connection.execute(
            _PUT,
            region,
            day,
            row.day.kind.value,
            row.day.name,
            row.day.source_doc,
            row.version,
            now,
            by_person,
            old,
            codecs.dump(row.day),
        )
    await connection.execute(_GROW, region)


async def write_year(
    connection: Connection, region: str, year: int, source_doc: str, by_person: str | None, now: datetime
) -> None:
    """Note that a year's official plan is loaded."""
    await connection.execute(_PUT_YEAR, region, year, source_doc, now, by_person)


def _day_row(row: "asyncpg.Record") -> DayRow:
    day = Day(kind=DayKind(row["kind"]), name=row["name"], source_doc=row["source_doc"])
    return DayRow(day=day, version=row["version"])
