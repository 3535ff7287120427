"""Time that stands still (暂停计时) and cases that come back by themselves (暂缓) (bars S6, L5)."""

from datetime import datetime, timedelta

import pytest

from tests.harness import World
from tests.stories import loop, ticks
from tests.stories.loop import DEPUTY, OFFICE, STAFF


async def test_a_pause_gives_back_exactly_the_time_that_it_took(world: World, monday: datetime) -> None:
    paused, plain = await loop.to(world, "rectifying"), await loop.to(world, "rectifying")
    await world.until(ticks.on(monday, 3, "10:00"), paused)
    held = await loop.do(world, OFFICE, paused, "pause", reason="等待消防部门认定")
    assert (held["paused"], held["due_at"], held["next_step"]) == (True, None, None)
    assert held["clock"]["paused_reason"] == "等待消防部门认定"
    used = (await ticks.deadline(world, paused))["running"]["used_seconds"]
    await world.until(ticks.on(monday, 8, "10:00"), paused)
    stood = (await ticks.deadline(world, paused))["running"]
    assert stood["used_seconds"] == pytest.approx(used, abs=5)
    going = await loop.do(world, DEPUTY, paused, "resume")
    # five days later than the other case, at the end of that day
    assert ticks.told(monday, going["due_at"]) == "D22 00:00"
    assert ticks.told(monday, (await world.see(plain))["due_at"]) == "D16 00:00"
    page = (await ticks.deadline(world, paused))["running"]
    assert page["used_seconds"] == pytest.approx(used, abs=5)
    assert page["used_seconds"] + page["remaining_seconds"] == page["duration_seconds"] == 15 * 86400


async def test_nothing_happens_to_a_case_while_time_stands_still(world: World, monday: datetime) -> None:
    early, late = await loop.to(world, "assigned"), await loop.to(world, "assigned")
    await world.until(ticks.on(monday, 9, "10:00"), early, late)
    await loop.do(world, OFFICE, early, "pause")
    await world.until(ticks.on(monday, 16, "09:00"), early, late)
    resting = await loop.do(world, OFFICE, late, "pause")
    assert (resting["overdue"], resting["colour"], resting["next_step"]) == (True, "blue", None)
    await world.wind(timedelta(days=100), early, late)
    assert await ticks.history(world, early, monday) == []
    assert (await ticks.history(world, late, monday))[-1] == "lapse D16 00:00"
    assert (await world.see(late))["overdue"] is True


async def test_a_ladder_that_was_paused_goes_on_from_where_time_goes_on(
    world: World, monday: datetime
) -> None:
    number = await loop.to(world, "assigned")
    await world.until(ticks.on(monday, 17, "10:00"), number)
    await loop.do(world, OFFICE, number, "pause")
    await world.until(ticks.on(monday, 28, "10:00"), number)
    going = await loop.do(world, OFFICE, number, "resume")
    # the limit was used up before the pause, so it stays late; the next rung is a working day from now
    assert (going["overdue"], going["overdue_count"]) == (True, 1)
    await world.until(ticks.on(monday, 30, "10:01"), number)
    assert (await ticks.history(world, number, monday))[-5:] == [
        "repeat D16 17:30",
        "chase D28 10:00",
        "escalate D29 10:00",
        "escalate D30 10:00",
        "repeat D30 10:00",
    ]
    assert [one["late"] for one in await ticks.inbox(world, loop.HEAD, number) if "slip" in one["kind"]] == [
        False
    ] * 3


async def test_pausing_is_for_command_posts_with_a_reason_and_once(world: World, monday: datetime) -> None:
    number = await loop.to(world, "assigned")
    for reason in ("", "  "):
        assert (await world.act(OFFICE, number, "pause", reason=reason)).status_code == 422
    status, told = await loop.try_(world, STAFF, number, "pause")
    assert (status, told["code"], told["roles"]) == (403, "role_required", ["office", "leader"])
    status, told = await loop.try_(world, OFFICE, number, "resume")
    assert (status, told["code"]) == (409, "not_paused")
    await loop.do(world, OFFICE, number, "pause")
    for action in ("pause", "defer"):
        more = {"until": ticks.on(monday, 9).date().isoformat()} if action == "defer" else {}
        status, told = await loop.try_(world, OFFICE, number, action, **more)
        assert (status, told["code"]) == (409, "clock_not_running")


async def test_a_named_date_is_not_paused(world: World, monday: datetime) -> None:
    number = await loop.to(world, "assigned")
    await loop.do(world, STAFF, number, "extend", until=ticks.on(monday, 20).date().isoformat())
    await loop.do(world, OFFICE, number, "grant_extension")
    for action in ("pause", "defer"):
        more = {"until": ticks.on(monday, 9).date().isoformat()} if action == "defer" else {}
        status, told = await loop.try_(world, OFFICE, number, action, **more)
        assert (status, told["code"]) == (409, "named_date_not_paused")


async def test_a_deferral_comes_back_by_itself_on_its_day_and_once(world: World, monday: datetime) -> None:
    number = await loop.to(world, "rectifying")
    await world.until(ticks.on(monday, 2, "09:00"), number)
    held = await loop.do(world, DEPUTY, number, "defer", until=ticks.on(monday, 20).date().isoformat())
    assert ticks.told(monday, held["clock"]["paused_until"]) == "D20 00:00"
    assert (held["next_step"]["kind"], held["next_step"]["label"]) == ("revive", "暂缓期满，恢复计时")
    await world.until(ticks.on(monday, 19, "23:59"), number)
    assert await ticks.history(world, number, monday) == []
    await world.until(ticks.on(monday, 31), number)
    assert await ticks.history(world, number, monday) == ["revive D20 00:00", "remind D30 08:30"]
    case = await world.see(number)
    # 1 day and 9 hours were used before it; the rest ends on a Saturday, so on Monday
    assert (case["paused"], ticks.told(monday, case["due_at"])) == (False, "D36 00:00")
    kinds = await ticks.kinds(world, STAFF, number)
    assert (kinds.count("paused"), kinds.count("due_moved")) == (1, 1)


async def test_a_deferral_can_be_taken_back_before_its_day(world: World, monday: datetime) -> None:
    number = await loop.to(world, "rectifying")
    await loop.do(world, OFFICE, number, "defer", until=ticks.on(monday, 20).date().isoformat())
    await world.until(ticks.on(monday, 5, "09:00"), number)
    going = await loop.do(world, OFFICE, number, "resume")
    assert (going["paused"], going["clock"]["paused_until"]) == (False, None)
    await world.until(ticks.on(monday, 20, "12:00"), number)
    assert "revive D20 00:00" not in await ticks.history(world, number, monday)
