"""Reminders before the last day: each once, in order, at its instant, and none dropped without a word (bar E2)."""

import asyncio
from datetime import datetime

from tests.harness import World
from tests.stories import loop, ticks
from tests.stories.loop import FINDER, OFFICE, STAFF


async def test_who_has_to_act_is_reminded_three_times_each_once_and_in_order(
    world: World, monday: datetime
) -> None:
    number = await loop.to(world, "rectifying")
    await world.until(ticks.on(monday, 15, "23:00"), number)
    expected = ["remind D10 08:30", "remind D14 08:30", "remind D15 08:30"]
    assert await ticks.history(world, number, monday) == expected
    notices = [one for one in await ticks.inbox(world, STAFF, number) if one["kind"] == "reminder"]
    assert [ticks.told(monday, one["due_at"]) for one in notices] == ["D10 08:30", "D14 08:30", "D15 08:30"]
    assert ["还有3个工作日" in notices[0]["text"], "今日到期" in notices[2]["text"]] == [True, True]
    assert {one["post_id"] for one in notices} == {"ec01-safety"}
    assert [one["late"] for one in notices] == [False] * 3


async def test_a_window_shorter_than_a_lead_says_which_reminder_does_not_apply(
    world: World, monday: datetime
) -> None:
    number = (await world.report(FINDER))["id"]
    assert (await ticks.deadline(world, number))["running"]["skipped_reminders"] == [3]
    await world.until(ticks.on(monday, 2, "17:00"), number)
    assert await ticks.history(world, number, monday) == ["remind D1 08:30", "remind D2 08:30"]
    page = await ticks.deadline(world, number)
    assert page["running"]["skipped_reminders"] == [3]


async def test_a_window_of_hours_has_no_reminder_and_says_so_for_each(world: World, monday: datetime) -> None:
    number = (await world.report(FINDER, level="major"))["id"]
    assert (await ticks.deadline(world, number))["running"]["skipped_reminders"] == [5, 3, 1, 0]
    await world.until(ticks.on(monday, 0, "15:30"), number)
    assert await ticks.history(world, number, monday) == ["lapse D0 15:30"]


async def test_a_reminder_of_a_weekend_s_last_day_comes_on_a_working_day(
    world: World, monday: datetime
) -> None:
    number = await loop.to(world, "rectifying")
    await loop.do(world, STAFF, number, "extend", until=ticks.on(monday, 20).date().isoformat())
    granted = await loop.do(world, OFFICE, number, "grant_extension")
    # a named date is kept as it is named, also on a Sunday
    assert ticks.told(monday, granted["due_at"]) == "D21 00:00"
    await world.until(ticks.on(monday, 21), number)
    assert await ticks.history(world, number, monday) == [
        "remind D15 08:30",
        "remind D17 08:30",
        "remind D18 08:30",
        "lapse D21 00:00",
    ]


async def test_what_was_handed_in_is_not_reminded_any_more(world: World, monday: datetime) -> None:
    number = await loop.to(world, "rectifying")
    await world.until(ticks.on(monday, 10, "08:30"), number)
    await loop.do(world, STAFF, number, "submit")
    await world.until(ticks.on(monday, 16), number)
    staff = await ticks.kinds(world, STAFF, number)
    assert staff.count("reminder") == 1
    assert "overdue" not in staff
    # five working days from then on, for who checks
    assert await ticks.history(world, number, monday) == ["remind D10 08:30", "remind D14 08:30"]


async def test_a_case_passed_on_reminds_the_post_that_has_it_now(world: World, monday: datetime) -> None:
    kept, passed = await asyncio.gather(*(loop.to(world, "rectifying") for _ in range(2)))
    await world.until(ticks.on(monday, 10, "09:00"), kept, passed)
    await loop.do(world, OFFICE, passed, "reassign")
    await world.until(ticks.on(monday, 14, "09:00"), kept, passed)
    assert (await ticks.kinds(world, STAFF, kept)).count("reminder") == 2
    assert (await ticks.kinds(world, STAFF, passed)).count("reminder") == 1
    assert (await ticks.kinds(world, loop.HEAD, passed)).count("reminder") == 1
