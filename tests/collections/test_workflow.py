"""What the workflow of a collection promises: no history by the head, no deadline lost, nobody reminded in vain."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import pytest
from temporalio.client import WorkflowHistory

from adapters.postgres import overtaking
from deploy.devstack import Devstack
from domain.notices import NoticeKind
from services.rehydration import rehydrate
from services.worker import main as worker
from tests import harness
from tests.collections import acts
from tests.collections.acts import OFFICE, UNITS, iso
from tests.harness import World
from tests.stack import eventually
from tests.stories import behind
from workflows.intake import RELAY_ID

HOUR = timedelta(hours=1)


async def _is(world: World, number: str, phase: str) -> bool:
    return bool((await acts.status(world, number))["phase"] == phase)


def _count(history: WorkflowHistory, *kinds: str) -> int:
    return sum(event.HasField(f"{kind}_event_attributes") for event in history.events for kind in kinds)  # type: ignore[arg-type]


async def _waits(world: World, number: str, done: int = 0) -> bool:
    """Whether the run waits for its next timer, with so many activities behind it and nothing under way, or is over."""
    history = await world.handle(number).fetch_history()
    if _count(history, "workflow_execution_completed"):
        return True
    timers = _count(history, "timer_started") - _count(history, "timer_fired", "timer_canceled")
    under_way = _count(history, "activity_task_scheduled") - _count(history, "activity_task_completed")
    ended = (f"workflow_task_{how}" for how in ("completed", "timed_out", "failed"))
    tasks = _count(history, "workflow_task_scheduled") - _count(history, *ended)
    return (timers, under_way, tasks) == (1, 0, 0) and _count(history, "activity_task_completed") >= done


async def _through(world: World, monday: datetime, units: tuple[str, ...]) -> int:
    """A whole collection of whose units one submits; gives the commands in its history and what answered them."""
    made = await acts.create(world, monday, HOUR * 2, audience={"units": list(units)})
    number = made["id"]
    await eventually(lambda: _is(world, number, "open"))
    await acts.zero(world, units[0], number)
    for minutes in (90, 120, 150, 180):
        await world.until(monday + timedelta(minutes=minutes), number)
        await eventually(lambda: _waits(world, number))
    assert await world.handle(number).result() == "已截止"
    history = await world.handle(number).fetch_history()
    return _count(history, "activity_task_scheduled", "workflow_execution_signaled")


async def test_the_steps_to_the_cut_off_are_as_many_for_nine_units_as_for_two(
    world: World, monday: datetime
) -> None:
    few = await _through(world, monday, UNITS[:2])
    world.begin_on_monday()
    many = await _through(world, monday, UNITS)
    assert few == many


async def _events(world: World, monday: datetime, units: tuple[str, ...], versions: int) -> list[str | None]:
    """What a history has, all units but the last having submitted so many versions, before anything is due.

    Left out are tasks of the workflow (each has a cause that counts, and one that a busy machine let run out is made again)
    and what the winding of the clock writes.
    """
    number = (await acts.create(world, monday, HOUR * 2, audience={"units": list(units)}))["id"]
    await eventually(lambda: _is(world, number, "open"))
    await eventually(lambda: _waits(world, number, done=1))
    for unit in units[:-1]:
        for version in range(versions):
            answer = await acts.hand_in(world, unit, number, is_zero=True, reason=f"第{version}版")
            assert answer.status_code == 201
    history = await world.handle(number).fetch_history()
    kinds = [event.WhichOneof("attributes") for event in history.events]
    return [kind for kind in kinds if not re.match("workflow_task|.*time_skipping", str(kind))]


async def test_the_history_is_exactly_as_long_for_eight_units_and_forty_versions_as_for_one(
    world: World, monday: datetime
) -> None:
    few = await _events(world, monday, UNITS[:2], 1)
    many = await _events(world, monday, UNITS, 5)
    assert few == many


async def test_the_board_reads_like_a_board(world: World, monday: datetime) -> None:
    number = (await acts.create(world, monday, HOUR * 2))["id"]
    await eventually(lambda: _is(world, number, "open"))
    await acts.zero(world, "ec01", number)
    await world.until(monday + timedelta(minutes=95), number)
    await eventually(lambda: _shows(world, number, "应报 9，已报 1，迟报 0，未报 8"))
    described = await world.handle(number).describe()
    assert {pair.key.name for pair in described.typed_search_attributes} >= {
        "Stage",
        "Kind",
        "Missing",
        "DueAt",
    }


async def _shows(world: World, number: str, sentence: str) -> bool:
    metadata = await world.handle(number).query("__temporal_workflow_metadata")
    return sentence in str(metadata)


@asynccontextmanager
async def _worked(world: World) -> AsyncIterator[None]:
    gateway = behind.gateway(world)
    async with worker.build(world.client, world.settings, world.database, gateway):
        yield


@pytest.fixture
async def idle(stack: Devstack) -> AsyncIterator[World]:
    """A world whose worker the test starts and ends."""
    async with harness.world(stack, working=False) as running:
        yield running


async def test_a_worker_that_is_dead_across_the_deadline_changes_no_standing(idle: World) -> None:
    """The service's clock decides; the list is frozen when the worker is back, and drafted once."""
    world, monday = idle, idle.begin_on_monday()
    world.following = False
    async with _worked(world):
        roster = await acts.roster(world, monday, HOUR * 2)
        number = roster["id"]
        await world.follow(number)
        await eventually(lambda: _is(world, number, "open"))
        await acts.send_roster(world, "ec01", roster)
    await world.until(monday + HOUR * 2 + timedelta(minutes=10))
    late = await acts.send_roster(world, "ec02", roster)
    assert late["standing"]["outcome"] == "late"
    await world.until(monday + HOUR * 3)
    refused = await acts.hand_in(world, "ec03", number, content={}, evidence=[])
    assert refused.json()["code"] == "after_cut_off"
    async with _worked(world):
        await world.follow(number)
        await eventually(lambda: _is(world, number, "ended"))
        await eventually(lambda: _drafted(world, number))
    status = await acts.status(world, number)
    assert status["sentence"] == "应报 9，已报 2，迟报 1，未报 7"
    assert (await acts.steps(world, number))[-1] == "cut_off"
    drafts = await world.whole(OFFICE, "/v1/bulletins", collection=number)
    assert [one["state"] for one in drafts] == ["draft"]


