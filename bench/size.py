"""B7: the reads of a dashboard over a record at size, against ``SELECT 1`` through the same pool."""

import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from adapters.postgres import wall
from adapters.postgres.counts import PostgresCounts
from adapters.postgres.database import Database
from adapters.postgres.hazard_lists import Filters
from adapters.postgres.read_model import PostgresReadModel
from adapters.postgres.wall import Seen, Walled
from bench import district, fill, measure, results
from bench.measure import Sample, Side
from bench.meters import Meter
from bench.results import Ratio, Result
from deploy.devstack import Devstack, Ports

READS: Final = 40
FEWEST: Final = 2
BUDGET: Final = 1.0
"""Seconds after which a slow read is not repeated in this round."""

PAGE: Final = 21
LONGEST: Final = 30.0
_NOW: Final = datetime.now(UTC)

_MIDDLE: Final = """
SELECT id FROM hazards ORDER BY reported_at DESC, id DESC OFFSET (SELECT count(*) / 2 FROM hazards) LIMIT 1
"""
"""The case in the middle of the list."""

LISTS: Final[Mapping[str, Filters]] = {
    "list": Filters(),
    "list of a stage": Filters(stages=("verifying",)),
    "list of a rare stage": Filters(stages=("awaiting_closure",)),
    "list of major ones": Filters(level="major"),
    "list of a category": Filters(category="food"),
    "list of a unit": Filters(unit_id=district.unit_id(7)),
    "list of overdue ones": Filters(overdue=True),
    "list of a day": Filters(
        reported_from=_NOW - timedelta(days=300), reported_before=_NOW - timedelta(days=299)
    ),
    "list of two filters": Filters(stages=("closed",), level="major"),
    "list of once overdue ones": Filters(once_overdue=True),
    "search, frequent": Filters(text="灭火器"),
    "search, one character": Filters(text="芯"),
    "search, closed ones": Filters(text="配电箱", stages=("closed",)),
    "search, a year's numbers": Filters(text="YH-2025-0"),
    "search, one case": Filters(text="2025123456号"),
    "search, nothing": Filters(text="氢气球"),
}

TEAM: Final = tuple(district.unit_id(number) for number in range(fill.UNITS))
"""The units of a team's inspector, as many as there are."""

OF_A_TEAM: Final[Mapping[str, Filters]] = {
    "list": Filters(),
    "list of a stage": Filters(stages=("verifying",)),
    "list of closed ones": Filters(stages=("closed",)),
    "search, frequent": Filters(text="灭火器"),
    "search, a year's numbers": Filters(text="YH-2025-0"),
    "search, one case": Filters(text="2025123456号"),
}
"""What an inspector asks behind the wall."""

Read = Callable[[], Awaitable[object]]


async def run(rounds: int, scale: float = 1, folder: Path = fill.FOLDER) -> Result:
    """On the record that ``bench.fill`` made, of whatever size it is."""
    async with AsyncExitStack() as opened:
        stack = await opened.enter_async_context(
            Devstack(data=folder, ports=Ports.free(), say=lambda _line: None)
        )
        database = await opened.enter_async_context(
            Database.opened(stack.database_url, size=4, timeout=LONGEST)
        )
        walled = await opened.enter_async_context(
            Walled.between(stack.walled_database_url, stack.database_url, size=2, timeout=LONGEST)
        )
        wall.see(Seen(units=frozenset(TEAM), posts=frozenset({"team-1"}), person_id="p-team1a"))
        async with database.connection() as connection:
            hazards = await connection.fetchval("SELECT count(*) FROM hazards")
            changes = await connection.fetchval("SELECT count(*) FROM changes")
        samples = await _measured(stack, database, walled, rounds, scale)
    about = (
        f"at most {int(READS * scale)} reads of each kind over {hazards:,} hazards with {changes:,} changes"
    )
    return _result(samples, rounds, about)


def _result(samples: dict[str, list[Sample]], rounds: int, about: str) -> Result:
    return Result(
        id="B7",
        title="大规模数据上的查询",
        rounds=rounds,
        per_round=about,
        ratios=[_goal(name, found) for name, found in samples.items() if not name.startswith("SELECT 1")],
        sides=results.tables(samples),
    )


def _goal(name: str, found: list[Sample]) -> Ratio:
    p95 = [sample.percentile(95) * 1000 for sample in found]
    return results.alone(p95, f"{name}: p95", "50 ms", 50, " ms")


async def _measured(
    stack: Devstack, database: Database, walled: Walled, rounds: int, scale: float
) -> dict[str, list[Sample]]:
    async with database.connection() as connection:
        middle = await connection.fetchval(_MIDDLE)
    reads = _reads(database, middle) | _reads_of_a_team(walled)
    meter = Meter({"postgres": stack.pids()["postgres"] or 0})
    sides = {name: _side(meter, read, max(3, int(READS * scale))) for name, read in reads.items()}
    await measure.interleaved({name: _side(meter, read, 2) for name, read in reads.items()}, 1)  # warm
    return await measure.interleaved(sides, rounds)


def _reads(database: Database, middle: str) -> dict[str, Read]:
    model, counts = PostgresReadModel(database), PostgresCounts(database)
    office = ("office", "team-1")

    def listed(filters: Filters, after: str | None = None) -> Read:
        return lambda: model.page(None, filters, _NOW, after, PAGE)

    def rates(days: int) -> Read:
        return lambda: counts.cohort(None, _NOW - timedelta(days=days), _NOW)

    reads: dict[str, Read] = {"SELECT 1": database.ping}
    reads |= {name: listed(filters) for name, filters in LISTS.items()}
    reads["list, deep"] = listed(Filters(), middle)
    reads["what waits on me"] = lambda: model.work(office, None, None, PAGE)
    reads["open cases counted"] = lambda: counts.open(None, _NOW)
    reads["open cases of a unit counted"] = lambda: counts.open([district.unit_id(7)], _NOW)
    reads["rates of a month"], reads["rates of a year"] = rates(31), rates(365)
    return reads


def _reads_of_a_team(walled: Walled) -> dict[str, Read]:
    model, counts = PostgresReadModel(walled), PostgresCounts(walled)

    def listed(filters: Filters) -> Read:
        return lambda: model.page(TEAM, filters, _NOW, None, PAGE)

    reads: dict[str, Read] = {name: listed(filters) for name, filters in OF_A_TEAM.items()}
    reads["open cases counted"] = lambda: counts.open(TEAM, _NOW)
    reads["rates of a year"] = lambda: counts.cohort(TEAM, _NOW - timedelta(days=365), _NOW)
    return {f"{name}, of a team": read for name, read in reads.items()}


def _side(meter: Meter, read: Read, count: int) -> Side:
    async def work() -> list[float]:
        took: list[float] = []
        while len(took) < count and (len(took) < FEWEST or sum(took) < BUDGET):
            began = time.perf_counter()
            await read()
            took.append(time.perf_counter() - began)
        return took

    async def side() -> Sample:
        return await measure.timed(meter, work)

    return side
