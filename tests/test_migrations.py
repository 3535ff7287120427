"""The migrations and the schema that they add up to."""

import asyncio
import contextlib
from concurrent.futures import ThreadPoolExecutor

import asyncpg
import pytest

from adapters.postgres import migrate
from deploy import postgres
from deploy.devstack import Devstack


def test_the_migrations_produce_exactly_the_schema_on_file(stack: Devstack) -> None:
    produced = migrate.dump(stack.owner_url, postgres.binaries())
    assert produced == migrate.SCHEMA.read_text(encoding="utf-8"), "run `make schema`"


def test_migrating_twice_changes_nothing(stack: Devstack) -> None:
    before = migrate.dump(stack.owner_url, postgres.binaries())
    migrate.migrate(stack.owner_url)
    assert migrate.dump(stack.owner_url, postgres.binaries()) == before


def test_the_schema_on_file_says_what_the_application_may_do() -> None:
    assert "TO bihuan_app" in migrate.SCHEMA.read_text(encoding="utf-8")


async def _forget_one_index(url: str, *, half_built: bool) -> None:
    """As if the index of the text had yet to be built, or its building had been broken off."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("DELETE FROM schema_migrations WHERE version = '20261124270102'")
        await connection.execute("DROP INDEX hazard_texts_by_week")
        if half_built:
            await connection.execute("SET statement_timeout = '100ms'")
            holder = await asyncpg.connect(url)
            async with holder.transaction(isolation="repeatable_read"):
                await holder.fetchval("SELECT count(*) FROM hazards")
                with contextlib.suppress(asyncpg.QueryCanceledError):
                    await connection.execute(
                        "CREATE INDEX CONCURRENTLY hazard_texts_by_week ON hazards (description)"
                    )
            await holder.close()
    finally:
        await connection.close()


@pytest.mark.parametrize("half_built", [False, True])
def test_runs_that_meet_while_an_index_is_built_wait_in_turn_and_all_succeed(
    stack: Devstack, half_built: bool
) -> None:
    before = migrate.dump(stack.owner_url, postgres.binaries())
    asyncio.run(_forget_one_index(stack.owner_url, half_built=half_built))
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(migrate.migrate, [stack.owner_url] * 4))
    assert migrate.dump(stack.owner_url, postgres.binaries()) == before
