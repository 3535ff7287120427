"""Supervision slips (督办单): one for each graver colour, answered by its addressee or chased once (bar E8)."""

from datetime import datetime

import pytest

from tests.harness import Json, World
from tests.stories import loop, ticks
from tests.stories.loop import HEAD, OFFICE, STAFF


async def _late(world: World, monday: datetime, day: int, clock: str) -> tuple[str, list[Json]]:
    """A case that nobody rectified, with its slips as of then."""
    number = await loop.to(world, "assigned")
    await world.until(ticks.on(monday, day, clock), number)
    slips: list[Json] = (await world.see(number))["slips"]
    return number, slips


async def test_each_graver_colour_makes_one_slip_with_a_serial_an_addressee_and_a_day_to_answer(
    world: World, monday: datetime
) -> None:
    number, slips = await _late(world, monday, 26, "09:00")
    told = [(one["colour"], one["post_id"], ticks.told(monday, one["reply_due_at"])) for one in slips]
    assert told == [
        ("blue", "ec01-head", "D21 17:30"),
        ("yellow", "ec01-head", "D22 17:30"),
        ("red", "ec01-head", "D28 17:30"),
    ]
    assert [one["serial"] for one in slips] == [f"DB{number[2:]}-{n:02d}" for n in (1, 2, 3)]
    served = [one for one in await ticks.inbox(world, HEAD, number) if one["kind"] == "slip"]
    assert [one["serial"] in notice["text"] for one, notice in zip(slips, served, strict=True)] == [True] * 3
    assert [notice["urgent"] for notice in served] == [False, False, True]


async def test_a_slip_that_is_answered_in_time_is_not_chased_and_keeps_its_answer(
    world: World, monday: datetime
) -> None:
    number, (blue,) = await _late(world, monday, 16, "10:00")
    answered = await loop.do(world, HEAD, number, "reply", slip=blue["serial"], note="今晚清理完毕")
    (slip,) = answered["slips"]
    assert (slip["reply"], ticks.told(monday, slip["replied_at"])) == ("今晚清理完毕", "D16 10:00")
    # an answer is no rectification
    assert (answered["overdue"], answered["colour"]) == (True, "blue")
    await world.until(ticks.on(monday, 21, "17:31"), number)
    assert not [one for one in await ticks.history(world, number, monday) if one.startswith("chase")]
    status, told = await loop.try_(world, HEAD, number, "reply", slip=blue["serial"])
    assert (status, told["code"]) == (409, "slip_unknown")


async def test_a_slip_that_nobody_answers_is_chased_once_and_can_still_be_answered(
    world: World, monday: datetime
) -> None:
    number, slips = await _late(world, monday, 60, "09:00")
    assert [one["chased"] for one in slips] == [True] * 3
    chases = [one for one in await ticks.history(world, number, monday) if one.startswith("chase")]
    assert chases == ["chase D21 17:30", "chase D22 17:30", "chase D28 17:30"]
    for person in (HEAD, OFFICE):
        assert (await ticks.kinds(world, person, number)).count("slip_unanswered") == 3
    answered = await loop.do(world, HEAD, number, "reply", slip=slips[1]["serial"])
    assert [one["replied_at"] is not None for one in answered["slips"]] == [False, True, False]


@pytest.mark.parametrize("person", [STAFF, OFFICE, "p-leader"])
async def test_nobody_but_the_addressee_answers_a_slip(world: World, monday: datetime, person: str) -> None:
    number, (blue,) = await _late(world, monday, 16, "10:00")
    before = await world.see(number)
    status, told = await loop.try_(world, person, number, "reply", slip=blue["serial"])
    assert (status, told["code"]) == (403, "no_open_slip")
    assert await world.see(number) == before


async def test_a_slip_that_does_not_exist_is_refused_by_name(world: World, monday: datetime) -> None:
    number, (blue,) = await _late(world, monday, 16, "10:00")
    other = blue["serial"][:-2] + "09"
    status, told = await loop.try_(world, HEAD, number, "reply", slip=other)
    assert (status, told["code"], told["field"]) == (409, "slip_unknown", "slip")
    for malformed in ("", "DB-1", f"{blue['serial']}\n", f"'; DROP TABLE hazards; -- {blue['serial']}"):
        status, told = await loop.try_(world, HEAD, number, "reply", slip=malformed)
        assert (status, told["errors"][0]["field"]) == (422, "body.slip"), malformed


async def test_a_late_check_is_answered_for_by_the_team_that_should_have_made_it(
    world: World, monday: datetime
) -> None:
    number = await loop.to(world, "verifying")
    await world.until(ticks.on(monday, 7, "17:30"), number)
    (slip,) = (await world.see(number))["slips"]
    assert (slip["colour"], slip["post_id"]) == ("blue", "team-1")
    answered = await loop.do(world, loop.CHECKER, number, "reply", slip=slip["serial"])
    assert answered["slips"][0]["reply"] == "已约谈责任人"
