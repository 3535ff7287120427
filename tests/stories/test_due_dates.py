"""When each clock is due, and that each party's time is its own (bars S6 to S8)."""

import asyncio
from datetime import datetime

from tests.harness import World
from tests.stories import loop, ticks
from tests.stories.loop import CHECKER, DEPUTY, FINDER, HEAD, OFFICE, STAFF


async def test_each_party_has_its_own_limit_from_the_day_it_gets_the_case(
    world: World, monday: datetime
) -> None:
    number = (await world.report(FINDER))["id"]
    dues = [(await world.see(number))["due_at"]]
    for when, person, action in (
        ("10:00", FINDER, "confirm"),
        ("11:00", OFFICE, "assign"),
        ("12:00", STAFF, "start"),
        ("13:00", STAFF, "submit"),
    ):
        await world.until(ticks.on(monday, 2, when), number)
        dues.append((await loop.do(world, person, number, action))["due_at"])
    # two working days; fifteen days from the assignment whoever starts when; five working days
    told = [ticks.told(monday, due) for due in dues]
    assert told == ["D2 17:30", "D2 17:30", "D18 00:00", "D18 00:00", "D9 17:30"]
    assert await ticks.history(world, number, monday) == ["remind D1 08:30", "remind D2 08:30"]


async def test_a_major_hazard_has_hours_to_be_answered_and_days_to_be_closed(
    world: World, monday: datetime
) -> None:
    number = await loop.to(world, "reported", major=True)
    assert ticks.told(monday, (await world.see(number))["due_at"]) == "D0 15:30"
    limits = []
    for person, action in (
        (FINDER, "confirm"),
        (OFFICE, "assign"),
        (HEAD, "plan"),
        (STAFF, "control"),
        (STAFF, "start"),
        (STAFF, "submit"),
        (CHECKER, "pass"),
    ):
        case = await loop.do(world, person, number, action)
        limits.append((case["clock"]["kind"], case["clock"]["limit"], ticks.told(monday, case["due_at"])))
    assert limits[1:] == [
        *[("rectify", "30个自然日", "D31 00:00")] * 4,
        ("verify", "10个工作日", "D14 17:30"),
        ("close", "10个工作日", "D14 17:30"),
    ]


async def test_a_category_with_a_limit_of_its_own_counts_by_it(world: World, monday: datetime) -> None:
    number = await loop.to(world, "assigned", category="food", item="food-licence")
    case = await world.see(number)
    assert (case["clock"]["limit"], ticks.told(monday, case["due_at"])) == ("5个工作日", "D7 17:30")


async def test_a_last_day_on_a_weekend_moves_to_monday(world: World, monday: datetime) -> None:
    await world.until(ticks.on(monday, 4, "16:00"))
    number = await loop.to(world, "assigned")
    case = await world.see(number)
    # the fifteenth day after a Friday is a Saturday
    assert ticks.told(monday, case["due_at"]) == "D22 00:00"
    assert case["clock"]["last_day"] == ticks.on(monday, 21).date().isoformat()
    assert case["clock"]["provisional"] is False


async def test_one_party_late_leaves_the_next_one_its_whole_time(world: World, monday: datetime) -> None:
    number = (await world.report(FINDER))["id"]
    await loop.do(world, OFFICE, number, "pause")
    await world.until(ticks.on(monday, 7, "09:00"), number)
    await loop.do(world, DEPUTY, number, "resume")
    await world.until(ticks.on(monday, 10, "09:00"), number)
    late = await world.see(number)
    assert (late["overdue"], late["overdue_count"], late["colour"]) == (True, 1, "blue")
    await loop.do(world, FINDER, number, "confirm")
    assigned = await loop.do(world, OFFICE, number, "assign")
    assert (assigned["overdue"], assigned["colour"], ticks.told(monday, assigned["due_at"])) == (
        False,
        None,
        "D26 00:00",
    )
    page = await ticks.deadline(world, number)
    (answered,) = page["stopped"]
    assert (answered["kind"], ticks.told(monday, answered["breached_at"])) == ("respond", "D9 17:30")
    assert page["running"]["used_seconds"] == 0


async def test_raising_the_level_counts_hours_from_the_original_start_and_keeps_the_pause(
    world: World, monday: datetime
) -> None:
    plain, paused = [(await world.report(FINDER))["id"] for _ in range(2)]
    await world.until(ticks.on(monday, 0, "10:00"), plain, paused)
    await loop.do(world, OFFICE, paused, "pause")
    await world.until(ticks.on(monday, 0, "11:00"), plain, paused)
    await loop.do(world, OFFICE, paused, "resume")
    await world.until(ticks.on(monday, 0, "12:00"), plain, paused)
    raised = [await loop.do(world, CHECKER, number, "regrade") for number in (plain, paused)]
    # four working hours from 09:00, a lunch break, and an hour's pause
    since, due = ticks.on(monday, 0, "15:30"), ticks.on(monday, 0, "16:30")
    assert abs(ticks.instant(raised[0]["due_at"]) - since) < 5 * ticks.PUNCTUAL
    assert abs(ticks.instant(raised[1]["due_at"]) - due) < 5 * ticks.PUNCTUAL
    assert raised[0]["clock"]["since"] == raised[0]["reported_at"]
    await world.until(ticks.on(monday, 0, "16:00"), plain, paused)
    flagged = [(await world.see(number))["overdue"] for number in (plain, paused)]
    assert flagged == [True, False]


async def test_lowering_a_level_lifts_a_lateness_that_is_none_any_more(
    world: World, monday: datetime
) -> None:
    number = (await world.report(FINDER, level="major"))["id"]
    await world.until(ticks.on(monday, 0, "17:00"), number)
    assert (await world.see(number))["colour"] == "yellow"
    lowered = await loop.do(world, CHECKER, number, "regrade", level="general")
    assert (lowered["overdue"], lowered["colour"], ticks.told(monday, lowered["due_at"])) == (
        False,
        None,
        "D2 17:30",
    )
    assert lowered["overdue_count"] == 1
    await world.until(ticks.on(monday, 2, "17:00"), number)
    # what was asked for while it was late is still to be answered
    assert await ticks.history(world, number, monday) == [
        "lapse D0 15:30",
        "remind D1 08:30",
        "chase D1 17:30",
        "remind D2 08:30",
    ]


async def test_a_newer_policy_touches_only_what_is_opened_after_it(world: World, monday: datetime) -> None:
    before = (await world.report(FINDER))["id"]
    async with world.database.connection() as connection:
        await connection.execute(
            "INSERT INTO policies (version, valid_from, terms) SELECT '9999-1', $1, "
            "jsonb_set(jsonb_set(terms, '{version}', '\"9999-1\"'), '{limits,general,respond,amount}', '1') "
            "FROM policies WHERE version = '2026-1'",
            world.clock(),
        )
    try:
        after = (await world.report(FINDER))["id"]
        cases = [await world.see(number) for number in (before, after)]
        assert [ticks.told(monday, case["due_at"]) for case in cases] == ["D2 17:30", "D1 17:30"]
        assert [case["terms_version"] for case in cases] == ["2026-1", "9999-1"]
        await world.until(ticks.on(monday, 1, "17:30"), before, after)
        regraded = await asyncio.gather(
            *(loop.do(world, CHECKER, number, "regrade", level="general") for number in (before, after))
        )
        assert [case["overdue"] for case in regraded] == [False, True]
    finally:
        async with world.database.connection() as connection:
            await connection.execute("DELETE FROM policies WHERE version = '9999-1'")
