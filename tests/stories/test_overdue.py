"""The clock of each party's duty, with time that is skipped."""

from datetime import datetime, timedelta

from tests.harness import World
from tests.stories import loop, ticks
from tests.stories.loop import CHECKER, DEPUTY, FINDER, HEAD, OFFICE, STAFF
from tests.stories.ticks import DAY, PUNCTUAL


async def _lapses(world: World, number: str) -> list[datetime]:
    return [
        ticks.instant(line["at"]) for line in await ticks.steps(world, number) if line["action"] == "lapse"
    ]


async def _until_due(world: World, number: str) -> datetime:
    due = ticks.instant((await world.see(number))["due_at"])
    await world.until(due, number)
    return due


async def test_a_major_hazard_late_under_every_clock_is_flagged_once_under_each(
    world: World, monday: datetime
) -> None:
    number = (await world.report(FINDER, level="major"))["id"]
    duties = (
        [(FINDER, "confirm"), (OFFICE, "assign")],
        [(HEAD, "plan"), (STAFF, "control"), (STAFF, "start"), (STAFF, "submit")],
        [(CHECKER, "pass")],
        [(DEPUTY, "close")],
    )
    for count, steps in enumerate(duties, 1):
        due = await _until_due(world, number)
        late = await world.see(number)
        assert (late["overdue"], late["overdue_count"]) == (True, count)
        lapses = await _lapses(world, number)
        assert len(lapses) == count
        assert due <= lapses[-1] < due + PUNCTUAL
        for person, action in steps:
            on = await loop.do(world, person, number, action)
        assert on["overdue"] is False
        assert on["overdue_count"] == count
    assert await world.handle(number).result() == "已销号"


async def test_who_takes_over_under_the_same_clock_takes_over_its_lateness(
    world: World, monday: datetime
) -> None:
    number = (await world.report(FINDER))["id"]
    await _until_due(world, number)
    confirmed = await loop.do(world, FINDER, number, "confirm")
    assert (confirmed["overdue"], confirmed["overdue_count"]) == (True, 1)
    assert confirmed["clock"]["breached_at"] is not None
    assert (await loop.do(world, OFFICE, number, "assign"))["overdue"] is False
    assert len(await _lapses(world, number)) == 1


async def test_a_stage_that_stays_late_is_not_flagged_again(world: World, monday: datetime) -> None:
    number = await loop.to(world, "rectifying")
    await world.wind(77 * DAY, number)
    assert len(await _lapses(world, number)) == 1
    listed = await world.whole(OFFICE, "/v1/hazards", overdue="true", unit="ec01")
    assert number in {one["id"] for one in listed}


async def test_a_stage_that_is_left_in_time_is_never_flagged(world: World, monday: datetime) -> None:
    number = await loop.to(world, "rectifying")
    await world.wind(14 * DAY, number)
    await loop.do(world, STAFF, number, "submit")
    await world.wind(6 * DAY, number)
    await loop.do(world, CHECKER, number, "pass")
    assert await _lapses(world, number) == []


async def test_a_note_in_between_moves_no_deadline(world: World, monday: datetime) -> None:
    number = await loop.to(world, "rectifying")
    due = (await world.see(number))["due_at"]
    await world.wind(10 * DAY, number)
    assert (await loop.do(world, STAFF, number, "note"))["due_at"] == due
    await _until_due(world, number)
    (lapse,) = await _lapses(world, number)
    assert lapse >= ticks.instant(due)


async def test_regrading_counts_from_the_original_start(world: World, monday: datetime) -> None:
    number = await loop.to(world, "rectifying")
    await world.wind(3 * DAY, number)
    regraded = await loop.do(world, CHECKER, number, "regrade")
    assert ticks.told(monday, regraded["due_at"]) == "D31 00:00"
    assert regraded["rounds"][-1]["due_at"] == regraded["due_at"]
    await world.until(ticks.on(monday, 30, "23:59"), number)
    assert await _lapses(world, number) == []
    await world.wind(timedelta(minutes=2), number)
    assert len(await _lapses(world, number)) == 1


async def test_regrading_what_is_late_either_way_counts_it_once(world: World, monday: datetime) -> None:
    number = (await world.report(FINDER))["id"]
    await _until_due(world, number)
    regraded = await loop.do(world, CHECKER, number, "regrade")
    assert (regraded["overdue"], regraded["overdue_count"]) == (True, 1)
    await loop.do(world, STAFF, number, "note")
    assert len(await _lapses(world, number)) == 1
