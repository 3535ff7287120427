"""Every kind of drift between a collection and its run, seeded behind everybody's back: found, told, and put right from the record."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from activities.reconcile import Pass, ReconcileActivities
from activities.runs import Runs
from adapters.postgres.collection_drift import PostgresCollectionDrift
from adapters.postgres.drift import PostgresDrift
from deploy.devstack import Devstack
from domain import drift
from domain.drift import REPAIRABLE, Drift, DriftKind
from services import clock
from services.worker import main as worker
from tests import harness
from tests import stack as stacks
from tests.collections import acts
from tests.harness import World
from tests.stack import eventually
from tests.stories import behind
from workflows.gateway import HazardGateway
from workflows.inventory import EngineInventory

HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
async def own() -> AsyncIterator[Devstack]:
    """Servers without what other tests leave on record."""
    async with stacks.started() as running:
        yield running


@pytest.fixture(scope="module")
async def world(own: Devstack) -> AsyncIterator[World]:
    """Every collection on its record is of this file."""
    async with harness.world(own) as running:
        yield running


def _inventory(world: World) -> EngineInventory:
    return EngineInventory(world.client, behind.gateway(world), timeout=10)


def _runs(world: World) -> Runs:
    return Runs(PostgresCollectionDrift(world.database), _inventory(world), clock.real, of="Collection")


async def _opened(world: World) -> str:
    """A collection that is open and whose run shows it."""
    number = str((await acts.create(world, world.clock(), HOUR * 5))["id"])
    assert await eventually(partial(_at_rest, world, number))
    return number


async def _at_rest(world: World, number: str) -> bool:
    """Whether the collection's run and its record say the same, and nothing is due."""
    known = (await PostgresCollectionDrift(world.database).look([number])).get(number)
    run = (await _inventory(world).look([number])).get(number)
    shown = known is None or not known.runs or known.collection.opened_at is not None
    return shown and drift.between(number, known, run, clock.real()) is None


async def _run_elsewhere(world: World, number: str) -> None:
    """A run that nobody works for, so it stays as it is."""
    await HazardGateway(world.client, task_queue="nobody-listens", timeout=10).look(number)


async def _terminated(world: World) -> str:
    number = await _opened(world)
    await world.handle(number).terminate("an operator's mistake")
    return number


async def _runs_though_over(world: World) -> str:
    number = await _opened(world)
    await acts.must(world, number, "cancel", reason="另行通知")
    assert await eventually(partial(_at_rest, world, number))
    await _run_elsewhere(world, number)
    return number


async def _never_created(world: World) -> str:
    await _run_elsewhere(world, "SJ-2026-888888")
    return "SJ-2026-888888"


async def _shows_nothing(world: World) -> str:
    """Another run took the place of the one that had read the record, and has not."""
    number = await _terminated(world)
    await _run_elsewhere(world, number)
    return number


async def _noted(world: World) -> str:
    number = await _opened(world)
    async with world.database.connection() as connection:
        await connection.execute(
            "UPDATE collections SET start_wanted_at = $2 WHERE id = $1", number, clock.real() - HOUR
        )
    return number


SEEDS: dict[DriftKind, Callable[[World], Awaitable[str]]] = {
    DriftKind.RUN_MISSING: _terminated,
    DriftKind.RUN_EXTRA: _runs_though_over,
    DriftKind.RUN_UNKNOWN: _never_created,
    DriftKind.RUN_BEHIND: _shows_nothing,
    DriftKind.NOTE_LINGERING: _noted,
}


async def _compared(world: World, after: str) -> dict[str, Drift]:
    _, found = await _runs(world).compare(after, set(), repair=True)
    return {one.subject: one for one in found}


async def test_every_drift_of_a_collection_is_found_in_one_pass_and_it_goes_on_from_the_record(
    world: World,
) -> None:
    after = await _last(world)
    numbers = {kind: await seed(world) for kind, seed in SEEDS.items()}
    before = {number: await _steps(world, number) for number in numbers.values()}
    told = await _compared(world, after)
    for kind, number in numbers.items():
        assert (told[number].kind, told[number].repaired) == (kind, kind in REPAIRABLE)
        assert told[number].sentence.startswith(f"{number}：")
    await world.handle(numbers[DriftKind.RUN_UNKNOWN]).terminate("the test is over")
    for number in numbers.values():
        assert await eventually(partial(_at_rest, world, number))
        assert await _steps(world, number) == before[number], "nothing is done twice"
    assert await _compared(world, after) == {}


async def test_a_run_that_sleeps_through_a_step_is_ended_and_another_takes_it_at_once(
    own: Devstack,
) -> None:
    async with harness.world(own, working=False) as idle:
        after = await _last(idle)
        idle.clock.ahead = -HOUR / 2
        number = str((await acts.create(idle, idle.clock() + timedelta(minutes=1), HOUR * 5))["id"])
        idle.clock.ahead = timedelta()
        told = await _compared(idle, after)
        assert (told[number].kind, told[number].repaired) == (DriftKind.STEP_MISSED, True)
        async with worker.build(idle.client, idle.settings, idle.database, behind.gateway(idle)):
            assert await eventually(partial(_at_rest, idle, number))
        assert await _steps(idle, number) == ["create", "open"]


async def test_a_new_collection_is_the_relay_s_business_for_a_minute(world: World) -> None:
    number = await _opened(world)
    known = (await PostgresCollectionDrift(world.database).look([number]))[number]
    now = clock.real()
    fresh = replace(known, start_wanted_at=now - HOUR / 120)
    assert drift.between(number, fresh, None, now) is None
    shown = (await _inventory(world).look([number]))[number]
    assert drift.between(number, fresh, replace(shown, stage=None, due_at=None), now) is None
    stuck = drift.between(number, known, replace(shown, stuck=True), now)
    assert stuck is not None
    assert stuck.kind is DriftKind.RUN_STUCK


async def test_the_reconciler_looks_at_collections_too(world: World) -> None:
    number = await _terminated(world)
    record = PostgresDrift(world.database), PostgresCollectionDrift(world.database)
    begin = Pass(after_collection=await _before(world, number))
    passed = await ReconcileActivities(*record, _inventory(world), clock.real).look(begin, repair=False)
    found = {one.kind for one in passed.drifts if one.subject == number}
    assert found == {DriftKind.RUN_MISSING}


async def _last(world: World) -> str:
    async with world.database.connection() as connection:
        return str(await connection.fetchval("SELECT coalesce(max(id), '') FROM collections"))


async def _before(world: World, number: str) -> str:
    async with world.database.connection() as connection:
        found = await connection.fetchval(
            "SELECT coalesce(max(id), '') FROM collections WHERE id < $1", number
        )
    return str(found)


async def _steps(world: World, number: str) -> list[str]:
    async with world.database.connection() as connection:
        rows = await connection.fetch(
            "SELECT action FROM collection_changes WHERE collection_id = $1 ORDER BY seq", number
        )
    return [row["action"] for row in rows]
