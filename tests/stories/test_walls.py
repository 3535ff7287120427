"""Ways around the rules that a reviewer found open: own units, listed hazards, suspended places, endless cases."""

from domain.hazard.checks import MOST_CONTROLS
from tests.harness import World
from tests.stories import loop
from tests.stories.loop import OFFICE, STAFF, SUPERVISION


async def test_nobody_downgrades_a_hazard_of_the_own_unit_by_confirming_it(world: World) -> None:
    number = (await world.report("p-team4b", "fu01", level="major"))["id"]
    refused = await world.act("p-fu01-head", number, "confirm", level="general")
    assert (refused.status_code, refused.json()["code"]) == (403, "own_unit")
    assert (await world.see(number))["major"] is True


async def test_a_listed_hazard_is_not_downgraded(world: World) -> None:
    number = (await world.report(level="major"))["id"]
    await world.must("p-leader", number, "supervise", supervision=SUPERVISION)
    refused = await world.act(OFFICE, number, "regrade", level="general", reason="降级")
    assert (refused.status_code, refused.json()["code"]) == (409, "supervised")
    refused = await world.act(OFFICE, number, "confirm", level="general")
    assert (refused.status_code, refused.json()["code"]) == (409, "supervised")


async def test_a_major_hazard_is_not_merged_into_a_general_one(world: World) -> None:
    major, general = (await world.report(level="major"))["id"], (await world.report())["id"]
    refused = await world.act(OFFICE, major, "merge", into=general, reason="同一处")
    assert (refused.status_code, refused.json()["code"]) == (409, "merge_target_general")


async def test_a_suspended_place_cannot_be_dismissed_out_of_sight(world: World) -> None:
    number = (await world.report())["id"]
    await world.must(OFFICE, number, "suspend_use", reason="危险")
    refused = await world.act(OFFICE, number, "dismiss", reason="误报")
    assert (refused.status_code, refused.json()["code"]) == (409, "use_suspended")


async def test_a_case_takes_so_many_controls_and_files_and_no_more(world: World) -> None:
    number = await loop.to(world, "assigned")
    for _ in range(MOST_CONTROLS):
        await world.must(STAFF, number, "control", note="巡查")
    refused = await world.act(STAFF, number, "control", note="巡查")
    assert (refused.status_code, refused.json()["code"]) == (409, "case_full")
    kinds = ["other"] * 20
    cited = await world.cite(STAFF, *kinds)
    while (await world.act(STAFF, number, "note", note="附件", evidence=cited)).status_code == 200:
        pass
    full = await world.act(STAFF, number, "note", note="附件", evidence=cited)
    assert (full.status_code, full.json()["code"], full.json()["field"]) == (409, "case_full", "evidence")
    await world.must(STAFF, number, "note", note="没有附件仍可反馈")
