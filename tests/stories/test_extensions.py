"""More time (延期): asked for with a reason, decided by somebody else, and everything else moves with it (bar L4)."""

from datetime import datetime, timedelta

import pytest

from tests.harness import Json, World
from tests.stories import loop, ticks
from tests.stories.loop import DEPUTY, HEAD, OFFICE, STAFF


def _day(monday: datetime, days: int) -> str:
    return (monday + days * ticks.DAY).date().isoformat()


async def _asked(world: World, monday: datetime, days: int, stage: str = "rectifying") -> str:
    number = await loop.to(world, stage)
    await loop.do(world, STAFF, number, "extend", until=_day(monday, days))
    return number


async def test_while_a_request_is_pending_the_old_deadline_rules(world: World, monday: datetime) -> None:
    number = await _asked(world, monday, 25)
    asked = await world.see(number)
    assert ticks.told(monday, asked["due_at"]) == "D16 00:00"
    assert [(one["decision"], one["until"]) for one in asked["extensions"]] == [("pending", _day(monday, 25))]
    (requested,) = [
        one for one in await ticks.inbox(world, OFFICE, number) if one["kind"] == "extension_requested"
    ]
    assert "防火门须定制" in requested["text"]
    listed = await world.whole(OFFICE, "/v1/hazards", extension_pending="true")
    assert number in {one["id"] for one in listed}
    await world.until(ticks.on(monday, 16), number)
    assert (await world.see(number))["overdue"] is True


async def test_a_grant_moves_every_reminder_and_no_old_one_fires(world: World, monday: datetime) -> None:
    number = await _asked(world, monday, 25)
    await world.until(ticks.on(monday, 9, "09:00"), number)
    granted = await loop.do(world, DEPUTY, number, "grant_extension")
    assert ticks.told(monday, granted["due_at"]) == "D26 00:00"
    assert granted["rounds"][-1]["due_at"] == granted["due_at"]
    assert (granted["clock"]["extended"], ticks.told(monday, granted["clock"]["first_due_at"])) == (
        True,
        "D16 00:00",
    )
    (extension,) = granted["extensions"]
    decided = [ticks.told(monday, extension[name]) for name in ("due_before", "due_after", "decided_at")]
    assert (decided, extension["decision"], extension["decided_post"]) == (
        ["D16 00:00", "D26 00:00", "D9 09:00"],
        "granted",
        "deputy",
    )
    await world.until(ticks.on(monday, 26), number)
    assert await ticks.history(world, number, monday) == [
        "remind D22 08:30",
        "remind D24 08:30",
        "remind D25 08:30",
        "lapse D26 00:00",
    ]
    assert (await ticks.kinds(world, STAFF, number)).count("extension_decided") == 1


async def test_a_granted_extension_stays_when_the_rectification_begins(
    world: World, monday: datetime
) -> None:
    number = await _asked(world, monday, 25, stage="assigned")
    await loop.do(world, OFFICE, number, "grant_extension")
    started = await loop.do(world, HEAD, number, "start")
    assert ticks.told(monday, started["due_at"]) == "D26 00:00"
    assert started["clock"]["extended"] is True
    assert ticks.told(monday, started["rounds"][-1]["due_at"]) == "D26 00:00"


async def test_a_grant_for_a_case_that_is_late_lifts_the_lateness_and_keeps_its_count(
    world: World, monday: datetime
) -> None:
    number = await _asked(world, monday, 25)
    await world.until(ticks.on(monday, 17, "10:00"), number)
    assert (await world.see(number))["colour"] == "blue"
    granted = await loop.do(world, OFFICE, number, "grant_extension")
    assert (granted["overdue"], granted["colour"], granted["overdue_count"]) == (False, None, 1)
    await world.until(ticks.on(monday, 26), number)
    taken = await ticks.history(world, number, monday)
    assert taken[taken.index("repeat D16 17:30") + 1 :] == [
        "chase D21 17:30",
        "remind D22 08:30",
        "remind D24 08:30",
        "remind D25 08:30",
        "lapse D26 00:00",
    ]
    assert (await world.see(number))["overdue_count"] == 2


async def test_a_refusal_leaves_the_old_deadline_and_can_be_followed_by_another_request(
    world: World, monday: datetime
) -> None:
    number = await _asked(world, monday, 25)
    status, told = await loop.try_(world, STAFF, number, "extend", until=_day(monday, 20))
    assert (status, told["code"]) == (409, "extension_pending")
    assert (await world.act(OFFICE, number, "deny_extension", reason=" ")).status_code == 422
    denied = await loop.do(world, OFFICE, number, "deny_extension", reason="可先行清理")
    assert (ticks.told(monday, denied["due_at"]), denied["extensions"][0]["decision"]) == (
        "D16 00:00",
        "denied",
    )
    for action in ("deny_extension", "grant_extension"):
        status, told = await loop.try_(world, OFFICE, number, action)
        assert (status, told["code"]) == (409, "no_extension_pending")
    await loop.do(world, HEAD, number, "extend", until=_day(monday, 20))
    again = await loop.do(world, OFFICE, number, "grant_extension")
    assert [one["decision"] for one in again["extensions"]] == ["denied", "granted"]
    assert ticks.told(monday, again["due_at"]) == "D21 00:00"


