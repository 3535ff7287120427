"""Search passes by the wall to use its index, so it has a wall of its own; numbers kept of cases are behind the wall."""

import asyncpg
import pytest

from adapters.postgres import wall
from adapters.postgres.wall import Seen, Walled
from tests.harness import Json
from tests.test_wall import HERE, cases, walled  # noqa: F401 - fixtures

_TOLD = "SELECT case_id FROM hazards_told($1, NULL, '-infinity', 'infinity', '', 1000)"


async def test_the_search_that_passes_by_the_wall_shows_no_more_than_the_wall_does(
    walled: Walled,  # noqa: F811
    cases: dict[str, Json],  # noqa: F811
) -> None:
    async def found(seen: Seen | None) -> set[str]:
        wall.see(seen)
        async with walled.connection() as connection:
            return {row["case_id"] for row in await connection.fetch(_TOLD, "yh-")}

    own, foreign = cases["ec01"]["id"], cases["ec03"]["id"]
    everybody = await found(Seen(units=None, posts=frozenset(), person_id="p"))
    assert {own, foreign} <= everybody
    here = await found(HERE)
    assert own in here
    assert foreign not in here
    assert await found(None) == set()
    wall.see(HERE)
    async with walled.connection() as connection:
        assert await connection.fetchval("SELECT count(*) FROM hazard_texts") == len(here)
        assert await connection.fetch("SELECT 1 FROM hazard_tallies WHERE unit_id <> 'ec01'") == []
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with walled.connection() as connection:
            await connection.execute("SELECT recount_hazards()")
