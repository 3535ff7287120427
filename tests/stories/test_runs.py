"""Runs of a case that are started again, ended from outside, or overtaken: the record decides what they find."""

import asyncio
import uuid
from dataclasses import replace
from datetime import UTC, datetime

import asyncpg
import pytest
from temporalio.client import WorkflowExecutionStatus

from adapters.postgres.hazards import PostgresHazards
from deploy.devstack import Devstack
from domain import hazard
from domain.errors import Refused, Temporary
from domain.hazard import Action, Command
from tests.harness import World
from tests.stack import eventually
from tests.stories import behind, loop, ticks
from tests.stories.loop import FINDER, HEAD, OFFICE, STAFF
from workflows.gateway import HazardGateway


async def test_starting_a_running_case_again_leaves_its_run_alone(world: World) -> None:
    number = await loop.to(world, "assigned")
    run = (await world.handle(number).describe()).run_id
    await behind.start(world, number)
    assert (await world.handle(number).describe()).run_id == run


@pytest.mark.parametrize(("stage", "label"), [("closed", "已销号"), ("dismissed", "误报")])
async def test_starting_an_ended_case_again_ends_at_once_and_changes_nothing(
    world: World, stage: str, label: str
) -> None:
    number = await loop.to(world, stage)
    before = await world.see(number)
    await behind.start(world, number)
    assert await world.handle(number).result() == label
    assert await world.see(number) == before


async def test_a_run_that_was_ended_from_outside_goes_on_from_the_record_with_the_same_deadline(
    world: World, monday: datetime
) -> None:
    number = await loop.to(world, "rectifying")
    before = await world.see(number)
    await world.handle(number).terminate("an operator's mistake")
    key = uuid.uuid4().hex
    path, body = f"/v1/hazards/{number}/actions/note", {"note": "继续"}
    told = await world.post(STAFF, path, body, key)
    assert (told.status_code, told.json()["code"]) == (503, "engine_unavailable")
    assert int(told.headers["retry-after"]) > 0

    async def again() -> bool:
        return (await world.post(STAFF, path, body, key)).status_code == 200

    await eventually(again)
    after = await world.see(number)
    assert (after["seq"], after["due_at"]) == (before["seq"] + 1, before["due_at"])
    await world.follow(number)
    await world.until(ticks.instant(before["due_at"]), number)
    assert [line["action"] for line in await loop.timeline(world, number)][-2:] == ["remind", "lapse"]


async def test_a_run_that_starts_after_the_deadline_flags_it_at_once_and_once(
    world: World, monday: datetime
) -> None:
    number = (await world.report(FINDER))["id"]
    await world.until(ticks.on(monday, 2, "17:30"), number)
    await world.handle(number).terminate("gone")
    await behind.start(world, number)
    await world.follow(number)
    await loop.do(world, FINDER, number, "note")
    actions = [line["action"] for line in await loop.timeline(world, number)]
    assert actions == ["report", "remind", "remind", "lapse", "note"]


async def _overtake(world: World, number: str, person: str) -> None:
    """Another writer takes the next place in the record, behind the back of the run."""
    record = PostgresHazards(world.database)
    command = Command(
        action=Action.NOTE,
        request_id=uuid.uuid4().hex,
        actor=await behind.actor(world, person),
        note="另一处写入",
    )
    change = hazard.apply(await record.load(number), command, world.clock())
    assert change is not None
    await record.append(change)


async def test_a_run_that_was_overtaken_reads_the_record_again_and_goes_on(world: World) -> None:
    number = await loop.to(world, "rectifying")
    seq, due = (await world.see(number))["seq"], (await world.see(number))["due_at"]
    await _overtake(world, number, HEAD)
    after = await loop.do(world, STAFF, number, "note")
    assert (after["seq"], after["due_at"]) == (seq + 2, due)
    assert (await world.handle(number).describe()).status is WorkflowExecutionStatus.RUNNING
    lines = await loop.timeline(world, number)
    assert [line["note"] for line in lines[-2:]] == ["另一处写入", "已联系施工队"]