async def test_extensions_reach_so_far_beyond_the_first_deadline_and_no_further(
    world: World, monday: datetime
) -> None:
    number = await loop.to(world, "rectifying")

    async def refused(days: int) -> tuple[int, str]:
        status, told = await loop.try_(world, STAFF, number, "extend", until=_day(monday, days))
        assert told["field"] == "until"
        return status, told["code"]

    assert await refused(31) == (409, "extension_over_cap")
    assert await refused(15) == (409, "extension_not_later")
    assert await refused(-1) == (409, "until_in_past")
    await loop.do(world, STAFF, number, "extend", until=_day(monday, 29))
    await loop.do(world, OFFICE, number, "grant_extension")
    # the cap counts from the first deadline, whatever was granted since
    assert await refused(31) == (409, "extension_over_cap")
    await loop.do(world, STAFF, number, "extend", until=_day(monday, 30))
    granted = await loop.do(world, OFFICE, number, "grant_extension")
    assert ticks.told(monday, granted["due_at"]) == "D31 00:00"


async def test_nobody_decides_the_request_that_they_made_themselves(world: World, monday: datetime) -> None:
    number = await _asked(world, monday, 25, stage="assigned")
    status, told = await loop.try_(world, STAFF, number, "grant_extension")
    assert (status, told["code"]) == (403, "role_required")

    async def move(old: str, new: str) -> None:
        async with world.database.transaction() as connection:
            await connection.execute(
                "UPDATE holders SET post_id = $1 WHERE person_id = $2 AND post_id = $3", new, STAFF, old
            )

    # the same natural person, from the unit to the office in the meantime
    await move("ec01-safety", "general-office-head")
    try:
        for action in ("grant_extension", "deny_extension"):
            status, told = await loop.try_(world, STAFF, number, action)
            assert (status, told["code"]) == (403, "own_extension")
    finally:
        await move("general-office-head", "ec01-safety")
    assert (await loop.do(world, OFFICE, number, "grant_extension"))["extensions"][0]["decision"] == "granted"


async def test_a_request_is_moot_when_the_work_is_handed_in_before_it_is_decided(
    world: World, monday: datetime
) -> None:
    number = await _asked(world, monday, 25)
    submitted = await loop.do(world, STAFF, number, "submit")
    assert [one["decision"] for one in submitted["extensions"]] == ["moot"]
    status, told = await loop.try_(world, OFFICE, number, "grant_extension")
    assert (status, told["code"]) == (409, "wrong_stage")
    returned = await loop.do(world, loop.CHECKER, number, "return")
    assert returned["clock"]["extended"] is False
    status, told = await loop.try_(world, OFFICE, number, "grant_extension")
    assert (status, told["code"]) == (409, "no_extension_pending")


async def test_a_request_whose_day_has_passed_meanwhile_cannot_be_granted(
    world: World, monday: datetime
) -> None:
    number = await _asked(world, monday, 18)
    await world.until(ticks.on(monday, 19, "09:00"), number)
    status, told = await loop.try_(world, OFFICE, number, "grant_extension")
    assert (status, told["code"]) == (409, "until_in_past")
    assert (await loop.do(world, OFFICE, number, "deny_extension"))["overdue"] is True


@pytest.mark.parametrize("action", ["extend", "defer"])
async def test_a_day_that_cannot_be_is_refused_by_name(world: World, monday: datetime, action: str) -> None:
    number = await loop.to(world, "assigned")
    person = STAFF if action == "extend" else OFFICE
    before = await world.see(number)
    malformed: list[Json] = [{"until": one} for one in ("2026-02-30", "", "明天", 20261208, None, "2026-12")]
    # midnights as computers count them are days to nobody
    malformed += [{"until": one} for one in (1798675200, "1798675200", "2026-12-31T00:00:00")]
    for more in malformed:
        status, told = await loop.try_(world, person, number, action, **more)
        assert (status, told["code"], told["errors"][0]["field"]) == (422, "invalid_request", "body.until")
    far = {"0001-01-01": "until_in_past", "9999-12-31": "until_too_far"}
    far[(world.clock() + timedelta(days=4000)).date().isoformat()] = "until_too_far"
    for until, code in far.items():
        status, told = await loop.try_(world, person, number, action, until=until)
        assert (status, told["code"], told["field"]) == (409, code, "until"), until
    assert await world.see(number) == before
