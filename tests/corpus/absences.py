"""Scenes without a worker for a while: commands wait for the first task, and instants pass that nobody sees."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Final

from temporalio.worker import Worker

from deploy.devstack import Devstack
from domain.hazard import Action
from services.worker import main as worker
from tests.corpus.scenes import told
from tests.corpus.walk import Walks
from tests.harness import World
from tests.stack import eventually
from tests.stories import behind, loop
from tests.stories.loop import FINDER

AWAY: Final = timedelta(days=3)


def working(world: World) -> Worker:
    """A worker of this world, until the end of the block."""
    return worker.build(world.client, world.settings, world.database, behind.gateway(world))


async def _asked(world: World, number: str, kind: str) -> bool:
    """Whether something has come to the run's history."""
    history = await world.handle(number).fetch_history()
    return any(event.HasField(f"{kind}_event_attributes") for event in history.events)  # type: ignore[arg-type]


async def _sent() -> None:
    """Long enough for commands to be sent; nothing shows that one waits before a worker takes it."""
    await asyncio.sleep(1)


async def first_task(walks: Walks, stack: Devstack) -> list[str]:
    """Commands, allowed and not, that are there before the case was ever read; some cases are weeks late."""
    world, since = walks.world, datetime.now(UTC) - behind.weeks_ago()
    cases = [await behind.put_on_record(world, ago=since * (place % 2)) for place in range(12)]
    for case in cases:
        await behind.start(world, case.id)
    asked = [
        asyncio.create_task(told(walks, case.id, (Action.CLOSE, Action.CONFIRM, Action.NOTE)[place % 3]))
        for place, case in enumerate(cases)
    ]
    await _sent()
    async with working(world):
        await asyncio.gather(*asked)
    return [case.id for case in cases]


async def timer_and_command(walks: Walks, stack: Devstack) -> list[str]:
    """A timer fires and a command comes while no worker runs: one task sees both."""
    world = walks.world
    async with working(world):
        numbers = await asyncio.gather(*(loop.to(world, "confirmed") for _ in range(6)))
    winding = [
        asyncio.create_task(world.skipper.fast_forward(world.handle(number), AWAY)) for number in numbers
    ]
    for number in numbers:
        await eventually(lambda number=number: _asked(world, number, "timer_fired"))  # type: ignore[misc]
    asked = [asyncio.create_task(told(walks, number, Action.NOTE)) for number in numbers]
    await _sent()
    async with working(world):
        await asyncio.gather(*asked, *winding)
        await world.act(FINDER, numbers[0], "note", note="复工")
    return list(numbers)
