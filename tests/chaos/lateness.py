"""``python -m tests.chaos.lateness [--cases N] [--around M]``: how late the clock acts, in calm and around faults.

Invariant: a step counts as taken when its line of the record can be read, not when the engine means to take it.
"""

import argparse
import asyncio
import contextlib
import os
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from adapters.postgres.database import Database
from domain.errors import Temporary
from domain.terms import Terms
from tests.chaos import faults
from tests.chaos import stage as stages
from tests.chaos.faults import Fault
from tests.chaos.stage import Stage
from tests.harness import World
from tests.stack import data_folder, eventually
from tests.stories import behind

A_DAY: Final = timedelta(days=1)
PLAIN: Final = Terms(version="2026-1", evidence={}, days={"general": {"reported": 1}})
"""A time limit of a day to the second: a case that began almost a day ago is due at any wanted instant."""

EVERY: Final = 0.1
"""Seconds between two due instants, and between two looks at the record."""

CALM_P99, CALM_MAX, AFTER_TEMPORAL, AFTER_WORKER, AFTER_POSTGRES = 1.0, 2.0, 10.0, 15.0, 10.0
"""G4 in seconds; the last is beyond the outage itself."""

OUTAGE: Final = 10.0

_TAKEN: Final = "SELECT case_id FROM changes WHERE case_id = ANY ($1) AND action = 'lapse'"
"""Which of these cases have run out on record."""


async def put_due(world: World, at: datetime) -> tuple[str, datetime]:
    """A new case on record whose time runs out about ``at`` (aware, within a day): its number, and when exactly."""
    case = await behind.put_on_record(world, ago=datetime.now(UTC) - (at - A_DAY), terms=PLAIN)
    assert case.due_at is not None
    return case.id, case.due_at


@dataclass(frozen=True, kw_only=True)
class Late:
    """How many seconds late the steps of one round were, in order, and how long the outage in it was."""

    seconds: list[float]
    outage: float

    def share(self, of: float) -> float:
        return self.seconds[min(len(self.seconds) - 1, int(of * len(self.seconds)))]


async def measured(stage: Stage, world: World, count: int, fault: Callable[[Stage], Awaitable[None]]) -> Late:
    """So many cases run out one after the other, and a quarter through ``fault`` happens."""
    first = datetime.now(UTC) + timedelta(seconds=20 + 0.15 * count)
    dues = dict([await put_due(world, first + timedelta(seconds=EVERY * place)) for place in range(count)])
    await eventually(lambda: behind.taken_up(world, *dues), within=600)
    assert datetime.now(UTC) < first, "the engine took the cases up too late for this measure"
    watching = asyncio.create_task(_watched(world.database, dues))
    await asyncio.sleep((first - datetime.now(UTC)).total_seconds() + EVERY * count / 4)
    began = time.monotonic()
    await fault(stage)
    outage = time.monotonic() - began
    return Late(seconds=sorted(await watching), outage=outage)


async def _watched(database: Database, dues: Mapping[str, datetime]) -> list[float]:
    late: dict[str, float] = {}
    while len(late) < len(dues):
        await asyncio.sleep(EVERY)
        with contextlib.suppress(Temporary):
            async with database.connection() as connection:
                taken = await connection.fetch(_TAKEN, list(dues.keys() - late.keys()))
            now = datetime.now(UTC)
            late |= {row["case_id"]: (now - dues[row["case_id"]]).total_seconds() for row in taken}
    return list(late.values())


async def nothing(stage: Stage) -> None:
    """No fault."""


def killed(part: str) -> Callable[[Stage], Awaitable[None]]:
    fault = Fault(rest=0, name=f"kill -9 {part}", lasts=0, choice=0)
    return lambda stage: faults.ALL[fault.name](stage, fault)


async def _away(stage: Stage) -> None:
    async with stage.live.stopped("postgres"):
        await asyncio.sleep(OUTAGE)


async def measure(cases: int, around: int) -> bool:
    """Measure calm and each fault, print, and tell whether all is within the goal."""
    with data_folder() as data:
        async with (
            stages.running(data) as stage,
            Database.opened(stage.live.stack.database_url, size=2, timeout=5) as database,
        ):
            world = stages.hands(stage.live, database)
            calm = await measured(stage, world, cases, nothing)
            held = [_told("no fault", calm, CALM_MAX) and calm.share(0.99) <= CALM_P99]
            for name, fault, bound in (
                ("kill -9 temporal", killed("temporal"), AFTER_TEMPORAL),
                ("kill -9 worker", killed("worker"), AFTER_WORKER),
                ("postgres away", _away, AFTER_POSTGRES),
            ):
                late = await measured(stage, world, around, fault)
                held.append(_told(name, late, late.outage + bound))
            return all(held)


def _told(name: str, late: Late, bound: float) -> bool:
    print(
        f"{name}: {len(late.seconds)} due steps, late by {late.share(0.5):.2f} s in the middle, "
        f"p99 {late.share(0.99):.2f} s, at most {late.seconds[-1]:.2f} s (goal {bound:.1f} s)",
        flush=True,
    )
    return late.seconds[-1] <= bound


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.lateness")
    parser.add_argument("--cases", type=int, default=1000)
    parser.add_argument("--around", type=int, default=200)
    told = parser.parse_args()
    within = asyncio.run(measure(told.cases, told.around))
    sys.stdout.flush()
    os._exit(0 if within else 1)
