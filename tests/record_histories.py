"""``python -m tests.record_histories BRANCH…``: run branches of the workflows on the stack and keep their histories.

What is kept is replayed by every later version of the workflows (``tests/test_history.py``), so record anew only what
a deliberate change of the workflow needs, and keep the old files as long as such runs may exist: without a name, what
has no file yet is recorded. The branches in this file were recorded before there were clocks.
"""

import asyncio
import json
import sys
import uuid
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

from adapters.postgres.hazards import PostgresHazards
from domain import hazard
from domain.hazard import Action, Command
from tests import branches_of_time, harness
from tests import stack as stacks
from tests.collections import branches
from tests.harness import World
from tests.stack import eventually
from tests.stories import behind, loop
from tests.stories.loop import CHECKER, DEPUTY, FINDER, HEAD, OFFICE, STAFF
from workflows.intake import RELAY_ID
from workflows.reconciler import EVERY, RECONCILER_ID

FOLDER: Final = Path(__file__).with_name("histories")


async def general(world: World) -> str:
    return await loop.to(world, "closed")


async def major(world: World) -> str:
    number = await loop.to(world, "assigned", major=True)
    for person, action in (
        (DEPUTY, "supervise"),
        (OFFICE, "suspend_use"),
        (OFFICE, "reassign"),
        (STAFF, "start"),
        (STAFF, "note"),
        (STAFF, "submit"),
        (CHECKER, "resume_use"),
        (CHECKER, "pass"),
        (OFFICE, "lift_supervision"),
        (DEPUTY, "return"),
        (HEAD, "submit"),
        (CHECKER, "pass"),
        (DEPUTY, "close"),
    ):
        await loop.do(world, person, number, action)
    return number


async def returned_three_times(world: World) -> str:
    number = await loop.to(world, "verifying")
    for _ in range(3):
        await loop.do(world, CHECKER, number, "return")
        await loop.do(world, STAFF, number, "submit")
    await loop.do(world, CHECKER, number, "pass")
    return number


async def overdue_in_two_stages(world: World) -> str:
    number: str = (await world.report(FINDER))["id"]
    await world.wind(timedelta(days=2), number)
    await loop.do(world, FINDER, number, "confirm")
    await world.wind(timedelta(days=2), number)
    await loop.do(world, CHECKER, number, "regrade")
    await loop.do(world, OFFICE, number, "assign")
    return number


async def fixed_on_the_spot(world: World) -> str:
    photos = await world.cite(FINDER, "before_photo", "after_photo")
    number: str = (await world.report(FINDER, fixed_on_spot=True, evidence=photos))["id"]
    await loop.do(world, FINDER, number, "confirm")
    await loop.do(world, CHECKER, number, "pass")
    return number


async def reopened(world: World) -> str:
    number = await loop.to(world, "closed")
    world.clock.ahead += timedelta(days=20)
    await loop.do(world, OFFICE, number, "reopen", clock="continue")
    await loop.do(world, STAFF, number, "start")
    return number


async def started_when_closed(world: World) -> str:
    number = await loop.to(world, "closed")
    await behind.start(world, number)
    await world.handle(number).result()
    return number


async def overtaken(world: World) -> str:
    number = await loop.to(world, "rectifying")
    record = PostgresHazards(world.database)
    actor = await behind.actor(world, HEAD)
    note = Command(action=Action.NOTE, request_id=uuid.uuid4().hex, actor=actor, note="另一处写入")
    change = hazard.apply(await record.load(number), note, datetime.now(UTC))
    assert change is not None
    await record.append(change)
    await loop.do(world, STAFF, number, "note")
    return number


async def written_patiently(world: World) -> str:
    number = await loop.to(world, "assigned")
    async with world.database.transaction() as connection:
        await connection.execute("SELECT 1 FROM hazards WHERE id = $1 FOR UPDATE", number)
        started = asyncio.create_task(loop.do(world, STAFF, number, "start"))
        await eventually(lambda: behind.handed_over(world, number))
    await started
    return number


async def relay(world: World) -> str:
    await behind.gateway(world).start_relay()
    for _ in range(2):
        number = (await behind.put_on_record(world)).id
        await eventually(partial(behind.taken_up, world, number))
    return RELAY_ID


async def reconciler(world: World) -> str:
    await behind.gateway(world).start_reconciler()
    for _ in range(2):
        await eventually(partial(behind.reconciled, world))
        await world.wind(EVERY, RECONCILER_ID)
    return RECONCILER_ID


def _ending(stage: str) -> Callable[[World], Awaitable[str]]:
    return lambda world: loop.to(world, stage)


BRANCHES: Final[dict[str, Callable[[World], Awaitable[str]]]] = {
    **{one.__name__: one for one in (general, major, returned_three_times, overdue_in_two_stages)},
    **{one.__name__: one for one in (fixed_on_the_spot, reopened, started_when_closed, overtaken)},
    **{one.__name__: one for one in (written_patiently, relay, reconciler)},
    **{stage: _ending(stage) for stage in ("dismissed", "transferred", "merged")},
    **branches_of_time.BRANCHES,
    **branches.BRANCHES,
}


def without_traces(value: Any) -> Any:
    """A history without what tells of the machine that ran it: names of processes, paths of its files."""
    if isinstance(value, list):
        return [without_traces(one) for one in value]
    if not isinstance(value, dict):
        return value
    if value.get("kind") == "TASK_QUEUE_KIND_STICKY":
        value = value | {"name": "sticky"}
    hidden = {"identity": "recorded", "stackTrace": ""}
    return {key: hidden.get(key, without_traces(one)) for key, one in value.items()}


async def record(names: Iterable[str]) -> None:
    """Record these branches."""
    async with stacks.started() as stack, harness.world(stack, BIHUAN_TASK_QUEUE="recorded") as world:
        for name in names:
            world.clock.ahead, world.following = timedelta(), False
            number = await BRANCHES[name](world)
            history = await world.handle(number).fetch_history()
            text = json.dumps(without_traces(history.to_json_dict()), ensure_ascii=False, indent=1)
            (FOLDER / f"{name}.json").write_text(text + "\n", encoding="utf-8")
            print(name, len(history.events))


if __name__ == "__main__":
    missing = [name for name in BRANCHES if not (FOLDER / f"{name}.json").exists()]
    asyncio.run(record(sys.argv[1:] or missing))
