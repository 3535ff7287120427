"""The feed of events: every change once and for good, whoever writes and reads at the same time."""

import asyncio
import random
import uuid
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime

import asyncpg

from adapters.postgres.database import Connection
from adapters.postgres.events import PostgresEvents
from tests.harness import World

_TELL = "SELECT tell_event('bulletin', $1, $2, 'publish', $3, NULL, '{}')"


async def _tell(connection: Connection, subject: str, seq: int) -> None:
    await connection.execute(_TELL, subject, seq, datetime.now(UTC))


async def _connected(world: World) -> "asyncpg.Connection[asyncpg.Record]":
    return await asyncpg.connect(world.settings.database_url.get_secret_value())


async def _read_on(world: World, cursor: int, known: Iterable[str]) -> tuple[list[str], int]:
    """Everything from behind ``cursor`` by a reader that was just started; ids of the test's own subjects."""
    found: list[str] = []
    events = PostgresEvents(world.database)
    while (await events.feed()).last > cursor:
        page = await events.after(cursor, 7, units=None, kinds={"bulletin"})
        if not page:
            break
        found += [event.id for event in page if event.subject in known]
        cursor = page[-1].position
    return found, cursor


async def test_what_commits_late_comes_late_and_never_behind_a_cursor(world: World) -> None:
    early, late = f"T-{uuid.uuid4().hex}", f"T-{uuid.uuid4().hex}"
    cursor = (await PostgresEvents(world.database).feed()).last
    slow, quick = await _connected(world), await _connected(world)
    transaction = slow.transaction()
    await transaction.start()
    await _tell(slow, late, 1)
    await _tell(quick, early, 1)
    found, cursor = await _read_on(world, cursor, {early, late})
    assert found == [f"{early}.1"]
    await transaction.commit()
    found, cursor = await _read_on(world, cursor, {early, late})
    assert found == [f"{late}.1"]
    assert await _read_on(world, cursor, {early, late}) == ([], cursor)
    await asyncio.gather(slow.close(), quick.close())


async def test_what_is_rolled_back_never_comes_and_leaves_no_gap_that_anybody_waits_for(world: World) -> None:
    subject = f"T-{uuid.uuid4().hex}"
    cursor = (await PostgresEvents(world.database).feed()).last
    writer = await _connected(world)
    transaction = writer.transaction()
    await transaction.start()
    await _tell(writer, subject, 1)
    await transaction.rollback()
    await _tell(writer, subject, 1)
    assert (await _read_on(world, cursor, {subject}))[0] == [f"{subject}.1"]
    await writer.close()


async def _write(world: World, subject: str, chance: random.Random, written: list[str]) -> None:
    """The steps of one subject, one transaction each; some are rolled back first, and others overtake meanwhile."""
    connection = await _connected(world)
    for seq in range(1, 26):
        for keeps in (False, True) if chance.random() < 0.2 else (True,):
            transaction = connection.transaction()
            await transaction.start()
            await _tell(connection, subject, seq)
            for _ in range(chance.randrange(6)):
                await connection.execute("SELECT 1")
            await (transaction.commit() if keeps else transaction.rollback())
        written.append(f"{subject}.{seq}")
    await connection.close()


async def test_readers_that_stop_and_go_on_among_many_writers_get_every_change_once_and_in_order(
    world: World,
) -> None:
    subjects = [f"T-{uuid.uuid4().hex}" for _ in range(12)]
    written: list[str] = []
    done = asyncio.Event()

    async def read(cursor: int) -> list[str]:
        found: list[str] = []
        while True:
            last_turn = done.is_set()
            more, cursor = await _read_on(world, cursor, subjects)
            found += more
            if last_turn:
                return found

    begin = (await PostgresEvents(world.database).feed()).last
    reading = [asyncio.create_task(read(begin)) for _ in range(3)]
    await asyncio.gather(*(_write(world, subject, random.Random(subject), written) for subject in subjects))  # noqa: S311
    done.set()
    for found in await asyncio.gather(*reading):
        assert len(found) == len(set(found)) == 12 * 25
        assert set(found) == set(written)
        by_subject = defaultdict(list)
        for one in found:
            by_subject[one.partition(".")[0]].append(int(one.partition(".")[2]))
        assert all(steps == list(range(1, 26)) for steps in by_subject.values())
