"""Every (stage, action, role) through the API, against the table that people are told (bar L1)."""

import asyncio

import pytest

from tests import table
from tests.harness import Json, World
from tests.stories import loop

# One case a stage for what leaves the stage as it is, whether done or refused; a new one for what moves it.
_SHARED: dict[str, str] = {}


async def _shared(world: World, stage: str) -> str:
    if stage not in _SHARED:
        _SHARED[stage] = await loop.to(world, stage, major=True)
    return _SHARED[stage]


async def _ready(world: World, stage: str, action: str) -> str:
    """A major case at ``stage`` of which every condition of ``action`` but the role holds."""
    if (stage, action) in table.LEADS_TO:
        return await loop.to(world, stage, major=True)
    number = await _shared(world, stage)
    suspended = (await world.see(number))["suspended"]
    if action == "lift_supervision":
        await loop.do(world, loop.OFFICE, number, "supervise")
    if action == "resume_use" and not suspended:
        await loop.do(world, loop.OFFICE, number, "suspend_use")
    if action == "suspend_use" and suspended:
        await loop.do(world, loop.OFFICE, number, "resume_use")
    return number


async def _more(world: World, action: str) -> Json:
    """The case that one is merged into: any other open one of the unit."""
    if action == "merge" and "target" not in _SHARED:
        _SHARED["target"] = (await world.report(loop.FINDER, level="major"))["id"]
    return {"into": _SHARED["target"]} if action == "merge" else {}


@pytest.mark.parametrize("stage", table.STAGES)
async def test_what_the_table_allows_is_offered_and_done(world: World, stage: str) -> None:
    for at, action, role in table.every():
        if at != stage or table.refusal(stage, action, role) is not None:
            continue
        number, by = await _ready(world, stage, action), loop.BY_ROLE[role]
        before = await world.see(number, by)
        status, after = await loop.try_(world, by, number, action, **await _more(world, action))
        assert status == 200, (action, role, after)
        assert action in {told["action"] for told in before["allowed_actions"]}, role
        assert after["stage"] == table.LEADS_TO.get((stage, action), stage), (action, role)
        assert after["seq"] == before["seq"] + 1


@pytest.mark.parametrize("stage", table.STAGES)
async def test_what_the_table_denies_is_refused_by_code_and_changes_nothing(world: World, stage: str) -> None:
    number = await _shared(world, stage)
    before = await world.see(number)
    different = []

    async def one(action: str, role: str) -> None:
        told = table.refusal(stage, action, role)
        if told is None:
            return
        by = loop.BY_ROLE[role]
        status, answer = await loop.try_(world, by, number, action, **await _more(world, action))
        code, roles = told
        expected = (403 if code == "role_required" else 409, code, roles)
        if (status, answer["code"], answer.get("roles", [])) != expected:
            different.append((action, role, answer, expected))

    for action in table.ACTIONS:
        await asyncio.gather(*(one(action, role) for role in table.ROLES.values()))
    assert different == []
    assert await world.see(number) == before