async def _drafted(world: World, number: str) -> bool:
    async with world.database.connection() as connection:
        found = await connection.fetchval(
            "SELECT drafted_at IS NOT NULL FROM collection_frozen WHERE collection_id = $1", number
        )
    return bool(found)


async def test_an_extension_moves_the_reminders_of_its_unit_alone(world: World, monday: datetime) -> None:
    due = monday + HOUR * 2
    number = (await acts.create(world, monday, HOUR * 2))["id"]
    await eventually(lambda: _is(world, number, "open"))
    await acts.must(
        world, number, "extend", unit_id="ec01", until=iso(due + timedelta(minutes=50)), reason="停电"
    )
    await world.until(due - timedelta(minutes=30), number)
    await eventually(lambda: _taken(world, number, "remind:30"))
    assert "ec01-safety" not in await acts.told(world, number, "collection_reminder")
    await world.until(due + timedelta(minutes=20), number)
    await eventually(lambda: _taken(world, number, "remind:30:ec01"))
    assert (await acts.told(world, number, "collection_reminder"))["ec01-safety"] == 1
    on_time = await acts.zero(world, "ec01", number)
    assert on_time["standing"]["outcome"] == "on_time"
    await world.until(due + HOUR, number)
    await eventually(lambda: _is(world, number, "ended"))
    assert "ec01-safety" not in await acts.told(world, number, "collection_overdue")


