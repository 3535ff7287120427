"""Another writer that is always first: whatever a run decides, the record has moved on by the time it would write it."""

import asyncio
import itertools
import uuid
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Final

import asyncpg

from adapters.postgres import hazards
from adapters.postgres.hazards import PostgresHazards
from deploy.devstack import Devstack
from domain import hazard
from domain.errors import Refused, Temporary
from domain.hazard import Action, Command
from tests.corpus.walk import Walks
from tests.stack import eventually
from tests.stories import behind, loop
from tests.stories.loop import HEAD, STAFF

_LOCK: Final = "SELECT 1 FROM hazards WHERE id = $1 FOR UPDATE"
_WAITING: Final = "SELECT count(*) FROM pg_locks WHERE NOT granted"
TIMES: Final = 3


async def _write(walks: Walks, number: str, connection: asyncpg.Connection) -> None:
    """Take the next place in the record."""
    command = Command(
        action=Action.NOTE,
        request_id=uuid.uuid4().hex,
        actor=await behind.actor(walks.world, HEAD),
        note="另一处写入",
    )
    change = hazard.apply(
        await PostgresHazards(walks.world.database).load(number), command, walks.world.clock()
    )
    assert change is not None
    await hazards.append(connection, change)


async def _one(walks: Walks, stack: Devstack) -> str:
    number = await loop.to(walks.world, "rectifying")
    actor = await behind.actor(walks.world, STAFF)
    command = Command(action=Action.NOTE, request_id=uuid.uuid4().hex, actor=actor, note="总是晚一步")
    async with AsyncExitStack() as opened:
        writers = [await asyncpg.connect(stack.owner_url) for _ in range(TIMES + 1)]
        for writer in writers:
            opened.push_async_callback(writer.close)

        async def waiting(count: int) -> bool:
            return bool(await writers[0].fetchval(_WAITING) == count)

        async def lock(writer: asyncpg.Connection) -> None:
            await writer.execute("BEGIN")
            await writer.execute(_LOCK, number)

        await lock(writers[0])
        asked = asyncio.create_task(behind.gateway(walks.world).act(number, command))
        for writer, following in itertools.pairwise(writers):
            await eventually(lambda: waiting(1))
            queued = asyncio.create_task(lock(following))
            await eventually(lambda: waiting(2))
            await _write(walks, number, writer)
            await writer.execute("COMMIT")
            await queued
        await writers[-1].execute("COMMIT")
        outcome = await asyncio.gather(asked, return_exceptions=True)
        assert isinstance(outcome[0], (Refused, Temporary)), outcome
    return number


async def always_late(walks: Walks, stack: Devstack) -> list[str]:
    """A command that is decided three times and overtaken three times: its run gives it up, and lives on."""
    return [await _one(walks, stack) for _ in range(2)]


async def clock_overtaken(walks: Walks, stack: Devstack) -> list[str]:
    """Another writer was there when the clock takes its step: the step is taken anew, and once."""
    walks.world.begin_on_monday()
    numbers = [await loop.to(walks.world, "rectifying") for _ in range(3)]
    for days, number in zip((10, 20, 30), numbers, strict=True):
        await behind.write(walks.world, number, HEAD, Action.NOTE, walks.world.clock(), note="另一处写入")
        await walks.world.wind(timedelta(days=days), *numbers)
    return numbers
