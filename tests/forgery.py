"""A forger who owns the database: what is edited through him is put back afterwards."""

import contextlib
from collections.abc import AsyncIterator
from typing import TypeAlias

import asyncpg

from deploy import folder, postgres
from tests.launched import Launched

Forger: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

TABLES = ("hazards", "changes", "files", "case_files")


@contextlib.asynccontextmanager
async def at_work(sampled: Launched) -> AsyncIterator[Forger]:
    """The server's superuser with foreign keys out of the way; afterwards the tables are as they were."""
    secrets = folder.secrets(sampled.data)
    url = postgres.url(sampled.data, "postgres", secrets.postgres)
    connection = await asyncpg.connect(url)
    try:
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
