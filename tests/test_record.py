"""The adapters on the real PostgreSQL: one row a change, no second writer, SQL that the database understands."""

import asyncio
import importlib
import pkgutil
import re
import uuid
from datetime import UTC, datetime

import asyncpg
import pytest

import adapters.postgres
from adapters.postgres import codecs
from adapters.postgres.hazards import PostgresHazards
from adapters.postgres.requests import PostgresRequests
from deploy.devstack import Devstack
from domain import audit, hazard
from domain.errors import Diverged, Refused
from domain.hazard import Action, Change, Command
from domain.requests import Answer, Request
from tests.harness import World
from tests.stories import behind, loop

_VERBS = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b")


def _sql() -> dict[str, str]:
    """Every SQL constant: a string of a module that begins with a verb."""
    found = {}
    for module in pkgutil.iter_modules(adapters.postgres.__path__):
        loaded = importlib.import_module(f"adapters.postgres.{module.name}")
        for name, value in vars(loaded).items():
            if name.startswith("_") and isinstance(value, str) and _VERBS.match(value):
                found[f"{module.name}.{name}"] = value
    return found


async def _change(world: World, number: str, note: str) -> Change:
    actor = await behind.actor(world, loop.FINDER)
    command = Command(action=Action.NOTE, request_id=uuid.uuid4().hex, actor=actor, note=note)
    case = await PostgresHazards(world.database).load(number)
    change = hazard.apply(case, command, datetime.now(UTC))
    assert change is not None
    return change


async def _rows(world: World, number: str) -> list[tuple[int, str]]:
    async with world.database.connection() as connection:
        rows = await connection.fetch("SELECT seq, hash FROM changes WHERE case_id = $1 ORDER BY seq", number)
    return [(row["seq"], row["hash"]) for row in rows]


async def test_fifty_identical_writes_at_once_are_one_row(world: World) -> None:
    number = (await behind.put_on_record(world)).id
    change = await _change(world, number, "同一步")
    record = PostgresHazards(world.database)
    await asyncio.gather(*(record.append(change) for _ in range(50)))
    assert [row[0] for row in await _rows(world, number)] == [1, 2]
    assert await record.load(number) == change.case


async def test_another_change_at_the_same_place_is_refused_and_the_first_stands(world: World) -> None:
    number = (await behind.put_on_record(world)).id
    one, other = await _change(world, number, "甲"), await _change(world, number, "乙")
    record = PostgresHazards(world.database)
    await record.append(one)
    with pytest.raises(Diverged):
        await record.append(other)
    assert (await _rows(world, number))[-1] == (2, one.entry.hash)
    assert await record.load(number) == one.case


async def test_of_fifty_writers_for_one_place_exactly_one_wins(world: World) -> None:
    number = (await behind.put_on_record(world)).id
    changes = [await _change(world, number, f"第{count}位") for count in range(50)]
    record = PostgresHazards(world.database)
    results = await asyncio.gather(*(record.append(change) for change in changes), return_exceptions=True)
    (winner,) = [change for change, result in zip(changes, results, strict=True) if result is None]
    assert all(isinstance(result, Diverged) for result in results if result is not None)
    assert (await _rows(world, number))[-1] == (2, winner.entry.hash)


async def test_a_change_that_skips_a_place_is_refused(world: World) -> None:
    number = (await behind.put_on_record(world)).id
    first = await _change(world, number, "甲")
    again = Command(
        action=Action.NOTE, request_id="r", actor=await behind.actor(world, loop.FINDER), note="乙"
    )
    second = hazard.apply(first.case, again, datetime.now(UTC))
    assert second is not None
    with pytest.raises(Diverged):
        await PostgresHazards(world.database).append(second)
    assert len(await _rows(world, number)) == 1


async def test_a_case_comes_back_from_the_database_as_it_was_written(world: World) -> None:
    number = await loop.to(world, "closed", major=True)
    case = await PostgresHazards(world.database).load(number)
    assert codecs.case(codecs.dump(case)) == case
    assert codecs.case_of(audit.plain(case)) == case


async def test_a_request_that_is_answered_many_times_keeps_its_first_answer(world: World) -> None:
    requests = PostgresRequests(world.database)
    request = Request(principal="p", key=uuid.uuid4().hex, fingerprint="a")
    now = datetime.now(UTC)
    assert await requests.claim(request, now) is None
    answers = [Answer(status=200, body={"n": count}) for count in range(20)]
    await requests.answer(request, answers[0])
    await asyncio.gather(*(requests.answer(request, answer) for answer in answers[1:]))
    assert await requests.claim(request, now) == answers[0]
    with pytest.raises(Refused, match="idempotency_key_reused"):
        await requests.claim(Request(principal="p", key=request.key, fingerprint="b"), now)


def test_the_sql_constants_are_found_by_convention() -> None:
    modules = {name.partition(".")[0] for name in _sql()}
    assert {
        "audit",
        "dictionary",
        "directory",
        "files",
        "hazards",
        "intake",
        "read_model",
        "requests",
    } <= modules


@pytest.mark.parametrize("name", sorted(_sql()))
async def test_every_sql_constant_is_understood_by_the_migrated_database(stack: Devstack, name: str) -> None:
    connection = await asyncpg.connect(stack.database_url)
    try:
        await connection.prepare(_sql()[name])
    finally:
        await connection.close()


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE changes SET hash = 'x'",
        "DELETE FROM changes",
        "TRUNCATE changes",
        "DELETE FROM hazards",
        "DELETE FROM case_numbers",
        "DELETE FROM requests",
        "UPDATE case_files SET kind = 'other'",
        "UPDATE files SET sha256 = 'x'",
        "DROP TABLE changes",
        "ALTER TABLE changes DISABLE TRIGGER ALL",
    ],
)
async def test_the_application_cannot_rewrite_what_is_on_record(
    stack: Devstack, world: World, sql: str
) -> None:
    connection = await asyncpg.connect(stack.database_url)
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(sql)
    finally:
        await connection.close()


async def test_a_statement_with_an_argument_too_many_is_our_fault_and_not_the_database_away(
    world: World,
) -> None:
    with pytest.raises(asyncpg.InterfaceError):
        async with world.database.connection() as connection:
            await connection.fetchval("SELECT $1::int", 1, 2)
    await world.database.ping()
