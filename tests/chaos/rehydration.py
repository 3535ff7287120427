"""``python -m tests.chaos.rehydration [--cases N]``: how long the open cases take to run again in a new engine.

Invariant: no case is changed by it; the deadlines that the engine shows afterwards are those of the record.
"""

import argparse
import asyncio
import os
import signal
import sys
import time

from adapters.postgres.database import Database
from adapters.postgres.drift import PostgresDrift
from deploy import engine_file
from domain import drift
from services import clock
from tests.chaos import stage as stages
from tests.chaos.stage import Stage
from tests.stack import data_folder, eventually
from tests.stories import behind
from workflows.gateway import HazardGateway
from workflows.inventory import EngineInventory


async def measure(cases: int) -> tuple[float, float, int]:
    """Seconds from the loss to the last start and to all cases read, and how many then drift."""
    with data_folder() as data:
        async with (
            stages.running(data) as stage,
            Database.opened(stage.live.settings.database_url.get_secret_value(), size=4, timeout=30) as db,
        ):
            world = stages.hands(stage.live, db)
            for _ in range(cases):
                await behind.put_on_record(world)
            await eventually(lambda: sound(stage, db), within=600)
            return await _lost(stage, db)


async def _lost(stage: Stage, database: Database) -> tuple[float, float, int]:
    pid = stage.live.child("temporal").pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    for file in engine_file.path(stage.live.stack.data).parent.iterdir():
        file.unlink()
    began = time.monotonic()
    data = stage.live.stack.data

    async def started() -> bool:
        return engine_file.path(data).exists() and not engine_file.is_empty(data)

    await eventually(started, within=600)
    all_started = time.monotonic() - began
    await eventually(lambda: sound(stage, database), within=600)
    return all_started, time.monotonic() - began, len(await _drifting(stage, database))


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
    started, shown, drifting = asyncio.run(measure(told.cases))
    print(
        f"{told.cases} cases: all started after {started:.1f} s, all shown after {shown:.1f} s, {drifting} drift"
    )
    sys.stdout.flush()
    os._exit(1 if drifting else 0)
