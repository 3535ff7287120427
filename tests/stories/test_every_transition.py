"""Every (stage, action, role) through the API, against the table that people are told (bar L1)."""

import asyncio
from datetime import date, timedelta
from typing import Final

import pytest

from tests import table
from tests.harness import Json, World
from tests.stories import loop, ticks

# One case a stage for what leaves the stage as it is, whether done or refused; a new one for what moves it.
_SHARED: dict[str, str] = {}

_REACHED: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "acknowledge": {
        "reported": ("inspector", "office", "leader"),
        "confirmed": ("office", "leader"),
        "assigned": ("unit_staff", "unit_head", "inspector", "office", "leader"),
        "rectifying": ("unit_staff", "unit_head", "inspector", "office", "leader"),
        "verifying": ("inspector", "office", "leader"),
        "awaiting_closure": ("leader",),
    },
    "reply": {
        "reported": ("inspector",),
        "confirmed": ("office",),
        "assigned": ("unit_head",),
        "rectifying": ("unit_head",),
        "verifying": ("inspector",),
        "awaiting_closure": ("leader",),
    },
}
"""Whom a lateness in this stage is told, and who has to answer for it: nobody else can take note or answer."""
HOLDER: Final = {
    "reported": loop.CHECKER,
    "confirmed": loop.OFFICE,
    "assigned": loop.STAFF,
    "rectifying": loop.STAFF,
    "verifying": loop.CHECKER,
    "awaiting_closure": loop.DEPUTY,
}
"""Who holds the post that a case waits on."""
_UNREACHED: Final = {"acknowledge": "not_told", "reply": "no_open_slip"}


async def _shared(world: World, stage: str, kind: str = "") -> str:
    name = f"{stage} {kind}"
    if name not in _SHARED:
        number = await loop.to(world, stage, major=True)
        if kind == "late":
            await world.wind(60 * ticks.DAY, number)
        _SHARED[name] = number
    return _SHARED[name]


async def _ready(world: World, stage: str, action: str) -> str:
    """A major case at ``stage`` of which every condition of ``action`` but the role holds."""
    if (stage, action) in table.LEADS_TO:
        return await loop.to(world, stage, major=True)
    kinds = {"acknowledge": "late", "reply": "late", "grant_extension": "extended"}
    kinds |= dict.fromkeys(table.OF_THE_WAITING, "claimed")
    number = await _shared(world, stage, kinds.get(action, ""))
    case = await world.see(number)
    if action == "lift_supervision":
        await loop.do(world, loop.OFFICE, number, "supervise")
    if action == "resume_use" and not case["suspended"]:
        await loop.do(world, loop.OFFICE, number, "suspend_use")
    if action == "suspend_use" and case["suspended"]:
        await loop.do(world, loop.OFFICE, number, "resume_use")
    if action in ("pause", "defer", "extend") and case["paused"]:
        await loop.do(world, loop.OFFICE, number, "resume")
    if action == "resume" and not case["paused"]:
        await loop.do(world, loop.OFFICE, number, "pause")
    pending = any(one["decision"] == "pending" for one in case["extensions"])
    if action == "extend" and pending:
        await loop.do(world, loop.DEPUTY, number, "deny_extension")
    if action in ("grant_extension", "deny_extension") and not pending:
        await loop.do(world, loop.STAFF, number, "extend", **await _more(world, number, "extend"))
    if action == "acknowledge":
        # what an earlier acknowledgement held is over
        await world.wind(10 * ticks.DAY, number)
    return number


async def _claimed(world: World, stage: str, number: str, *, wanted: bool) -> None:
    """The work is claimed by whoever holds the post that it waits on, or free."""
    if (await world.see(number))["claim"] is not None:
        await loop.do(world, loop.OFFICE, number, "release")
    if wanted:
        await loop.do(world, HOLDER[stage], number, "claim")


async def _more(world: World, number: str, action: str) -> Json:
    """What depends on the case: the other one that it is merged into, a day behind its last one, its open slip."""
    if action == "merge" and "target" not in _SHARED:
        _SHARED["target"] = (await world.report(loop.FINDER, level="major"))["id"]
    if action == "merge":
        return {"into": _SHARED["target"]}
    case = await world.see(number)
    if action == "extend":
        last = date.fromisoformat(case["clock"]["last_day"]) if case["clock"] else world.clock().date()
        return {"until": (last + ticks.DAY).isoformat()}
    if action == "defer":
        return {"until": (world.clock().date() + timedelta(days=9)).isoformat()}
    if action == "hand_over":
        return {"successor": HOLDER.get(case["stage"], loop.STAFF)}
    if action == "reply":
        slips = [one["serial"] for one in case["slips"] if one["replied_at"] is None]
        return {"slip": slips[0] if slips else "DB-2026-000001-01"}
    return {}


@pytest.mark.parametrize("stage", table.STAGES)
async def test_what_the_table_allows_is_offered_and_done(world: World, stage: str) -> None:
    for at, action, role in table.every():
        if at != stage or table.refusal(stage, action, role) is not None:
            continue
        number, by = await _ready(world, stage, action), loop.BY_ROLE[role]
        if action in table.OF_THE_WAITING:
            await _claimed(world, stage, number, wanted=action != "claim")
        before = await world.see(number, by)
        status, after = await loop.try_(world, by, number, action, **await _more(world, number, action))
        offered = action in {told["action"] for told in before["allowed_actions"]}
        if action in _REACHED and role not in _REACHED[action][stage]:
            assert (status, after["code"], offered) == (403, _UNREACHED[action], False), (action, role)
            continue
        assert status == 200, (action, role, after)
        assert offered, (action, role)
        assert after["stage"] == table.LEADS_TO.get((stage, action), stage), (action, role)
        assert after["seq"] == before["seq"] + 1


@pytest.mark.parametrize("stage", table.STAGES)
async def test_what_the_table_denies_is_refused_by_code_and_changes_nothing(world: World, stage: str) -> None:
    number, claimed = await _shared(world, stage), await _shared(world, stage, "claimed")
    before = [await world.see(one) for one in (number, claimed)]
    different = []

    async def one(action: str, role: str) -> None:
        told = table.refusal(stage, action, role)
        if told is None:
            return
        by, tried = loop.BY_ROLE[role], claimed if action in table.OF_THE_WAITING else number
        status, answer = await loop.try_(world, by, tried, action, **await _more(world, tried, action))
        code, roles = told
        expected = (409 if code == "wrong_stage" else 403, code, roles)
        if (status, answer["code"], answer.get("roles", [])) != expected:
            different.append((action, role, answer, expected))

    for action in table.ACTIONS:
        await asyncio.gather(*(one(action, role) for role in table.ROLES.values()))
    assert different == []
    assert [await world.see(one) for one in (number, claimed)] == before