async def test_a_lapse_that_was_overtaken_is_still_flagged_once(world: World, monday: datetime) -> None:
    number = await loop.to(world, "rectifying")
    await world.until(ticks.on(monday, 15, "08:30"), number)
    await _overtake(world, number, HEAD)
    await world.until(ticks.on(monday, 16), number)
    assert [line["action"] for line in await loop.timeline(world, number)][-2:] == ["note", "lapse"]


async def test_what_became_illegal_by_what_overtook_it_is_refused(world: World) -> None:
    number = await loop.to(world, "assigned")
    record = PostgresHazards(world.database)
    command = Command(action=Action.START, request_id="elsewhere", actor=await behind.actor(world, HEAD))
    change = hazard.apply(await record.load(number), command, datetime.now(UTC))
    assert change is not None
    await record.append(change)
    status, told = await loop.try_(world, STAFF, number, "start")
    assert (status, told["code"]) == (409, "wrong_stage")
    assert (await loop.do(world, STAFF, number, "submit"))["stage"] == "verifying"


async def test_what_is_on_record_is_not_refused_for_what_never_came_on_record(world: World) -> None:
    # the engine lost the first attempt after it was recorded; the second meets another command that is decided but,
    # because its place is taken, never recorded
    for attempt in range(4):
        number = await loop.to(world, "confirmed")
        record, gateway = PostgresHazards(world.database), behind.gateway(world)
        office = await behind.actor(world, OFFICE)
        assign = Command(action=Action.ASSIGN, request_id=f"lost-{attempt}", actor=office, post="ec01-safety")
        change = hazard.apply(await record.load(number), assign, world.clock())
        assert change is not None
        await record.append(change)
        other = replace(
            assign, action=Action.DISMISS, request_id=f"other-{attempt}", post=None, reason="误报"
        )
        told = await asyncio.gather(
            gateway.act(number, other), gateway.act(number, assign), return_exceptions=True
        )
        assert isinstance(told[0], Refused)
        assert not isinstance(told[1], BaseException), told[1]
        assert [line["action"] for line in await loop.timeline(world, number)][-1] == "assign"


async def test_a_record_that_hangs_is_left_to_a_patient_activity(world: World) -> None:
    number = await loop.to(world, "assigned")
    async with world.database.transaction() as connection:
        await connection.execute("SELECT 1 FROM hazards WHERE id = $1 FOR UPDATE", number)
        started = asyncio.create_task(loop.do(world, STAFF, number, "start"))
        await eventually(lambda: behind.handed_over(world, number))
    assert (await started)["stage"] == "rectifying"
    assert [line["action"] for line in await loop.timeline(world, number)].count("start") == 1


async def test_a_command_whose_record_takes_too_long_is_answered_try_again(world: World) -> None:
    number = await loop.to(world, "assigned")
    impatient = HazardGateway(world.client, task_queue=world.settings.task_queue, timeout=0.3)
    command = Command(action=Action.START, request_id="slow", actor=await behind.actor(world, STAFF))
    async with world.database.transaction() as connection:
        await connection.execute("SELECT 1 FROM hazards WHERE id = $1 FOR UPDATE", number)
        with pytest.raises(Temporary):
            await impatient.act(number, command)
    done = await behind.gateway(world).act(number, command)
    assert (done.stage, done.seq) == ("rectifying", (await world.see(number))["seq"])


async def test_a_record_that_keeps_failing_is_left_to_a_patient_activity(
    world: World, stack: Devstack
) -> None:
    number = await loop.to(world, "assigned")
    owner = await asyncpg.connect(stack.owner_url)
    try:
        await owner.execute("REVOKE UPDATE ON hazards FROM bihuan_app")
        started = asyncio.create_task(loop.do(world, STAFF, number, "start"))
        await eventually(lambda: behind.handed_over(world, number))
    finally:
        await owner.execute("GRANT UPDATE ON hazards TO bihuan_app")
        await owner.close()
    assert (await started)["stage"] == "rectifying"
    assert [line["action"] for line in await loop.timeline(world, number)].count("start") == 1


async def test_a_case_that_is_not_on_record_cannot_be_run(world: World) -> None:
    with pytest.raises(Refused, match="hazard_unknown"):
        await PostgresHazards(world.database).load("YH-2026-999999")
