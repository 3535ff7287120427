"""The deadline explained: segments that add up, what is left, and what comes if nobody acts (bar S9)."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.terms import Terms
from tests.harness import Json, World
from tests.stories import behind, loop, ticks
from tests.stories.loop import DEPUTY, FINDER, OFFICE, STAFF


def _counted(clock: Json) -> float:
    counted: list[float] = [one["seconds"] for one in clock["segments"] if one["counted"]]
    return round(sum(counted), 6)


async def test_the_segments_join_and_what_they_count_is_the_limit(world: World, monday: datetime) -> None:
    await world.until(ticks.on(monday, 4, "10:00"))
    days, hours = await loop.to(world, "reported"), await loop.to(world, "reported", major=True)
    calendar = await loop.to(world, "assigned")
    durations = {days: 2 * 6.5 * 3600, hours: 4 * 3600, calendar: 15 * 86400}
    for number, duration in durations.items():
        clock = (await ticks.deadline(world, number))["running"]
        assert (_counted(clock), clock["duration_seconds"]) == (duration, duration)
        for earlier, later in zip(clock["segments"], clock["segments"][1:], strict=False):
            assert earlier["until"] == later["since"]
        assert clock["segments"][-1]["until"] == clock["due_at"]
        assert all(one["why"] for one in clock["segments"])
    clock = (await ticks.deadline(world, days))["running"]
    # reported on a Friday: the weekend between does not count, and says so
    off = [one["why"] for one in clock["segments"] if not one["counted"]]
    assert any("周" in why or "休" in why for why in off), off


async def test_a_pause_is_told_with_its_reason_and_a_clock_that_stands_says_so(
    world: World, monday: datetime
) -> None:
    number = await loop.to(world, "rectifying")
    await world.until(ticks.on(monday, 3, "10:00"), number)
    await loop.do(world, OFFICE, number, "pause", reason="等待消防部门认定")
    await world.until(ticks.on(monday, 6, "10:00"), number)
    page = await ticks.deadline(world, number)
    clock = page["running"]
    assert (page["due_at"], clock["due_at"], clock["paused_reason"], page["coming"]) == (
        None,
        None,
        "等待消防部门认定",
        [],
    )
    (stood,) = [one for one in clock["segments"] if "等待消防部门认定" in one["why"]]
    assert (stood["counted"], ticks.told(monday, stood["since"])) == (False, "D3 10:00")
    assert _counted(clock) == clock["duration_seconds"]
    await loop.do(world, DEPUTY, number, "resume")
    resumed = (await ticks.deadline(world, number))["running"]
    assert _counted(resumed) == resumed["duration_seconds"]
    assert resumed["segments"][-1]["until"] == resumed["due_at"]


async def test_a_granted_day_is_explained_from_the_same_start(world: World, monday: datetime) -> None:
    number = await loop.to(world, "assigned")
    await loop.do(world, STAFF, number, "extend", until=ticks.on(monday, 25).date().isoformat())
    await loop.do(world, OFFICE, number, "grant_extension")
    await world.until(ticks.on(monday, 5, "09:00"), number)
    clock = (await ticks.deadline(world, number))["running"]
    day = ticks.on(monday, 25).date()
    assert clock["limit"] == f"{day.year}年{day.month}月{day.day}日"
    assert _counted(clock) == pytest.approx(clock["duration_seconds"])
    assert clock["used_seconds"] == pytest.approx(5 * 86400, abs=60)


async def test_what_the_page_foresees_is_what_then_happens(world: World, monday: datetime) -> None:
    number = await loop.to(world, "rectifying")
    coming = (await ticks.deadline(world, number))["coming"]
    foreseen = [(one["label"], ticks.told(monday, one["at"])) for one in coming]
    assert len(foreseen) == 17
    await world.until(ticks.instant(coming[-1]["at"]), number)
    taken = await ticks.steps(world, number)
    assert [(one["label"], ticks.told(monday, one["due_at"])) for one in taken] == foreseen
    received = {
        person: {one["at"] for one in await ticks.inbox(world, person, number) if one["kind"] == "escalation"}
        for person in (loop.HEAD, DEPUTY, "p-leader")
    }
    assert [len(at) for at in received.values()] == [1, 1, 1]
    posts = [one["posts"] for one in coming if one["label"] == "逐级督办"]
    assert [post[0] for post in posts] == ["ec01-head", "team-1", "office", "deputy", "leader"]


async def test_a_clock_that_was_stopped_keeps_what_it_used(world: World, monday: datetime) -> None:
    number = await loop.to(world, "rectifying")
    await world.until(ticks.on(monday, 8, "00:00"), number)
    await loop.do(world, STAFF, number, "submit")
    await world.until(ticks.on(monday, 10, "00:00"), number)
    page = await ticks.deadline(world, number)
    answered, rectified = page["stopped"]
    assert [answered["kind"], rectified["kind"], page["running"]["kind"]] == ["respond", "rectify", "verify"]
    assert rectified["used_seconds"] == pytest.approx(7 * 86400, abs=60)
    assert answered["used_seconds"] == 0


async def test_a_case_of_another_unit_has_no_deadline_to_read(world: World, monday: datetime) -> None:
    number = await loop.to(world, "reported")
    told = await world.get("p-ec02-safety", f"/v1/hazards/{number}/deadline")
    assert (told.status_code, told.json()["code"]) == (404, "hazard_unknown")


async def test_a_case_opened_under_plain_days_tells_its_day_and_its_one_step(
    world: World, monday: datetime
) -> None:
    plain = Terms(version="2025-1", evidence={}, days={"general": {"reported": 3, "confirmed": 2}})
    number = (await behind.put_on_record(world, terms=plain)).id
    since = datetime.now(UTC)
    await behind.start(world, number)
    page = await ticks.deadline(world, number)
    assert (page["running"], page["stopped"]) == (None, [])
    assert ticks.instant(page["due_at"]) - since < timedelta(days=3)
    assert [(one["label"], one["at"]) for one in page["coming"]] == [("到期未办，标记逾期", page["due_at"])]
    await world.skipper.fast_forward(world.handle(number), timedelta(days=30))
    assert [line["action"] for line in await ticks.steps(world, number)] == ["lapse"]
    for action in ("pause", "acknowledge"):
        status, told = await loop.try_(world, OFFICE, number, action)
        assert (status, told["code"]) == (
            409,
            "clock_not_running" if action == "pause" else "not_overdue",
        )
    confirmed = await loop.do(world, FINDER, number, "confirm")
    assert (confirmed["overdue"], confirmed["clock"]) == (False, None)