async def _taken(world: World, number: str, step: str) -> bool:
    return step in await acts.steps(world, number)


async def test_a_short_window_notes_the_reminders_that_do_not_apply(world: World, monday: datetime) -> None:
    roster = await acts.roster(world, monday, HOUR)
    number = roster["id"]
    await eventually(lambda: _is(world, number, "open"))
    response = await world.get(OFFICE, f"/v1/collections/{number}/timeline")
    opened = next(one for one in response.json()["items"] if one["action"] == "open")
    assert opened["note"] == "开启时距到期已不足 1440、120 分钟，相应催报不适用"
    await world.until(monday + timedelta(minutes=30), number)
    await eventually(lambda: _taken(world, number, "remind:30"))
    assert await acts.told(world, number, "collection_reminder") == {f"{unit}-safety": 1 for unit in UNITS}


async def test_a_collection_created_while_the_engine_is_away_is_started_by_the_relay(idle: World) -> None:
    world, monday = idle, idle.begin_on_monday()
    world.following = False
    await behind.gateway(world).start_relay()
    async with world.database.connection() as connection:
        await connection.execute("SELECT 1")
    number = (await acts.create(world, monday, HOUR))["id"]
    await world.handle(number).terminate("as if the engine had lost it")
    async with world.database.transaction() as connection:
        await connection.execute(
            "UPDATE collections SET start_wanted_at = $2 WHERE id = $1", number, world.clock()
        )
        await connection.execute("NOTIFY hazard_starts")
    async with _worked(world):
        await eventually(lambda: _wanted_no_more(world, number))
        assert await rehydrate(world.settings) >= 1
        await world.follow(number)
        await eventually(lambda: _is(world, number, "open"))
        await world.handle(RELAY_ID).terminate("the test is over")


async def _wanted_no_more(world: World, number: str) -> bool:
    async with world.database.connection() as connection:
        found = await connection.fetchval(
            "SELECT start_wanted_at IS NULL FROM collections WHERE id = $1", number
        )
    return bool(found)


async def test_twenty_units_that_submit_at_once_end_the_collection_once(
    world: World, monday: datetime
) -> None:
    number = (await acts.create(world, monday, HOUR))["id"]
    await eventually(lambda: _is(world, number, "open"))
    await asyncio.gather(*(acts.zero(world, unit, number) for unit in UNITS))
    await eventually(lambda: _is(world, number, "ended"))
    assert (await acts.steps(world, number)).count("end_early") == 1


async def test_a_queued_reminder_does_not_leave_once_the_unit_has_submitted(
    world: World, monday: datetime
) -> None:
    number = (await acts.create(world, monday, HOUR * 2))["id"]
    await eventually(lambda: _is(world, number, "open"))
    await world.until(monday + timedelta(minutes=90), number)
    await eventually(lambda: _taken(world, number, "remind:30"))
    async with world.database.connection() as connection:
        rows = await connection.fetch(
            "SELECT id, case_id, seq, post_id FROM notices WHERE case_id = $1 AND kind = 'collection_reminder'",
            number,
        )
    queued = {row["post_id"]: (row["id"], row["case_id"], row["seq"]) for row in rows}
    assert await _overtaken(world, queued["ec01-safety"]) is None
    await acts.zero(world, "ec01", number)
    assert await _overtaken(world, queued["ec01-safety"]) == "已报送"
    assert await _overtaken(world, queued["ec02-safety"]) is None
    await acts.must(world, number, "exempt", unit_id="ec02", reason="停业装修")
    assert await _overtaken(world, queued["ec02-safety"]) == "名单或时限已变动"


async def _overtaken(world: World, queued: tuple[str, str, int]) -> str | None:
    async with world.database.connection() as connection:
        standing = await overtaking.standing(connection, [queued])
    found = standing.overtaken(*queued, NoticeKind.COLLECTION_REMINDER)
    return None if found is None else found[0]
