"""The clock of each stage, with time that is skipped."""

from datetime import datetime, timedelta

from tests.harness import World
from tests.stories import loop
from tests.stories.loop import CHECKER, DEPUTY, FINDER, HEAD, OFFICE, STAFF

DAY = timedelta(days=1)
MOMENT = timedelta(seconds=5)


async def _lapses(world: World, number: str) -> list[datetime]:
    lines = await loop.timeline(world, number)
    return [datetime.fromisoformat(line["at"]) for line in lines if line["action"] == "lapse"]


async def test_a_major_hazard_late_in_every_stage_is_flagged_once_in_each(world: World) -> None:
    number = (await world.report(FINDER, level="major"))["id"]
    stages = (
        (1, [(FINDER, "confirm")]),
        (1, [(OFFICE, "assign")]),
        (1, [(HEAD, "plan"), (STAFF, "control"), (STAFF, "start")]),
        (30, [(STAFF, "submit")]),
        (10, [(CHECKER, "pass")]),
        (10, [(DEPUTY, "close")]),
    )
    for count, (days, steps) in enumerate(stages, 1):
        due = datetime.fromisoformat((await world.see(number))["due_at"])
        await world.wind(days * DAY + MOMENT, number)
        late = await world.see(number)
        assert (late["overdue"], late["overdue_count"]) == (True, count)
        lapses = await _lapses(world, number)
        assert len(lapses) == count
        assert due <= lapses[-1] < due + MOMENT
        for person, action in steps:
            on = await loop.do(world, person, number, action)
        assert on["overdue"] is False
        assert on["overdue_count"] == count
    assert await world.handle(number).result() == "已销号"


async def test_a_stage_that_stays_late_is_not_flagged_again(world: World) -> None:
    number = await loop.to(world, "rectifying")
    await world.wind(16 * DAY, number)
    await world.wind(60 * DAY, number)
    assert len(await _lapses(world, number)) == 1
    listed = (await world.get(OFFICE, "/v1/hazards", overdue="true", unit="ec01", limit=100)).json()["items"]
    assert number in {one["id"] for one in listed}


async def test_a_stage_that_is_left_in_time_is_never_flagged(world: World) -> None:
    number = await loop.to(world, "rectifying")
    await world.wind(14 * DAY, number)
    await loop.do(world, STAFF, number, "submit")
    await world.wind(4 * DAY, number)
    await loop.do(world, CHECKER, number, "pass")
    assert await _lapses(world, number) == []


async def test_a_note_in_between_moves_no_deadline(world: World) -> None:
    number = await loop.to(world, "rectifying")
    due = (await world.see(number))["due_at"]
    await world.wind(10 * DAY, number)
    await loop.do(world, STAFF, number, "note")
    assert (await world.see(number))["due_at"] == due
    await world.wind(5 * DAY + MOMENT, number)
    (lapse,) = await _lapses(world, number)
    assert lapse >= datetime.fromisoformat(due)


async def test_regrading_counts_from_the_original_start(world: World) -> None:
    number = await loop.to(world, "rectifying")
    since = datetime.fromisoformat((await world.see(number))["stage_since"])
    await world.wind(3 * DAY, number)
    regraded = await loop.do(world, CHECKER, number, "regrade")
    assert datetime.fromisoformat(regraded["due_at"]) == since + 30 * DAY
    assert regraded["rounds"][-1]["due_at"] == regraded["due_at"]
    await world.wind(26 * DAY, number)
    assert await _lapses(world, number) == []
    await world.wind(1 * DAY + MOMENT, number)
    assert len(await _lapses(world, number)) == 1


async def test_regrading_what_is_late_either_way_counts_it_once(world: World) -> None:
    number = await loop.to(world, "assigned")
    await world.wind(3 * DAY, number)
    regraded = await loop.do(world, CHECKER, number, "regrade")
    assert (regraded["overdue"], regraded["overdue_count"]) == (True, 1)
    await loop.do(world, STAFF, number, "note")
    assert len(await _lapses(world, number)) == 1
