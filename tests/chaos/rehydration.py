"""``python -m tests.chaos.rehydration [--cases N]``: how long the open cases take to run again in a new engine.

Invariant: no case is changed by it; the deadlines that the engine shows afterwards are those of the record, and each run waits
for one instant: no earlier than the next step on record, and no later than the clock may act (I5).
"""

import argparse
import asyncio
import os
import signal
import sys
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from adapters.postgres.database import Database
from adapters.postgres.drift import PostgresDrift
from deploy import engine_file
from domain import drift, hazard
from services import clock
from tests.chaos import shown
from tests.chaos import stage as stages
from tests.chaos.stage import Stage
from tests.stack import data_folder, eventually
from tests.stories import behind
from workflows.gateway import HazardGateway
from workflows.inventory import EngineInventory

EARLY: Final = timedelta(milliseconds=1)
LATE: Final = timedelta(seconds=5)
"""A timer runs from the end of the task that set it, and a thousand tasks at once wait for each other."""


@dataclass(frozen=True, kw_only=True)
class Lost:
    """Seconds from the loss to the last start and to all cases read, and what was not as before."""

    started: float
    shown: float
    drifting: int
    written: int
    timers: int
    latest: float
    """By how many seconds the latest timer follows its step."""


async def measure(cases: int) -> Lost:
    """Put so many cases on record, lose the engine's file, and look until all is as it was."""
    with data_folder() as data:
        async with (
            stages.running(data) as stage,
            Database.opened(stage.live.settings.database_url.get_secret_value(), size=4, timeout=30) as db,
        ):
            world = stages.hands(stage.live, db)
            numbers = [(await behind.put_on_record(world)).id for _ in range(cases)]
            await eventually(lambda: sound(stage, db), within=600)
            return await _lost(stage, db, numbers)


async def _lost(stage: Stage, database: Database, numbers: list[str]) -> Lost:
    before = await shown.recorded(database, numbers)
    pid = stage.live.child("temporal").pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    data = stage.live.stack.data
    for file in engine_file.path(data).parent.iterdir():
        file.unlink()
    began = time.monotonic()

    async def started() -> bool:
        return engine_file.path(data).exists() and not engine_file.is_empty(data)

    await eventually(started, within=600)
    all_started = time.monotonic() - began
    await eventually(lambda: sound(stage, database), within=600)
    all_shown = time.monotonic() - began
    after = await shown.recorded(database, numbers)
    wrong, latest = await _timers(stage, database, numbers)
    return Lost(
        started=all_started,
        shown=all_shown,
        drifting=len(await _drifting(stage, database)),
        written=sum(after[number] != before[number] for number in numbers),
        timers=wrong,
        latest=latest.total_seconds(),
    )


async def _timers(stage: Stage, database: Database, numbers: list[str]) -> tuple[int, timedelta]:
    """How many runs do not wait for the next step on record, and how late the latest of the others wakes."""
    known = await PostgresDrift(database).look(numbers)
    late = []
    for number in numbers:
        coming = hazard.next_step(known[number].case)
        timers = (await shown.ran(stage.live.client, number)).timers
        if coming is not None and len(timers) == 1 and -EARLY <= timers[0][1] - coming.at <= LATE:
            late.append(timers[0][1] - coming.at)
    return len(numbers) - len(late), max(late, default=timedelta(0))


async def sound(stage: Stage, database: Database) -> bool:
    async with database.connection() as connection:
        wanted = await connection.fetchval("SELECT count(*) FROM hazards WHERE start_wanted_at IS NOT NULL")
    return not wanted and not await _drifting(stage, database)


async def _drifting(stage: Stage, database: Database) -> list[str]:
    live = stage.live
    gateway = HazardGateway(live.client, task_queue=live.settings.task_queue, timeout=30)
    known = await PostgresDrift(database).standing(1_000_000, after="")
    runs = await EngineInventory(live.client, gateway, timeout=60).running("", None)
    now = clock.real()
    return [one for one in known if drift.between(one, known.get(one), runs.get(one), now)]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.rehydration")
    parser.add_argument("--cases", type=int, default=1000)
    told = parser.parse_args()
    lost = asyncio.run(measure(told.cases))
    print(
        f"{told.cases} cases: all started after {lost.started:.1f} s, all shown after {lost.shown:.1f} s, {lost.drifting} drift, "
        f"{lost.written} with anything written or told anew, {lost.timers} timers wrong, "
        f"the latest by {lost.latest:.2f} s"
    )
    sys.stdout.flush()
    os._exit(1 if lost.drifting or lost.written or lost.timers else 0)
