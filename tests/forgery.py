"""A forger who owns the database: what is edited through him is put back afterwards.

The worker is frozen meanwhile: the reconciler would put right what follows from the record before anybody looks.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import TypeAlias

import asyncpg
import psutil

from deploy import folder, postgres
from tests.launched import Launched

Forger: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

TABLES = (
    *("hazards", "changes", "files", "case_files"),
    *("access_log", "access_chain", "access_purges", "daily_seals", "sealed_heads"),
)


_BUSY = """
SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)
WHERE usename IN ('bihuan_app', 'bihuan_worker') AND relation IS NOT NULL
"""


@contextlib.asynccontextmanager
async def _frozen(sampled: Launched, connection: Forger) -> AsyncIterator[None]:
    """The worker stands still, and holds no table."""
    worker = psutil.Process(sampled.pid("worker"))
    worker.suspend()
    try:
        while await connection.fetchval(_BUSY):
            worker.resume()
            await asyncio.sleep(0.05)  # until the statement under way is over
            worker.suspend()
        yield
    finally:
        worker.resume()


@contextlib.asynccontextmanager
async def at_work(sampled: Launched) -> AsyncIterator[Forger]:
    """The server's superuser with foreign keys out of the way; afterwards the tables are as they were."""
    secrets = folder.secrets(sampled.data)
    url = postgres.url(sampled.data, "postgres", secrets.postgres)
    connection = await asyncpg.connect(url)
    try:
        async with _frozen(sampled, connection):
            await connection.execute("SET session_replication_role = replica")
            for table in TABLES:
                await connection.execute(f"CREATE TEMP TABLE old_{table} AS TABLE public.{table}")
            yield connection
            async with connection.transaction():
                for table in TABLES:
                    await connection.execute(f"DELETE FROM {table}")  # noqa: S608 - a constant
                    await connection.execute(f"INSERT INTO {table} SELECT * FROM old_{table}")  # noqa: S608
    finally:
        await connection.close()
