"""A worker that is dead across the instants of a collection: when it is back, nobody is told twice, or what is no longer true."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from adapters.postgres.collections import PostgresCollections
from deploy.devstack import Devstack
from services.worker import main as worker
from tests import harness
from tests.collections import acts
from tests.collections.acts import OFFICE, UNITS
from tests.harness import World
from tests.stack import eventually
from tests.stories import behind

DUE = timedelta(hours=2)
CHASED = DUE + timedelta(minutes=30)
CUT_OFF = DUE + timedelta(hours=1)


@asynccontextmanager
async def _worked(world: World) -> AsyncIterator[None]:
    async with worker.build(world.client, world.settings, world.database, behind.gateway(world)):
        yield


@pytest.fixture
async def idle(stack: Devstack) -> AsyncIterator[World]:
    """A world whose worker the test starts and ends."""
    async with harness.world(stack, working=False) as running:
        yield running


async def _is(world: World, number: str, phase: str) -> bool:
    return bool((await acts.status(world, number))["phase"] == phase)


async def _opened_ago(world: World, ago: timedelta) -> str:
    """A daily report that was opened so long ago; its worker died behind the opening and is not back yet."""
    world.clock.ahead = -ago
    number = str((await acts.create(world, world.clock(), DUE))["id"])
    await PostgresCollections(world.database).step(number, world.clock())
    await acts.zero(world, "ec01", number)
    world.clock.ahead = timedelta()
    return number


async def _notes(world: World, number: str) -> dict[str, str | None]:
    answer = await world.get(OFFICE, f"/v1/collections/{number}/timeline", limit=100)
    return {one["action"]: one["note"] for one in answer.json()["items"]}


async def test_dead_across_due_and_cut_off_nobody_is_told_that_it_can_still_submit(idle: World) -> None:
    world, number = idle, await _opened_ago(idle, CUT_OFF + timedelta(minutes=1))
    async with _worked(world):
        await eventually(lambda: _is(world, number, "ended"))
    assert await acts.told(world, number, "collection_reminder") == {}
    assert await acts.told(world, number, "collection_overdue") == {}
    assert await acts.told(world, number, "collection_ended") == {"office": 2, "leader": 1}
    steps = await acts.steps(world, number)
    assert steps == ["create", "open", "remind:30", "due", "chase:30", "cut_off"]
    notes = await _notes(world, number)
    assert {notes[step] for step in steps[2:5]} == {"截止时刻已过，不再通知"}
    assert (await acts.status(world, number))["sentence"] == "应报 9，已报 1，迟报 0，未报 8"


async def test_dead_across_due_and_the_chaser_each_unit_is_told_once(idle: World) -> None:
    world, number = idle, await _opened_ago(idle, CHASED + timedelta(minutes=2))
    async with _worked(world):
        await eventually(lambda: _chased(world, number))
        await world.handle(number).terminate("the test is over")
    assert await acts.told(world, number, "collection_reminder") == {}
    assert await acts.told(world, number, "collection_overdue") == {f"{unit}-safety": 1 for unit in UNITS[1:]}
    notes = await _notes(world, number)
    assert notes["remind:30"] == "到期时刻已过，此次催报不再适用"
    assert (notes["due"], notes["chase:30"]) == ("其后一次届时也已到时，只通知一次", "补办")


async def _chased(world: World, number: str) -> bool:
    return "chase:30" in await acts.steps(world, number)


async def test_dead_from_before_the_opening_until_behind_the_cut_off_nobody_is_asked_for_anything(
    idle: World,
) -> None:
    world = idle
    world.clock.ahead = -CUT_OFF - timedelta(minutes=2)
    number = str((await acts.create(world, world.clock() + timedelta(minutes=1), DUE))["id"])
    world.clock.ahead = timedelta()
    async with _worked(world):
        await eventually(lambda: _is(world, number, "ended"))
    assert await acts.told(world, number, "collection_opened") == {}
    assert (await acts.steps(world, number))[:2] == ["create", "open"]
    assert (await acts.status(world, number))["sentence"] == "应报 9，已报 0，迟报 0，未报 9"
