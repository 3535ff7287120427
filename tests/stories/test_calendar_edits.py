"""Editing the calendar while cases run: a look before, then every case brought under the newer days, once."""

from datetime import date, datetime, time, timedelta
from functools import partial

import pytest

from tests.harness import LOCAL, Json, World
from tests.stack import eventually
from tests.stories import calendars, loop
from tests.stories.calendars import at_close, close, day_off, due, notices, own_days, put, restamps
from tests.stories.loop import DEPUTY, OFFICE, STAFF

DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def world(apart: World) -> World:
    """These stories change what everybody goes by."""
    return apart


@pytest.fixture
def wednesday(monday: datetime) -> date:
    """The last day of the response to what is reported on the Monday."""
    return monday.date() + 2 * DAY


async def test_a_trial_lists_exactly_what_then_moves_and_changes_nothing(
    world: World, monday: datetime, wednesday: date
) -> None:
    region = await own_days(world)
    reported = (await world.report())["id"]
    assigned = await loop.to(world, "assigned")
    before = [await world.see(number) for number in (reported, assigned)]
    trial = await close(world, region, wednesday, trial=True)
    (moved,) = trial["moved"]
    assert (trial["dry_run"], trial["moved_count"], trial["restamp"]) == (True, 1, None)
    assert (moved["hazard_id"], moved["date_changed"]) == (reported, True)
    assert datetime.fromisoformat(moved["due_before"]) == at_close(wednesday)
    assert datetime.fromisoformat(moved["due_after"]) == at_close(wednesday + DAY)
    assert [await world.see(number) for number in (reported, assigned)] == before
    done = await close(world, region, wednesday)
    assert (done["dry_run"], done["moved"]) == (False, trial["moved"])
    assert await due(world, reported) == at_close(wednesday + DAY)
    assert (await world.see(assigned))["due_at"] == before[1]["due_at"]


async def test_a_case_that_moved_shows_who_moved_it_by_which_document_and_keeps_its_first_due_date(
    world: World, monday: datetime, wednesday: date
) -> None:
    region = await own_days(world)
    number = (await world.report())["id"]
    await close(world, region, wednesday)
    (line,) = await restamps(world, number)
    assert line["reason"] == calendars.document(wednesday)
    assert (line["person"], line["post"]) == ("办公室示例", "领导小组办公室主任")
    clock = (await world.see(number))["clock"]
    assert datetime.fromisoformat(clock["first_due_at"]) == at_close(wednesday)
    assert datetime.fromisoformat(clock["due_at"]) == at_close(wednesday + DAY)
    (told,) = await notices(world, number)
    assert told["post_id"] == "team-1"
    assert calendars.document(wednesday) in told["text"]


async def test_only_those_whose_date_changed_are_told(
    world: World, monday: datetime, wednesday: date
) -> None:
    region = await own_days(world)
    assigned = await loop.to(world, "assigned")
    edited = await put(world, region, wednesday, day_off(wednesday))
    assert await calendars.done(world, edited["restamp"]) == 1
    assert edited["moved"] == []
    assert len(await restamps(world, assigned)) == 1
    assert await notices(world, assigned) == []


async def test_a_clock_that_moved_fires_at_the_new_instant_only(
    world: World, monday: datetime, wednesday: date
) -> None:
    region = await own_days(world)
    number = (await world.report())["id"]
    await close(world, region, wednesday)
    await world.until(at_close(wednesday), number)
    assert not (await world.see(number))["overdue"]
    await world.until(at_close(wednesday + DAY), number)
    lapse = await eventually(partial(_lapse, world, number))
    assert datetime.fromisoformat(lapse["due_at"]) == at_close(wednesday + DAY)


async def _lapse(world: World, number: str) -> Json | None:
    return next((line for line in await loop.timeline(world, number) if line["action"] == "lapse"), None)


async def test_an_extended_clock_keeps_its_date(world: World, monday: datetime) -> None:
    region = await own_days(world)
    number = await loop.to(world, "rectifying")
    until = monday.date() + 18 * DAY
    await loop.do(world, STAFF, number, "extend", until=until.isoformat())
    granted = await loop.do(world, DEPUTY, number, "grant_extension")
    assert granted["clock"]["last_day"] == until.isoformat()
    edited = await close(world, region, until)
    assert edited["moved"] == []
    seen = await world.see(number)
    assert (seen["due_at"], seen["clock"]["extended"]) == (granted["due_at"], True)
    assert await notices(world, number) == []


