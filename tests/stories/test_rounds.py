"""Sent back three times, closed, and reopened (bars L2, L3)."""

from datetime import datetime, timedelta

import pytest

from tests import harness
from tests.harness import Json, World
from tests.stories import loop, ticks
from tests.stories.loop import CHECKER, HEAD, OFFICE, STAFF
from tests.stories.ticks import DAY


async def _submitted(world: World, number: str, by: str, colour: str) -> str:
    file = await world.upload(by, harness.photo(colour))
    evidence = [{"file_id": file, "kind": "after_photo"}]
    await loop.do(world, by, number, "submit", evidence=evidence)
    return file


async def test_three_rejections_leave_three_rounds_each_with_its_own_facts(
    world: World, monday: datetime
) -> None:
    number = await loop.to(world, "rectifying")
    files, dues = [], [(await world.see(number))["due_at"]]
    for by, colour in ((STAFF, "blue"), (HEAD, "green"), (STAFF, "white")):
        files.append(await _submitted(world, number, by, colour))
        await world.wind(DAY, number)
        back = await loop.do(world, CHECKER, number, "return", reason=f"仍不合格：{colour}")
        assert back["stage"] == "rectifying"
        dues.append(back["due_at"])
    rounds: list[Json] = (await world.see(number))["rounds"]
    assert [one["number"] for one in rounds] == [1, 2, 3, 4]
    assert [one["submitted_by"] for one in rounds] == [STAFF, HEAD, STAFF, None]
    assert [one["submitted_post"] for one in rounds] == ["ec01-safety", "ec01-head", "ec01-safety", None]
    assert [[file["file_id"] for file in one["evidence"]] for one in rounds] == [[file] for file in files] + [
        []
    ]
    assert [one["verified_by"] for one in rounds] == [CHECKER] * 3 + [None]
    assert [one["reason"] for one in rounds[:3]] == [f"仍不合格：{c}" for c in ("blue", "green", "white")]
    assert [one["due_at"] for one in rounds] == dues
    # fifteen days after the day of the rejection, to their end
    assert [ticks.told(monday, due) for due in dues] == ["D16 00:00", "D17 00:00", "D18 00:00", "D19 00:00"]


@pytest.mark.parametrize("reason", [None, "", "  "])
async def test_a_rejection_without_a_reason_is_refused(world: World, reason: str | None) -> None:
    number = await loop.to(world, "verifying")
    before = await world.see(number)
    given = {} if reason is None else {"reason": reason}
    response = await world.act(CHECKER, number, "return", **given)
    assert response.status_code == 422, response.text
    assert await world.see(number) == before


async def test_the_deadline_after_a_rejection_is_the_one_that_rings(world: World, monday: datetime) -> None:
    number = await loop.to(world, "verifying")
    await world.wind(3 * DAY, number)
    await loop.do(world, CHECKER, number, "return")
    await world.until(ticks.on(monday, 18, "23:59"), number)
    assert (await world.see(number))["overdue"] is False
    await world.until(ticks.on(monday, 19), number)
    assert (await ticks.history(world, number, monday))[-1] == "lapse D19 00:00"


async def _clock_lines(world: World, number: str) -> list[object]:
    return [
        line["changed"]["clock"] for line in await loop.timeline(world, number) if line["action"] == "reopen"
    ]


async def test_reopening_keeps_the_number_adds_a_cycle_and_restarts_the_clock_by_policy(
    world: World, monday: datetime
) -> None:
    number = await loop.to(world, "closed")
    world.clock.ahead += 10 * DAY
    again = await loop.do(world, OFFICE, number, "reopen")
    assert (again["id"], again["cycle"], again["stage"], again["closed_at"]) == (number, 2, "assigned", None)
    assert ticks.told(monday, again["due_at"]) == "D26 00:00"
    assert await _clock_lines(world, number) == ["restart"]
    started = await loop.do(world, STAFF, number, "start")
    assert [(one["cycle"], one["number"]) for one in started["rounds"]] == [(1, 1), (2, 1)]


async def test_reopening_can_continue_the_old_clock_and_says_so_each_time(world: World) -> None:
    number = await loop.to(world, "closed")
    limit = (await world.see(number))["rounds"][-1]["due_at"]
    for _ in (1, 2):
        again = await loop.do(world, OFFICE, number, "reopen", clock="continue")
        assert again["due_at"] == limit
        started = await loop.do(world, STAFF, number, "start")
        assert started["due_at"] == started["rounds"][-1]["due_at"] == limit
        await loop.do(world, STAFF, number, "submit")
        await loop.do(world, CHECKER, number, "pass")
    assert await _clock_lines(world, number) == ["continue", "continue"]
    assert (await world.see(number))["cycle"] == 3


async def test_a_reopened_case_runs_to_its_end_again(world: World) -> None:
    number = await loop.to(world, "closed")
    await loop.do(world, OFFICE, number, "reopen")
    await loop.do(world, HEAD, number, "start")
    await loop.do(world, HEAD, number, "submit")
    closed = await loop.do(world, CHECKER, number, "pass")
    assert (closed["stage"], closed["cycle"]) == ("closed", 2)
    assert await world.handle(number).result() == "已销号"


async def test_the_clock_of_a_reopened_case_rings_in_its_new_run(world: World, monday: datetime) -> None:
    number = await loop.to(world, "closed")
    due = (await loop.do(world, OFFICE, number, "reopen"))["due_at"]
    await world.follow(number)
    await world.until(ticks.instant(due), number)
    lines = [line["action"] for line in await loop.timeline(world, number)]
    assert lines[lines.index("reopen") :] == ["reopen", "remind", "remind", "remind", "lapse"]


async def test_reopening_is_refused_after_thirty_days(world: World) -> None:
    number = await loop.to(world, "closed")
    before = await world.see(number)
    world.clock.ahead += 30 * DAY + timedelta(minutes=1)
    assert "reopen" not in {one["action"] for one in (await world.see(number))["allowed_actions"]}
    status, told = await loop.try_(world, OFFICE, number, "reopen")
    assert (status, told["code"]) == (409, "reopen_window_over")
    assert (await world.see(number))["head"] == before["head"]
    world.clock.ahead -= timedelta(minutes=2)
    assert (await loop.do(world, OFFICE, number, "reopen"))["cycle"] == 2
