"""Nobody verifies their own rectification or closes for their own unit, on any path of the API (bar A4)."""

import pytest

from tests.harness import World
from tests.stories import loop
from tests.stories.loop import CHECKER, DEPUTY, FINDER, OFFICE

BOTH = "p-fu01-head"
"""Heads the funeral home and sits in team 4, which inspects it."""
TEAM_4 = ("p-team4a", "p-team4b")
TEAM_3 = ("p-team3a", "p-team3b")


async def _refused(world: World, person: str, number: str, action: str) -> str:
    before = await world.see(number)
    status, told = await loop.try_(world, person, number, action)
    offered = {one["action"] for one in (await world.see(number, person))["allowed_actions"]}
    assert status == 403, told
    assert action not in offered
    assert await world.see(number) == before
    code: str = told["code"]
    return code


async def _at_fu01(world: World, stage: str, *, major: bool = False) -> str:
    number: str = (await world.report(TEAM_4[0], "fu01", level="major" if major else "general"))["id"]
    steps = [("confirmed", TEAM_4[0], "confirm", {}), ("assigned", OFFICE, "assign", {"post": "fu01-safety"})]
    if major:
        steps += [("assigned", BOTH, "plan", {}), ("assigned", "p-fu01-safety", "control", {})]
    steps += [("rectifying", "p-fu01-safety", "start", {}), ("verifying", "p-fu01-safety", "submit", {})]
    order = ["reported", "confirmed", "assigned", "rectifying", "verifying"]
    for after, person, action, more in steps:
        if order.index(after) <= order.index(stage):
            await loop.do(world, person, number, action, **more)
    return number


@pytest.mark.parametrize(
    ("stage", "action"),
    [("reported", "dismiss"), ("reported", "regrade"), ("verifying", "pass"), ("verifying", "return")],
)
async def test_the_head_of_a_unit_judges_nothing_of_it_as_member_of_a_team(
    world: World, stage: str, action: str
) -> None:
    number = await _at_fu01(world, stage)
    assert await _refused(world, BOTH, number, action) == "separation_of_duties"


async def test_a_member_of_two_worlds_judges_other_units_of_that_team_freely(world: World) -> None:
    number = (await world.report(TEAM_4[0], "fu02"))["id"]
    await loop.do(world, TEAM_4[0], number, "confirm")
    await loop.do(world, OFFICE, number, "assign", post="fu02-safety")
    for action in ("start", "submit"):
        await loop.do(world, "p-fu02-safety", number, action)
    assert (await loop.do(world, BOTH, number, "pass"))["stage"] == "closed"


async def test_the_head_of_a_unit_does_not_put_its_place_back_into_use(world: World) -> None:
    number = await _at_fu01(world, "verifying", major=True)
    await loop.do(world, BOTH, number, "suspend_use")
    assert await _refused(world, BOTH, number, "resume_use") == "separation_of_duties"
    await loop.do(world, TEAM_4[1], number, "resume_use")


@pytest.mark.parametrize("person", [loop.STAFF, loop.HEAD])
@pytest.mark.parametrize("action", ["pass", "return"])
async def test_a_unit_never_checks_itself(world: World, person: str, action: str) -> None:
    assert await _refused(world, person, await loop.to(world, "verifying"), action) == "role_required"


@pytest.mark.parametrize("person", [loop.STAFF, loop.HEAD])
async def test_a_unit_never_closes_its_own_major_hazard(world: World, person: str) -> None:
    number = await loop.to(world, "awaiting_closure", major=True)
    assert await _refused(world, person, number, "close") == "role_required"


async def test_the_finder_who_fixed_it_on_the_spot_neither_passes_nor_dismisses_it(world: World) -> None:
    photos = await world.cite(FINDER, "before_photo", "after_photo")
    number = (await world.report(FINDER, fixed_on_spot=True, evidence=photos))["id"]
    assert await _refused(world, FINDER, number, "dismiss") == "separation_of_duties"
    assert (await loop.do(world, FINDER, number, "confirm"))["stage"] == "verifying"
    assert await _refused(world, FINDER, number, "pass") == "separation_of_duties"
    assert (await loop.do(world, CHECKER, number, "pass"))["stage"] == "closed"


async def _move(world: World, person: str, old: str, new: str) -> None:
    """Another post for the same natural person, as an administrator would enter it."""
    async with world.database.transaction() as connection:
        await connection.execute("DELETE FROM holders WHERE person_id = $1 AND post_id = $2", person, old)
        await connection.execute("INSERT INTO holders (person_id, post_id) VALUES ($1, $2)", person, new)


async def test_a_rectifier_who_moved_to_a_team_since_does_not_check_that_work(world: World) -> None:
    number = (await world.report(TEAM_3[0], unit="su01"))["id"]
    by = "p-su01-safety"
    for person, action in ((TEAM_3[0], "confirm"), (OFFICE, "assign"), (by, "start"), (by, "submit")):
        await loop.do(
            world, person, number, action, **({"post": "su01-safety"} if action == "assign" else {})
        )
    await _move(world, by, "su01-safety", "team-3")
    try:
        assert await _refused(world, by, number, "pass") == "separation_of_duties"
        assert await _refused(world, by, number, "return") == "separation_of_duties"
    finally:
        await _move(world, by, "team-3", "su01-safety")
    assert (await loop.do(world, TEAM_3[1], number, "pass"))["stage"] == "closed"


async def test_only_the_named_authority_closes(world: World) -> None:
    number = await loop.to(world, "awaiting_closure", major=True)
    assert await _refused(world, "p-leader", number, "close") == "not_closing_authority"
    assert (await loop.do(world, DEPUTY, number, "close"))["stage"] == "closed"
