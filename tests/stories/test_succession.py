"""Work follows the post (由变动后人员自动接替), and a substitute acts for given days (bars A2, A3, E4, U4)."""

from datetime import datetime, timedelta

import pytest

from tests.harness import LOCAL, Json, World
from tests.stories import calendars, loop, organised, ticks
from tests.stories.loop import DEPUTY, FINDER, OFFICE, STAFF
from tests.stories.organised import holder, standing_in

NEW_DEPUTY = "p-relief"


@pytest.fixture(scope="module")
def world(apart: World) -> World:
    """Here posts change hands."""
    return apart


@pytest.fixture(autouse=True)
def _clock_set_back(world: World) -> None:
    world.clock.ahead, world.following = timedelta(), False


def _day(instant: datetime) -> str:
    return instant.astimezone(LOCAL).date().isoformat()


def _today(world: World) -> str:
    """The local day on which the story takes place to its end: shortly before midnight it begins shortly after it."""
    soon = timedelta(minutes=10)
    if _day(world.clock()) != _day(world.clock() + soon):
        world.clock.ahead, world.following = soon, True
    return _day(world.clock())


async def test_a_deputy_replaced_a_minute_before_an_escalation_hands_it_to_the_new_one(world: World) -> None:
    monday = world.begin_on_monday()
    number = await loop.to(world, "assigned")
    await world.until(ticks.on(monday, 22, "17:29"), number)
    replaced = ticks.on(monday, 22, "17:29")
    await organised.edit(world, holders=[holder("deputy", NEW_DEPUTY)])
    try:
        await world.until(ticks.on(monday, 23, "08:30"), number)
        (escalated,) = await ticks.inbox(world, NEW_DEPUTY, number)
        assert (escalated["kind"], escalated["post_id"]) == ("escalation", "deputy")
        assert await ticks.inbox(world, DEPUTY, number) == []
        assert number in {one["id"] for one in await _work(world, NEW_DEPUTY)}
        assert number not in {one["id"] for one in await _work(world, DEPUTY)}
        log = await world.whole(OFFICE, f"/v1/hazards/{number}/notices")
        (line,) = [one for one in log if one["post_id"] == "deputy"]
        assert (line["held_when_due"], line["hold_now"]) == (["救助室示例"], ["救助室示例"])
        # the log names both, and when one took over from the other
        before, after = line["tenures"]
        assert (before["person"], after["person"]) == ("副组长示例", "救助室示例")
        assert before["valid_to"] == after["valid_from"]
        assert timedelta() <= ticks.instant(after["valid_from"]) - replaced < timedelta(minutes=1)
    finally:
        await organised.edit(world, holders=[holder("deputy", DEPUTY)])
    # what was due while the other held it still says so
    log = await world.whole(OFFICE, f"/v1/hazards/{number}/notices")
    (line,) = [one for one in log if one["post_id"] == "deputy" and one["kind"] == "escalation"]
    assert (line["held_when_due"], line["hold_now"]) == (["救助室示例"], ["副组长示例"])


async def _work(world: World, person: str) -> list[Json]:
    return await world.whole(person, "/v1/me/work")


async def test_a_change_to_come_takes_effect_at_its_instant_and_not_before(world: World) -> None:
    number = await loop.to(world, "assigned")
    takes_over = world.clock() + timedelta(hours=2)
    await organised.edit(
        world, holders=[holder("ec01-safety", "p-affairs", valid_from=takes_over.isoformat())]
    )
    try:
        assert (await loop.try_(world, "p-affairs", number, "start"))[0] in (403, 404)
        assert number in {one["id"] for one in await _work(world, STAFF)}
        world.clock.ahead += timedelta(hours=2, seconds=1)
        assert (await loop.try_(world, STAFF, number, "start"))[0] in (403, 404)
        assert number in {one["id"] for one in await _work(world, "p-affairs")}
        assert (await loop.do(world, "p-affairs", number, "start"))["stage"] == "rectifying"
        line = (await loop.timeline(world, number))[-1]
        assert (line["signed"], line["post"]) == ("事务室示例", "康宁养老院安全员")
    finally:
        await organised.edit(world, holders=[holder("ec01-safety", STAFF)])
    history = (await world.get(OFFICE, "/v1/posts/ec01-safety")).json()["tenures"]
    assert [one["person"] for one in history] == ["ec01安全员示例", "事务室示例", "ec01安全员示例"]


async def test_a_substitute_acts_by_the_covered_post_on_the_covered_days_in_the_name_of_the_absent(
    world: World,
) -> None:
    today = _today(world)
    number = (await world.report(FINDER))["id"]
    cover = standing_in("team-1", FINDER, "p-finance", today, today)
    await organised.edit(world, substitutions=[cover])
    me = (await world.get("p-finance", "/v1/me")).json()["posts"]
    assert {(one["id"], one["on_behalf_of"]) for one in me} == {
        ("finance-head", None),
        ("team-1", "督导1组甲示例"),
    }
    assert number in {one["id"] for one in await _work(world, "p-finance")}
    assert (await loop.do(world, "p-finance", number, "confirm"))["stage"] == "confirmed"
    line = (await loop.timeline(world, number))[-1]
    assert (line["person"], line["on_behalf_of"], line["post"]) == (
        "财务室示例",
        "督导1组甲示例",
        "第一督导组",
    )
    assert line["signed"] == "财务室示例 代 督导1组甲示例"
    # exactly the covered post: the substitute is no office
    assert (await loop.try_(world, "p-finance", number, "supervise"))[0] == 403
    # the absent one keeps the post
    assert {one["id"] for one in (await world.get(FINDER, "/v1/me")).json()["posts"]} == {"team-1"}
    world.clock.ahead += timedelta(days=1)
    assert [one["id"] for one in (await world.get("p-finance", "/v1/me")).json()["posts"]] == ["finance-head"]
    status, told = await loop.try_(world, "p-finance", number, "assign")
    assert (status, told["code"]) == (403, "role_required")


