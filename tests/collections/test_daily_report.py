"""A daily report with zero reports, from its opening to its end, by the instants of its clock."""

from datetime import datetime, timedelta

from tests.collections import acts
from tests.collections.acts import UNITS
from tests.harness import World
from tests.stack import eventually


async def _is(world: World, number: str, phase: str) -> bool:
    return bool((await acts.status(world, number))["phase"] == phase)


async def test_everybody_reports_and_the_collection_ends_early(world: World, monday: datetime) -> None:
    number = (await acts.create(world, monday, timedelta(hours=2)))["id"]
    await eventually(lambda: _is(world, number, "open"))
    for unit in UNITS:
        receipt = await acts.zero(world, unit, number)
        assert (receipt["is_zero"], receipt["standing"]["outcome"]) == (True, "on_time")
    await eventually(lambda: _is(world, number, "ended"))
    status = await acts.status(world, number)
    assert status["sentence"] == "应报 9，已报 9，迟报 0，未报 0"
    assert await acts.steps(world, number) == ["create", "open", "end_early"]
    assert await world.handle(number).result() == "已截止"
    late = await acts.hand_in(world, "ec01", number, is_zero=True, reason="更正")
    assert (late.status_code, late.json()["code"]) == (409, "after_cut_off")


async def test_reminders_go_to_those_who_have_not_reported_and_late_is_told_from_missing(
    world: World, monday: datetime
) -> None:
    number = (await acts.create(world, monday, timedelta(hours=2)))["id"]
    await eventually(lambda: _is(world, number, "open"))
    assert set((await acts.told(world, number, "collection_opened")).values()) == {1}
    await acts.zero(world, "ec01", number)
    await world.until(monday + timedelta(minutes=90), number)
    await eventually(lambda: _taken(world, number, "remind:30"))
    reminded = await acts.told(world, number, "collection_reminder")
    assert reminded == {f"{unit}-safety": 1 for unit in UNITS[1:]}
    await acts.zero(world, "ec02", number)
    await world.until(monday + timedelta(hours=2), number)
    await eventually(lambda: _is(world, number, "late"))
    late = await acts.zero(world, "ec03", number)
    assert (late["standing"]["outcome"], late["standing"]["late_minutes"]) == ("late", 1)
    await world.until(monday + timedelta(hours=3), number)
    await eventually(lambda: _is(world, number, "ended"))
    status = await acts.status(world, number)
    assert status["sentence"] == "应报 9，已报 3，迟报 1，未报 6"
    assert {one["unit_id"] for one in status["missing"]} == set(UNITS[3:])
    assert await acts.steps(world, number) == ["create", "open", "remind:30", "due", "chase:30", "cut_off"]
    ended = await acts.told(world, number, "collection_ended")
    assert ended == {"office": 2, "leader": 1}


async def test_half_past_eleven_is_on_time_and_a_second_later_is_late(world: World, monday: datetime) -> None:
    """The notice's 星期四 11:30, to the second; its words go with the instant, and a millionth of a second is late too."""
    due = monday + timedelta(days=3, hours=2, minutes=30)
    wording = f"{due.month}月{due.day}日（星期四）11:30前"
    number = (await acts.create(world, monday, due - monday, wording=wording))["id"]
    late = []
    for unit, after in zip(UNITS, (-1, 0, 0.000001, 1, 60, 61), strict=False):
        world.clock.stopped = due + timedelta(seconds=after)
        late.append((await acts.zero(world, unit, number))["standing"]["late_minutes"])
    assert late == [None, None, 1, 1, 1, 2]
    world.clock.stopped = due + timedelta(hours=1)
    assert (await acts.zero(world, "fu01", number))["standing"]["outcome"] == "late"
    world.clock.stopped = due + timedelta(hours=1, seconds=1)
    refused = await acts.hand_in(world, "fu02", number, is_zero=True)
    assert (refused.status_code, refused.json()["code"]) == (409, "after_cut_off")


async def _taken(world: World, number: str, step: str) -> bool:
    return step in await acts.steps(world, number)
