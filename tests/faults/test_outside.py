"""What an operator does to runs by the engine's own command line (F26): found, put right, noted, and nothing done twice."""

import asyncio
from functools import partial

import pytest

from activities.reconcile import Pass, ReconcileActivities
from deploy import engine
from tests.api.live import Live
from tests.chaos import stage as stages
from tests.faults import cases
from tests.harness import World
from tests.stack import eventually

DEEDS = {
    "terminated": ("terminate", "--reason", "by mistake"),
    "deleted": ("delete", "--yes"),
    "cancelled": ("cancel",),
    "reset": ("reset", "--type", "FirstWorkflowTask", "--reason", "by mistake"),
    "signalled": ("signal", "--name", "close", "--input", '"now"'),
}
NOTED = frozenset({"terminated", "deleted"})
"""What stops a run; after the rest the case goes on by itself."""

_TOLD = "SELECT repaired_at IS NOT NULL FROM drifts WHERE subject = $1 AND kind = 'run_missing'"
_CHAIN = "SELECT hash FROM changes WHERE case_id = $1 ORDER BY seq"


@pytest.mark.parametrize("deed", DEEDS)
async def test_a_case_goes_on_as_it_was_whatever_is_done_to_its_run_from_outside(
    live: Live, world: World, deed: str
) -> None:
    numbers = await cases.opened(live, 4)
    before, chains = await cases.state(live, *numbers), await _chains(world, numbers)
    await asyncio.gather(*(_done(live, number, *DEEDS[deed]) for number in numbers))
    if deed in NOTED:
        reconciling = stages.reconciling(live, world.database)
        await eventually(partial(_noted, world, reconciling, numbers))
    assert await eventually(partial(cases.all_run, live, *numbers))
    assert await cases.state(live, *numbers) == before
    assert await _chains(world, numbers) == chains, "nothing is done twice"
    assert all(
        await asyncio.gather(*(eventually(partial(cases.goes_on, live, number)) for number in numbers))
    )


async def _done(live: Live, number: str, *deed: str) -> None:
    verb, *more = deed
    words = (
        "workflow",
        verb,
        "--workflow-id",
        number,
        *more,
        "--address",
        f"127.0.0.1:{live.stack.ports.temporal}",
    )
    process = await asyncio.create_subprocess_exec(str(engine.binary()), *words)
    assert await process.wait() == 0


async def _noted(world: World, reconciling: ReconcileActivities, numbers: list[str]) -> bool:
    await reconciling.reconcile(Pass())
    async with world.database.connection() as connection:
        return all([await connection.fetchval(_TOLD, number) for number in numbers])


async def _chains(world: World, numbers: list[str]) -> list[list[str]]:
    async with world.database.connection() as connection:
        return [[row["hash"] for row in await connection.fetch(_CHAIN, number)] for number in numbers]