async def test_a_substitute_whose_principal_leaves_the_post_may_not_act_any_more(world: World) -> None:
    today = _today(world)
    number = (await world.report("p-team2a", unit="ec03"))["id"]
    await organised.edit(
        world, substitutions=[standing_in("team-2", "p-team2a", "p-organisations", today, today)]
    )
    assert "confirm" in await _allowed(world, "p-organisations", number)
    await organised.edit(world, holders=[holder("team-2", "p-team2b")])
    assert await _allowed(world, "p-organisations", number) == set()
    await organised.edit(world, holders=[holder("team-2", "p-team2a"), holder("team-2", "p-team2b")])


async def _allowed(world: World, person: str, number: str) -> set[str]:
    answer = await world.get(person, f"/v1/hazards/{number}")
    return {one["action"] for one in answer.json()["allowed_actions"]}


async def test_what_a_substitute_changes_beside_the_cases_is_noted_in_whose_name(world: World) -> None:
    today, path = _day(world.clock()), "/v1/posts/ec02-safety/contact"
    await organised.edit(
        world, substitutions=[standing_in("ec02-head", "p-ec02-head", "p-ec02-safety", today, today)]
    )
    seen = (await world.get("p-ec02-safety", path)).json()["version"]
    body = {"landline": "010-55550909", "expected_version": seen}
    assert (await world.put("p-ec02-safety", path, body)).status_code == 200
    log = await world.get("p-oversight", "/v1/audit/access", subject="posts/ec02-safety/contact")
    row = log.json()["items"][0]
    assert (row["person_id"], row["post_id"], row["on_behalf_of"]) == (
        "p-ec02-safety",
        "ec02-head",
        "p-ec02-head",
    )


async def test_a_substitute_never_checks_what_they_or_their_principal_rectified(world: World) -> None:
    today = _today(world)
    number = await loop.to(world, "verifying")
    await organised.edit(world, substitutions=[standing_in("team-1", "p-team1b", STAFF, today, today)])
    status, told = await loop.try_(world, STAFF, number, "pass")
    assert (status, told["code"]) == (403, "separation_of_duties")
    # the rectifier joins the team and sends somebody else in their name
    await organised.edit(
        world,
        posts=[_team_of_three()],
        holders=[holder("team-1", one) for one in (FINDER, "p-team1b", STAFF)],
        substitutions=[standing_in("team-1", STAFF, "p-finance", today, today)],
    )
    try:
        status, told = await loop.try_(world, "p-finance", number, "pass")
        assert (status, told["code"]) == (403, "separation_of_duties")
    finally:
        await organised.edit(world, holders=[holder("team-1", FINDER), holder("team-1", "p-team1b")])
    assert (await loop.do(world, loop.CHECKER, number, "pass"))["stage"] == "closed"


def _team_of_three() -> dict[str, object]:
    return {"id": "team-1", "title": "第一督导组", "role": "inspector", "unit_id": "bureau", "seats": 3}


async def test_the_open_work_of_a_unit_goes_to_the_team_that_covers_it_now(world: World) -> None:
    number = (await world.report(FINDER, unit="ec02"))["id"]
    try:
        assert await calendars.done(world, await organised.covered_by(world, "ec02", "team-2")) >= 1
        assert number in {one["id"] for one in await _work(world, "p-team2a")}
        assert number not in {one["id"] for one in await _work(world, FINDER)}
        (told,) = await ticks.inbox(world, "p-team2a", number)
        assert (told["kind"], told["post_id"]) == ("work", "team-2")
        line = (await loop.timeline(world, number))[-1]
        assert (line["label"], line["reason"]) == ("改由现包联的督导组承办", "人员变动")
        assert (await loop.do(world, "p-team2a", number, "confirm"))["stage"] == "confirmed"
    finally:
        await calendars.done(world, await organised.covered_by(world, "ec02", "team-1"))


async def test_whoever_heads_the_general_office_directs_the_office(world: World) -> None:
    number = (await world.report(FINDER))["id"]
    await loop.do(world, FINDER, number, "confirm")
    await organised.edit(world, holders=[holder("general-office-head", "p-affairs")])
    try:
        assert number in {one["id"] for one in await _work(world, "p-affairs")}
        assert (await loop.try_(world, OFFICE, number, "assign"))[0] == 403
        assert (await loop.do(world, "p-affairs", number, "assign"))["stage"] == "assigned"
        line = (await loop.timeline(world, number, person="p-affairs"))[-1]
        assert (line["person"], line["post"]) == ("事务室示例", "领导小组办公室主任")
    finally:
        body = {
            "document": {"holders": [holder("general-office-head", OFFICE)]},
            "expected_version": (await world.get("p-affairs", "/v1/organisation")).json()["version"],
        }
        assert (await world.post("p-affairs", "/v1/organisation/edits", body)).status_code == 200
