"""The chains of collections and bulletins: sealed every day, exported and verified like those of cases."""

import asyncio
import io
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeAlias

import asyncpg
import pytest

from adapters.postgres import codecs
from adapters.postgres.seals import PostgresSeals
from deploy import postgres
from deploy.devstack import Devstack
from domain import audit
from services import bootstrap
from services.cli import audit as command
from services.cli.audit_report import Report
from tests.collections import acts
from tests.harness import World
from tests.stories import bulletins

Owner: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


@dataclass(frozen=True, kw_only=True)
class Chained:
    """A chain on record: its number, its table of entries, and the column there that names it."""

    number: str
    heads: str
    entries: str
    key: str


@pytest.fixture
async def chained(apart: World, request: pytest.FixtureRequest) -> Chained:
    """A collection or a bulletin of some entries, sealed as it is."""
    if request.param == "a collection":
        number = (await acts.create(apart, apart.clock() + timedelta(days=1), timedelta(days=1)))["id"]
        answer = await apart.post(acts.OFFICE, f"/v1/collections/{number}/actions/cancel", {"reason": "撤回"})
        assert answer.status_code == 200, answer.text
        one = Chained(number=number, heads="collections", entries="collection_changes", key="collection_id")
    else:
        number = (await bulletins.drafted(apart, await bulletins.listed(apart)))["id"]
        await bulletins.decided(apart, number)
        one = Chained(number=number, heads="bulletins", entries="bulletin_changes", key="bulletin_id")
    record = PostgresSeals(apart.database, bootstrap.signer(apart.settings))
    last = await record.last()
    seal = await record.make((last.at if last else datetime.now(UTC)) + timedelta(days=1))
    listed = [heads async for made, heads in record.all() if made.number == seal.number]
    assert number in {head.chain for head in listed[0]}
    return one


@pytest.fixture
async def forger(apart_stack: Devstack, chained: Chained) -> AsyncIterator[Owner]:
    """Who owns the database; the chain is put back afterwards."""
    connection = await asyncpg.connect(
        postgres.url(apart_stack.data, "postgres", apart_stack.secrets.postgres)
    )
    kept = f"SELECT * FROM {chained.entries} WHERE {chained.key} = $1"  # noqa: S608
    stands = f"SELECT head FROM {chained.heads} WHERE id = $1"  # noqa: S608
    try:
        await connection.execute("SET session_replication_role = replica")
        rows = await connection.fetch(kept, chained.number)
        head = await connection.fetchval(stands, chained.number)
        assert len(rows) > 1
        yield connection
        await connection.execute(f"DELETE FROM {chained.entries} WHERE {chained.key} = $1", chained.number)  # noqa: S608
        await connection.copy_records_to_table(chained.entries, records=[tuple(row) for row in rows])
        await connection.execute(f"UPDATE {chained.heads} SET head = $2 WHERE id = $1", chained.number, head)  # noqa: S608
    finally:
        await connection.close()


async def _told(
    world: World, file: Path, number: str, capsys: pytest.CaptureFixture[str]
) -> tuple[list[str], list[str]]:
    """What is said of a chain, verified in the database and in an export made now."""
    out = io.StringIO()
    await command._export(world.settings, out)
    await asyncio.to_thread(file.write_text, out.getvalue(), encoding="utf-8")
    assert f'"case_id": "{number}"' in out.getvalue()
    capsys.readouterr()
    await command._verify_database(Report(), world.settings)
    database = capsys.readouterr().out
    command._verify_file(Report(), file)
    exported = capsys.readouterr().out
    return _of(database, number), _of(exported, number)


def _of(text: str, number: str) -> list[str]:
    return [line for line in text.splitlines() if number in line]


BOTH = pytest.mark.parametrize("chained", ["a collection", "a bulletin"], indirect=True)


@BOTH
async def test_what_was_edited_or_removed_is_named(
    apart: World,
    chained: Chained,
    forger: Owner,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert await _told(apart, tmp_path / "sound", chained.number, capsys) == ([], [])
    where = f"WHERE {chained.key} = $1 AND seq = 1"
    edited = f"UPDATE {chained.entries} SET entry = jsonb_set(entry, '{{reason}}', '\"改过\"') {where}"  # noqa: S608
    await forger.execute(edited, chained.number)
    for lines in await _told(apart, tmp_path / "edited", chained.number, capsys):
        assert f"{chained.number} 第 1 条：内容与哈希不符，已被改动" in lines
    await forger.execute(f"DELETE FROM {chained.entries} {where}", chained.number)  # noqa: S608
    for lines in await _told(apart, tmp_path / "removed", chained.number, capsys):
        assert f"{chained.number} 第 1 条：第 1 条缺失或次序被调换" in lines


@BOTH
async def test_a_chain_that_was_rewritten_whole_contradicts_its_seal(
    apart: World,
    chained: Chained,
    forger: Owner,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    read = f"SELECT entry FROM {chained.entries} WHERE {chained.key} = $1 ORDER BY seq"  # noqa: S608
    put = f"UPDATE {chained.entries} SET entry = $3, hash = $4 WHERE {chained.key} = $1 AND seq = $2"  # noqa: S608
    prev = audit.GENESIS
    for row in await forger.fetch(read, chained.number):
        entry = audit.seal(replace(codecs.entry(row["entry"]), note="改过", prev=prev))
        prev = entry.hash
        await forger.execute(put, chained.number, entry.seq, codecs.dump(entry), prev)
    await forger.execute(f"UPDATE {chained.heads} SET head = $2 WHERE id = $1", chained.number, prev)  # noqa: S608
    for lines in await _told(apart, tmp_path / "rewritten", chained.number, capsys):
        assert [line for line in lines if "号封存不符" in line]
        assert not [line for line in lines if "内容与哈希不符" in line]
