"""The access log in the real PostgreSQL: one chain whoever writes, and nobody else writes it."""

import asyncio
from datetime import UTC, datetime

import asyncpg
import pytest

from adapters.postgres.access_log import AccessLog, Sought
from deploy.devstack import Devstack
from domain import access_log
from domain.access_log import AccessKind
from tests.harness import World

NOW = datetime(2026, 11, 24, 1, 2, 3, 456, UTC)
ODD = '引号" 反斜杠\\ 换行\n 制表\t \x01 \x7f \u2028 𠮷 é/'


@pytest.fixture
async def log(world: World) -> AccessLog:
    return AccessLog(world.database)


async def test_the_database_chains_rows_by_the_very_hash_that_the_verifier_computes(log: AccessLog) -> None:
    told = {
        "person_id": "p-1",
        "post_id": ODD,
        "subject": ODD,
        "reason": ODD,
        "request_id": "",
        "channel": "cli",
    }
    first = await log.note(None, at=NOW, kind=AccessKind.REVEAL, on_behalf_of=None, **told)
    await log.note(None, at=NOW.replace(microsecond=0), kind="refused", outcome="403")
    rows = sorted(await log.page(Sought(), None, 100_000), key=lambda row: row.seq)
    assert access_log.verify(rows, seq=rows[-1].seq, head=rows[-1].hash) is None
    written = next(row for row in rows if row.seq == first)
    assert (written.reason, written.request_id, written.on_behalf_of) == (ODD, "", None)


async def test_fifty_notes_at_once_are_fifty_rows_of_one_chain(log: AccessLog) -> None:
    seqs = await asyncio.gather(*(log.note(None, at=NOW, kind="write", subject=f"s{n}") for n in range(50)))
    assert len(set(seqs)) == 50
    rows = sorted(await log.page(Sought(), None, 100_000), key=lambda row: row.seq)
    assert access_log.verify(rows, seq=rows[-1].seq, head=rows[-1].hash) is None


async def test_a_note_falls_with_the_transaction_that_it_was_made_in(world: World, log: AccessLog) -> None:
    async def undone() -> None:
        async with world.database.transaction() as connection:
            await log.note(connection, at=NOW, kind="write", subject="undone")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await undone()
    assert await log.page(Sought(subject="undone"), None, 10) == []


async def test_an_unknown_kind_is_a_bug(log: AccessLog) -> None:
    with pytest.raises(ValueError, match="AccessKind"):
        await log.note(None, at=NOW, kind="looked")


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE access_log SET reason = 'x'",
        "DELETE FROM access_log",
        "TRUNCATE access_log",
        "INSERT INTO access_log SELECT * FROM access_log LIMIT 1",
        "UPDATE access_chain SET seq = 0",
        "DELETE FROM access_chain",
        "DROP TABLE access_log",
        "ALTER TABLE access_log DISABLE TRIGGER ALL",
    ],
)
async def test_the_application_can_neither_change_nor_forge_a_row(stack: Devstack, sql: str) -> None:
    connection = await asyncpg.connect(stack.database_url)
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(sql)
    finally:
        await connection.close()


async def test_a_page_is_narrowed_by_each_thing_that_is_asked(world: World, log: AccessLog) -> None:
    await log.note(None, at=NOW, kind="export", person_id="p-page", subject="audit/access", outcome="ok")
    await log.note(None, at=NOW, kind="refused", person_id="p-page", subject="GET /v1/x", outcome="403")
    assert [row.kind for row in await log.page(Sought(person_id="p-page"), None, 10)] == ["refused", "export"]
    only = await log.page(Sought(person_id="p-page", kind=AccessKind.EXPORT), None, 10)
    assert [row.subject for row in only] == ["audit/access"]
    assert await log.page(Sought(person_id="p-page", until=NOW), None, 10) == []
    assert len(await log.page(Sought(person_id="p-page", since=NOW), None, 1)) == 1
    async with world.database.connection() as connection:
        assert await log.times(connection, "p-page", AccessKind.EXPORT, NOW.replace(year=2025)) == [NOW]