async def test_a_paused_case_has_the_newer_days_when_it_is_resumed(world: World, monday: datetime) -> None:
    region = await own_days(world)
    number = await loop.to(world, "verifying")
    last_day = monday.date() + 7 * DAY
    assert await due(world, number) == at_close(last_day)
    await loop.do(world, OFFICE, number, "pause")
    edited = await close(world, region, last_day)
    assert edited["moved"] == []
    assert await notices(world, number) == []
    resumed = await loop.do(world, OFFICE, number, "resume")
    assert datetime.fromisoformat(resumed["due_at"]) == at_close(last_day + DAY)


async def test_cases_of_a_region_that_stands_on_the_edited_one_move_too(
    world: World, monday: datetime, wednesday: date
) -> None:
    country = await own_days(world)
    below = (await world.report())["id"]
    above = await calendars.region(world, base=country)
    await calendars.policy(world, above)
    number = (await world.report())["id"]
    await close(world, country, wednesday)
    assert await due(world, number) == await due(world, below) == at_close(wednesday + DAY)
    await close(world, above, wednesday + DAY)
    assert await due(world, number) == at_close(wednesday + 2 * DAY)
    assert await due(world, below) == at_close(wednesday + DAY)


async def test_a_case_that_opens_after_the_edit_is_right_at_once(
    world: World, monday: datetime, wednesday: date
) -> None:
    region = await own_days(world)
    await close(world, region, wednesday)
    reported = await world.report()
    assert datetime.fromisoformat(reported["due_at"]) == at_close(wednesday + DAY)
    assert await restamps(world, reported["id"]) == []


async def test_a_make_up_day_brings_a_due_date_forward(world: World, monday: datetime) -> None:
    region = await own_days(world)
    number = await loop.to(world, "verifying")
    saturday = monday.date() + 5 * DAY
    edited = await put(world, region, saturday, day_off(saturday, kind="make_up"))
    await calendars.done(world, edited["restamp"])
    assert await due(world, number) == at_close(saturday)


@pytest.fixture
def christmas(world: World) -> date:
    """The story begins on the last Monday from which eight working days reach the next year; gives that day."""
    new_year = date(world.clock().year + 1, 1, 1)
    monday = new_year - (3 + (new_year.weekday() + 4) % 7) * DAY
    world.clock.ahead = datetime.combine(monday, time(9), LOCAL) - world.clock()
    world.following = True
    return monday


async def test_a_plan_makes_provisional_limits_certain_and_tells_only_those_that_move(
    world: World, christmas: date
) -> None:
    """Bar S5."""
    region = await calendars.region(world, years=[christmas.year])
    days = {"general": 8, "major": 9}
    limits = {
        level: {**calendars.TERMS["limits"][level], "respond": {"unit": "working_days", "amount": amount}}
        for level, amount in days.items()
    }
    await calendars.policy(world, region, limits=limits)
    thursday, friday = christmas + 10 * DAY, christmas + 11 * DAY
    stays, moves = [(await world.report(level=level))["id"] for level in days]
    for number, day in ((stays, thursday), (moves, friday)):
        assert await due(world, number) == at_close(day)
        assert (await world.see(number))["clock"]["provisional"]
    plan = {
        "source_doc": calendars.document(christmas, 9),
        "days": [{"date": friday.isoformat(), "kind": "holiday", "name": "某节"}],
    }
    edited = await put(world, region, f"years/{friday.year}", plan)
    told = {one["hazard_id"]: (one["provisional_after"], one["date_changed"]) for one in edited["moved"]}
    assert told == {stays: (False, False), moves: (False, True)}
    assert await calendars.done(world, edited["restamp"]) == 2
    for number, day, count in ((stays, thursday, 0), (moves, friday + 3 * DAY, 1)):
        assert await due(world, number) == at_close(day)
        assert not (await world.see(number))["clock"]["provisional"]
        assert len(await notices(world, number)) == count
        assert len(await restamps(world, number)) == 1
