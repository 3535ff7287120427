"""What happens when two things happen at once, late, or from outside."""

import asyncio
import uuid
from datetime import timedelta

from deploy.devstack import Devstack
from services.worker import main as worker
from tests import harness
from tests.harness import World
from tests.stack import eventually
from tests.stories import behind, loop
from tests.stories.loop import FINDER, OFFICE, STAFF


async def test_two_hazards_merged_into_each_other_at_once_do_not_both_vanish(world: World) -> None:
    for _ in range(3):
        one, other = (await world.report())["id"], (await world.report())["id"]
        body = {"reason": "同一处"}
        answers = await asyncio.gather(
            world.act(OFFICE, one, "merge", into=other, **body),
            world.act(OFFICE, other, "merge", into=one, **body),
        )
        stages = sorted([(await world.see(number))["stage"] for number in (one, other)])
        assert stages == ["merged", "reported"], [answer.text for answer in answers]


async def test_what_the_clock_had_to_do_comes_before_a_command_that_arrives_late(stack: Devstack) -> None:
    async with harness.world(stack, working=False) as world, asyncio.TaskGroup() as tasks:
        # two working days are over in a week, whatever day it is; the ladder may have begun since
        number = (await behind.put_on_record(world, ago=timedelta(days=7))).id
        await behind.start(world, number)
        late = tasks.create_task(world.must(FINDER, number, "note", note="补记"))
        async with worker.build(world.client, world.settings, world.database, behind.gateway(world)):
            await late
        page = await world.get(OFFICE, f"/v1/hazards/{number}/timeline")
    actions = [line["action"] for line in page.json()["items"]]
    assert (actions[:4], actions[-1]) == (["report", "remind", "remind", "lapse"], "note")


async def test_a_cancellation_from_outside_does_not_end_a_case(world: World) -> None:
    number = await loop.to(world, "assigned")
    before = await world.see(number)
    run = (await world.handle(number).describe()).run_id
    await world.handle(number).cancel()

    async def again() -> bool:
        described = await world.handle(number).describe()
        return described.run_id != run and described.status is not None and described.status.name == "RUNNING"

    await eventually(again)
    await world.must(STAFF, number, "note", note="仍在办理")
    after = await world.see(number)
    assert (after["seq"], after["due_at"]) == (before["seq"] + 1, before["due_at"])


async def test_a_report_repeated_after_its_category_ended_gets_its_first_answer(world: World) -> None:
    key = uuid.uuid4().hex
    body = {
        "unit_id": "ec01",
        "place": f"第{next(world.places)}间",
        "category": "fire",
        "description": "堵塞",
    }
    first = await world.post(FINDER, "/v1/hazards", body, key)
    retire = "UPDATE categories SET valid_to = $1 WHERE code = 'fire'"
    async with world.database.connection() as connection:
        await connection.execute(retire, world.clock() - timedelta(seconds=1))
    try:
        again = await world.post(FINDER, "/v1/hazards", body, key)
        fresh = await world.post(FINDER, "/v1/hazards", body)
    finally:
        async with world.database.connection() as connection:
            await connection.execute(retire, None)
    assert (again.status_code, again.json()) == (201, first.json())
    assert (fresh.status_code, fresh.json()["code"]) == (409, "category_unknown")
