"""Regions and policies of a story's own, and editing their days as the office does."""

import asyncio
import itertools
import uuid
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from adapters.postgres.calendar import PostgresCalendar
from adapters.postgres.loading import load
from deploy.sample.district import DISTRICT
from domain.workdays import Day, DayKind, OpeningHours, Plan
from tests.harness import LOCAL, Json, World
from tests.stack import eventually
from tests.stories.loop import OFFICE, timeline

TERMS: Final[Json] = {**DISTRICT["policies"][0]["terms"], "periods": []}
_TAKES_EFFECT: Final = itertools.count()
"""Each policy of a story takes effect after the one before it, and before any that the API adds."""


def document(day: date, number: int = 7) -> str:
    """A document that can speak of ``day``."""
    return f"测区发〔{day.year}〕{number}号"


def first_sunday(year: int) -> date:
    """The one holiday of a year in which every week is plain."""
    first = date(year, 1, 1)
    return first + timedelta(days=6 - first.weekday())


def weeks(year: int) -> Plan:
    """The plan of such a year."""
    sunday = first_sunday(year)
    day = Day(kind=DayKind.HOLIDAY, name="周日", source_doc=document(sunday, 1))
    return Plan(year=year, source_doc=day.source_doc, days={sunday: day})


async def region(world: World, *, base: str | None = None, years: Iterable[int] | None = None) -> str:
    """A region of its own: of plain weeks in ``years`` (those around now), or over ``base`` with nothing in it yet."""
    name = f"CN-{uuid.uuid4().hex[:8]}"
    calendar = PostgresCalendar(world.database)
    await calendar.add_region(name, name="某地", base=base, hours=OpeningHours())
    this = world.clock().year
    if base is None:
        for year in range(this - 1, this + 3) if years is None else years:
            await calendar.fill_year(name, weeks(year), world.clock())
    return name


async def policy(world: World, region: str, **terms: Any) -> str:
    """The policy of the sample for ``region``, with other ``terms``: cases that open from now on run under it."""
    version = f"own-{uuid.uuid4().hex[:8]}"
    valid_from = datetime(2026, 1, 2, tzinfo=UTC) + timedelta(seconds=next(_TAKES_EFFECT))
    row = {
        "version": version,
        "valid_from": valid_from.isoformat(),
        "terms": {**TERMS, **terms, "version": version, "region": region},
    }
    await load(world.database, {"policies": [row]})
    return version


async def own_days(world: World, **terms: Any) -> str:
    """A region of its own whose days count for the cases that open from now on."""
    name = await region(world)
    await policy(world, name, **terms)
    return name


def day_off(day: date, *, version: int = 0, **other: Any) -> Json:
    """What the office sends to make a day a holiday."""
    return {
        "kind": "holiday",
        "name": "某节",
        "source_doc": document(day),
        "expected_version": version,
    } | other


async def put(world: World, region: str, day: date | str, body: Json, *, trial: bool = False) -> Json:
    """The answer to an edit, or to trying one; ``day`` is a day or ``years/2027``."""
    query = "?dry_run=true" if trial else ""
    response = await world.put(OFFICE, f"/v1/calendar/{region}/{day}{query}", body)
    assert response.status_code == 200, response.text
    edited: Json = response.json()
    return edited


async def close(world: World, region: str, day: date, *, trial: bool = False) -> Json:
    """Make a day a holiday, and wait until running cases have it."""
    edited = await put(world, region, day, day_off(day), trial=trial)
    if not trial:
        await done(world, edited["restamp"])
    return edited


async def done(world: World, order_id: str) -> int:
    """Wait until an order is carried out; gives how many cases it is noted with."""

    async def noted() -> tuple[int] | None:
        async with world.database.connection() as connection:
            row = await connection.fetchrow(
                "SELECT cases FROM restamps WHERE id = $1 AND done_at IS NOT NULL", order_id
            )
        return None if row is None else (row["cases"],)

    return (await eventually(noted))[0]


async def notices(world: World, number: str, kind: str = "due_moved") -> list[Json]:
    """What was told because of a case."""
    async with world.database.connection() as connection:
        rows = await connection.fetch(
            "SELECT post_id, text, seq FROM notices WHERE case_id = $1 AND kind = $2 ORDER BY seq",
            number,
            kind,
        )
    return [dict(row) for row in rows]


async def restamps(world: World, number: str) -> list[Json]:
    """The lines of a case's timeline by which it was brought under newer days or a newer policy."""
    return [line for line in await timeline(world, number) if line["action"] == "restamp"]


async def due(world: World, number: str) -> datetime:
    """When a case is due."""
    return datetime.fromisoformat((await world.see(number))["due_at"])


def at_close(day: date) -> datetime:
    """Close of business of a day."""
    return datetime.combine(day, time(17, 30), LOCAL)


async def reports(world: World, count: int) -> list[str]:
    """The numbers of as many new cases; ten are reported at a time."""
    numbers: list[str] = []
    while len(numbers) < count:
        some = min(10, count - len(numbers))
        numbers += [one["id"] for one in await asyncio.gather(*(world.report() for _ in range(some)))]
    return numbers
