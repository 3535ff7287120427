"""B7: the reads of a dashboard over a record at size, against ``SELECT 1`` through the same pool.

Every read is measured as the system makes it today and, with ``proposed.sql`` added to the same record, as it could be.
"""

import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import asyncpg

from adapters.postgres.database import Database
from adapters.postgres.hazard_lists import Filters
from adapters.postgres.read_model import PostgresReadModel
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
_HERE = Path(__file__).parent
_NOW: Final = datetime.now(UTC)

_COUNTS: Final = "SELECT stage, level, overdue, count(*) FROM hazards GROUP BY 1, 2, 3"
_COUNTED: Final = "SELECT stage, level, overdue, sum(cases)::bigint FROM bench_counts GROUP BY 1, 2, 3"
_SEARCH: Final = """
SELECT snapshot FROM hazards WHERE bench_pairs(id || ' ' || place || ' ' || description) @> bench_pairs($1)
    AND position(lower($1) IN lower(id || ' ' || place || ' ' || description)) > 0
ORDER BY reported_at DESC, id DESC LIMIT $2
"""

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
    "search, frequent": Filters(text="灭火器"),
    "search, one case": Filters(text="2025123456号"),
    "search, nothing": Filters(text="氢气球"),
}

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
        async with database.connection() as connection:
            hazards = await connection.fetchval("SELECT count(*) FROM hazards")
            changes = await connection.fetchval("SELECT count(*) FROM changes")
        await _script(stack, "undo.sql")
        before = await _measured(stack, database, rounds, scale, proposed=False)
        await _script(stack, "proposed.sql")
        after = await _measured(stack, database, rounds, scale, proposed=True)
        await _script(stack, "undo.sql")
    samples = {f"{name}, today": found for name, found in before.items()}
    samples |= {f"{name}, proposed": found for name, found in after.items()}
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
    stack: Devstack, database: Database, rounds: int, scale: float, *, proposed: bool
) -> dict[str, list[Sample]]:
    reads = _reads(database, proposed=proposed)
    meter = Meter({"postgres": stack.pids()["postgres"] or 0})
    sides = {name: _side(meter, read, max(3, int(READS * scale))) for name, read in reads.items()}
    await measure.interleaved({name: _side(meter, read, 2) for name, read in reads.items()}, 1)  # warm
    return await measure.interleaved(sides, rounds)


def _reads(database: Database, *, proposed: bool) -> dict[str, Read]:
    model = PostgresReadModel(database)
    office = ("office", "team-1")

    def listed(filters: Filters, after: str | None = None) -> Read:
        return lambda: model.page(None, filters, _NOW, after, PAGE)

    def asked(sql: str, *arguments: Any) -> Read:
        async def ask() -> object:
            async with database.connection() as connection:
                return await connection.fetch(sql, *arguments)

        return ask

    reads: dict[str, Read] = {"SELECT 1": asked("SELECT 1")}
    reads |= {name: listed(filters) for name, filters in LISTS.items()}
    reads["list, deep"] = listed(Filters(), "YH-2025-100000")
    reads["what waits on me"] = lambda: model.work(office, None, PAGE)
    reads["counts"] = asked(_COUNTED if proposed else _COUNTS)
    if proposed:
        for name, filters in LISTS.items():
            if filters.text:
                reads[name] = asked(_SEARCH, filters.text, PAGE)
    return reads


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


async def _script(stack: Devstack, name: str) -> None:
    connection = await asyncpg.connect(stack.owner_url)
    try:
        await connection.execute((_HERE / name).read_text(encoding="utf-8"))
    finally:
        await connection.close()
