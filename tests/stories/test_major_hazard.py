"""A major hazard in full: plan, interim controls, supervision, suspension, and closure by the superior."""

import pytest

from tests.harness import World
from tests.stories import loop
from tests.stories.loop import CHECKER, DEPUTY, FINDER, HEAD, OFFICE, STAFF


async def _code(world: World, person: str, number: str, action: str) -> str:
    before = await world.see(number)
    status, told = await loop.try_(world, person, number, action)
    assert status == 409, told
    assert await world.see(number) == before
    code: str = told["code"]
    return code


async def test_a_major_hazard_takes_every_step_that_the_law_asks_for(world: World) -> None:
    number = (await world.report(FINDER, level="major", item="fire-panel"))["id"]
    await loop.do(world, FINDER, number, "confirm")
    assigned = await loop.do(world, OFFICE, number, "assign", closing_authority="leader")
    assert assigned["closing_authority"] == "leader"
    assert await _code(world, STAFF, number, "start") == "plan_missing"
    planned = await loop.do(world, HEAD, number, "plan")
    assert planned["plan"] == loop.PLAN
    assert await _code(world, STAFF, number, "start") == "controls_missing"
    await loop.do(world, STAFF, number, "control")
    listed = await loop.do(world, DEPUTY, number, "supervise")
    assert listed["supervision"] == loop.SUPERVISION
    await loop.do(world, OFFICE, number, "suspend_use")
    await loop.do(world, STAFF, number, "start")
    await loop.do(world, STAFF, number, "submit")
    assert await _code(world, CHECKER, number, "pass") == "use_suspended"
    await loop.do(world, CHECKER, number, "resume_use")
    waiting = await loop.do(world, CHECKER, number, "pass")
    assert (waiting["stage"], waiting["waiting_post"]) == ("awaiting_closure", "leader")
    assert (await world.act(DEPUTY, number, "close", note="同意")).status_code == 403
    await loop.do(world, OFFICE, number, "lift_supervision")
    closed = await loop.do(world, "p-leader", number, "close")
    assert (closed["stage"], closed["supervision"], closed["suspended"]) == ("closed", None, False)
    assert await world.handle(number).result() == "已销号"


@pytest.mark.parametrize("item", loop.PLAN)
async def test_a_plan_that_leaves_out_one_of_the_five_items_is_refused(world: World, item: str) -> None:
    number = await loop.to(world, "assigned", major=True)
    before = await world.see(number)
    evidence = await world.cite(HEAD, "plan")
    for plan in ({key: text for key, text in loop.PLAN.items() if key != item}, loop.PLAN | {item: " "}):
        response = await world.act(HEAD, number, "plan", plan=plan, evidence=evidence)
        assert response.status_code == 422, response.text
        assert item in response.text
    assert await world.see(number) == before


async def test_a_place_suspended_while_closure_is_awaited_keeps_the_case_open(world: World) -> None:
    number = await loop.to(world, "awaiting_closure", major=True)
    await loop.do(world, OFFICE, number, "suspend_use")
    assert await _code(world, DEPUTY, number, "close") == "use_suspended"
    await loop.do(world, OFFICE, number, "resume_use")
    assert (await loop.do(world, DEPUTY, number, "close"))["stage"] == "closed"


async def test_the_superior_sends_it_back_into_another_round(world: World) -> None:
    number = await loop.to(world, "awaiting_closure", major=True)
    back = await loop.do(world, DEPUTY, number, "return", reason="临时措施未拆除")
    assert (back["stage"], len(back["rounds"]), back["rounds"][0]["reason"]) == (
        "rectifying",
        2,
        "临时措施未拆除",
    )
    await loop.do(world, STAFF, number, "submit")
    await loop.do(world, CHECKER, number, "pass")
    assert (await loop.do(world, DEPUTY, number, "close"))["stage"] == "closed"


async def test_what_is_regraded_to_major_before_the_check_goes_back_for_its_plan(world: World) -> None:
    number = await loop.to(world, "verifying")
    assert (await loop.do(world, CHECKER, number, "regrade"))["major"] is True
    assert await _code(world, CHECKER, number, "pass") == "plan_missing"
    await loop.do(world, CHECKER, number, "return", reason="按重大隐患补充治理方案")
    await loop.do(world, HEAD, number, "plan")
    await loop.do(world, STAFF, number, "control")
    await loop.do(world, STAFF, number, "submit")
    assert (await loop.do(world, CHECKER, number, "pass"))["stage"] == "awaiting_closure"


async def test_only_posts_of_the_right_kind_can_be_named(world: World) -> None:
    number = await loop.to(world, "confirmed", major=True)
    for given in (
        {"post": "ec02-safety"},
        {"post": "team-1"},
        {"post": "nowhere"},
        {"post": "ec01-safety", "closing_authority": "office"},
        {"post": "ec01-safety", "closing_authority": "ec01-head"},
    ):
        status, told = await loop.try_(world, OFFICE, number, "assign", **given)
        assert (status, told["code"]) == (409, "post_unknown"), given
    assert (await world.see(number))["stage"] == "confirmed"
