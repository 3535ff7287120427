"""A server in a hurry: how a record at size is loaded, and how the server is put back to how it runs.

Invariant: what is taken away for the time of loading (secondary indexes, syncing) is noted in the database itself, so that a
loading which was interrupted and goes on gives it back too.
"""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final, TypeAlias

import asyncpg

from deploy import postgres
from deploy.devstack import Devstack

Owner: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

_HURRY: Final = {
    "fsync": "off",
    "full_page_writes": "off",
    "max_wal_size": "'2GB'",
    "autovacuum": "off",
}
"""How the server runs while it is loaded. What a machine's failure leaves of such a record is to be thrown away."""

_NOTE: Final = """
CREATE SCHEMA IF NOT EXISTS bench;
CREATE TABLE IF NOT EXISTS bench.indexes (name text PRIMARY KEY, sql text NOT NULL);
INSERT INTO bench.indexes
SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
WHERE indrelid = ANY ('{hazards, hazard_texts, changes, case_files, notices}'::regclass[]) AND NOT indisunique
ON CONFLICT DO NOTHING
"""
"""Indexes that loading does without: building them at the end takes less than keeping them."""


@asynccontextmanager
async def owner(stack: Devstack) -> AsyncIterator[Owner]:
    """A connection that loads as a restore would: as superuser, without checking each reference again."""
    connection = await asyncpg.connect(postgres.url(stack.data, "postgres", stack.secrets.postgres))
    try:
        await connection.execute("SET session_replication_role = replica; SET synchronous_commit = off")
        await connection.execute("SET work_mem = '64MB'; SET maintenance_work_mem = '512MB'")
        yield connection
    finally:
        await connection.close()


async def hurry(connection: Owner) -> None:
    """Take away what slows loading."""
    for name, value in _HURRY.items():
        await connection.execute(f"ALTER SYSTEM SET {name} = {value}")
    await connection.execute("SELECT pg_reload_conf()")
    await connection.execute(_NOTE)
    for row in await connection.fetch("SELECT name FROM bench.indexes"):
        await connection.execute(f"DROP INDEX IF EXISTS {row['name']}")
    await connection.execute("ALTER TABLE hazards ENABLE ALWAYS TRIGGER hazards_told_when_new")


async def settle(connection: Owner) -> list[tuple[str, float]]:
    """Build the indexes, vacuum, and give back what was taken; tells how many seconds each took."""
    took = []
    for row in await connection.fetch("SELECT name, sql FROM bench.indexes ORDER BY name"):
        began = time.monotonic()
        await connection.execute(row["sql"])
        took.append((row["name"], time.monotonic() - began))
    await connection.execute("DROP SCHEMA bench CASCADE")
    await connection.execute("ALTER TABLE hazards ENABLE TRIGGER hazards_told_when_new")
    for statement in ("SELECT recount_hazards()", "VACUUM ANALYZE"):
        began = time.monotonic()
        await connection.execute(statement)
        took.append((statement, time.monotonic() - began))
    for name in _HURRY:
        await connection.execute(f"ALTER SYSTEM RESET {name}")
    await connection.execute("SELECT pg_reload_conf()")
    await connection.execute("CHECKPOINT")
    return took
