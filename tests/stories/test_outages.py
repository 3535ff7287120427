"""What was due while no worker ran: each step once, in order, marked late (bars O1, E6, L5)."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Final

from temporalio.worker import Worker

from deploy.devstack import Devstack
from domain import hazard
from domain.hazard import Action
from services.worker import main as worker
from tests import harness
from tests.harness import World
from tests.stack import eventually
from tests.stories import behind, loop, ticks
from tests.stories.loop import OFFICE, STAFF
from tests.stories.test_ladder import IN_FULL

UNANSWERED: Final = [
    "remind D1 08:30",
    "remind D2 08:30",
    "lapse D2 17:30",
    "repeat D3 17:30",
    "escalate D7 17:30",
    "repeat D7 17:30",
    "chase D7 17:30",
    "escalate D9 17:30",
    "chase D9 17:30",
    "repeat D11 17:30",
    "escalate D14 17:30",
    "chase D15 17:30",
    "repeat D23 17:30",
]
"""What becomes, in 26 to 32 days, of a general hazard reported on a Monday that nobody looks at."""

TOLD: Final = "SELECT kind, post_id, due_at, late FROM notices WHERE case_id = $1 ORDER BY seq, id"


def _working(world: World) -> Worker:
    return worker.build(world.client, world.settings, world.database, behind.gateway(world))


async def _until_rested(world: World, *numbers: str) -> None:
    """Wait until nothing more is due of these cases now."""

    async def rested() -> bool:
        cases = [await world.see(number) for number in numbers]
        return all(
            case["next_step"] and ticks.instant(case["next_step"]["at"]) > world.clock() for case in cases
        )

    await eventually(rested)


async def test_what_was_due_in_weeks_without_a_worker_happens_once_in_order_and_is_marked_late(
    stack: Devstack,
) -> None:
    since, began = behind.weeks_ago(), datetime.now(UTC)
    async with harness.world(stack, working=False) as world:
        cases = [await behind.put_on_record(world, ago=began - since) for _ in range(5)]
        for case in cases:
            await behind.start(world, case.id)
        async with _working(world):
            await _until_rested(world, *(case.id for case in cases))
        for case in cases:
            lines = [line for line in await loop.timeline(world, case.id) if line["action"] != "report"]
            taken = [f"{line['action']} {ticks.told(since, line['due_at'])}" for line in lines]
            assert taken == UNANSWERED
            assert all(ticks.instant(line["at"]) >= began for line in lines)
            # an auditor knows from the first line of the record alone what should have been told since
            foreseen = [
                (notice.kind, notice.post_id, notice.due_at, True)
                for change in hazard.foresee(case, datetime.now(UTC))
                for notice in change.notices
            ]
            async with world.database.connection() as connection:
                told = [tuple(row) for row in await connection.fetch(TOLD, case.id)]
            assert told[1:] == foreseen


async def test_a_post_that_was_told_late_reads_so_in_its_inbox(stack: Devstack) -> None:
    since = behind.weeks_ago()
    async with harness.world(stack, working=False) as world:
        number = (await behind.put_on_record(world, ago=datetime.now(UTC) - since)).id
        await behind.start(world, number)
        async with _working(world):
            await _until_rested(world, number)
        # whatever hour it is now, the next opening comes within four days
        world.clock.ahead = timedelta(days=4)
        received = [one for one in await ticks.inbox(world, OFFICE, number) if one["kind"] == "escalation"]
    (escalated,) = received
    assert (escalated["late"], ticks.told(since, escalated["due_at"])) == (True, "D7 17:30")


async def test_a_deferral_whose_day_was_slept_through_counts_from_its_day_all_the_same(
    stack: Devstack,
) -> None:
    since = behind.weeks_ago()
    async with harness.world(stack, working=False) as world:
        number = (await behind.put_on_record(world, ago=datetime.now(UTC) - since)).id
        until = (since + 23 * ticks.DAY).date().isoformat()
        at = since + timedelta(hours=1)
        await behind.write(world, number, OFFICE, Action.DEFER, at, until=until, reason="待采购")
        await behind.start(world, number)
        async with _working(world):
            await loop.do(world, OFFICE, number, "note")
            lines = await loop.timeline(world, number)
    revived = [line for line in lines if line["action"] == "revive"]
    assert [ticks.told(since, line["due_at"]) for line in revived] == ["D23 00:00"]
    # two working days from that day on, not from the day of the repair
    assert ticks.told(since, revived[0]["changed"]["due_at"]) == "D24 17:30"
    after = [f"{line['action']} {ticks.told(since, line['due_at'])}" for line in lines[3:6]]
    assert after == ["remind D23 08:30", "remind D24 08:30", "lapse D24 17:30"]


async def test_a_worker_that_is_stopped_while_steps_come_due_takes_each_once_when_it_is_back(
    stack: Devstack,
) -> None:
    async with harness.world(stack, working=False) as world:
        monday = world.begin_on_monday()
        async with _working(world):
            number = await loop.to(world, "rectifying")
        passing = asyncio.create_task(world.until(ticks.on(monday, 37), number))

        async def waiting() -> bool:
            """Whether the engine has come to a due step that nobody takes."""
            now = await world.skipper.get_current_time(world.handle(number))
            return now >= ticks.on(monday, 10, "08:30")

        await eventually(waiting)
        async with _working(world):
            await passing
        assert await ticks.history(world, number, monday) == IN_FULL


async def test_a_command_after_an_outage_meets_the_case_as_the_clock_has_left_it(stack: Devstack) -> None:
    since = behind.weeks_ago()
    async with harness.world(stack, working=False) as world, asyncio.TaskGroup() as tasks:
        number = (await behind.put_on_record(world, ago=datetime.now(UTC) - since)).id
        await behind.start(world, number)
        late = tasks.create_task(world.act("p-leader", number, "acknowledge"))
        async with _working(world):
            answer = await late
    # it was told to the leader in the same moment, so the leader may take it in hand
    assert (answer.status_code, answer.json()["colour"]) == (200, "red")
    assert answer.json()["seq"] == len(UNANSWERED) + 2
    assert STAFF not in answer.text
