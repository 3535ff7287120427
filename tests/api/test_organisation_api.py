"""Changing the organisation through the API: who may, what is refused and by which row, and that nothing is half applied."""

from datetime import timedelta
from typing import Any

import pytest

from tests.harness import Json, World
from tests.stories import loop, organised
from tests.stories.loop import BY_ROLE, DEPUTY, OFFICE
from tests.stories.organised import holder, standing_in

LATER = ("2031-01-06", "2031-01-10")


@pytest.fixture(scope="module")
def world(apart: World) -> World:
    """Here posts change hands."""
    return apart


@pytest.fixture(autouse=True)
def _clock_set_back(world: World) -> None:
    world.clock.ahead, world.following = timedelta(), False


@pytest.mark.parametrize("role", sorted(BY_ROLE))
async def test_the_office_and_the_leaders_change_it_and_oversight_reads_it(world: World, role: str) -> None:
    person = BY_ROLE[role]
    reads = role in ("office", "leader", "oversight")
    for path in ("/v1/organisation", "/v1/organisation/edits"):
        assert (await world.get(person, path)).status_code == (200 if reads else 403), path
    seen = await organised.version(world)
    status, told = await organised.try_(world, by=person, seen=seen, dry_run=True, people=[])
    assert status == (200 if role in ("office", "leader") else 403), told


async def test_the_organisation_as_it_is_sent_back_changes_nothing(world: World) -> None:
    body = (await world.get(OFFICE, "/v1/organisation")).json()
    status, told = await organised.try_(world, seen=body["version"], **body["document"])
    assert (status, told["differences"], told["version"]) == (200, [], body["version"])


async def test_a_change_is_shown_first_and_then_made_and_logged(world: World) -> None:
    row = {"id": "p-new-relief", "name": "新任救助室示例"}
    change: Json = {"people": [row], "holders": [holder("relief-head", "p-new-relief")]}
    seen = await organised.version(world)
    _, shown = await organised.try_(world, dry_run=True, **change)
    assert (shown["dry_run"], shown["version"]) == (True, seen)
    assert {(one["table"], one["row"]) for one in shown["differences"]} == {
        ("people", "p-new-relief"),
        ("holders", "relief-head/p-relief"),
        ("holders", "relief-head/p-new-relief"),
    }
    assert await organised.version(world) == seen
    made = await organised.edit(world, **change)
    assert made["version"] == seen + 1
    (last,) = (await world.get(DEPUTY, "/v1/organisation/edits", limit=1)).json()["items"]
    assert (last["version"], last["person"], last["post"], last["channel"]) == (
        seen + 1,
        "办公室示例",
        "领导小组办公室主任",
        "api",
    )
    assert len(last["differences"]) == 3
    assert await organised.edit(world, **change) | {"version": 0} == {
        "version": 0,
        "dry_run": False,
        "differences": [],
    }
    await organised.edit(world, holders=[holder("relief-head", "p-relief")])


async def test_a_request_sent_again_is_answered_again_and_made_once(world: World) -> None:
    body = {
        "document": {"areas": [{"id": "west", "name": "西片"}]},
        "expected_version": await organised.version(world),
    }
    first = await world.post(OFFICE, "/v1/organisation/edits", body, key="west-1")
    again = await world.post(OFFICE, "/v1/organisation/edits", body, key="west-1")
    assert (first.status_code, again.status_code, again.json()) == (200, 200, first.json())
    assert again.headers["Idempotency-Replayed"] == "true"
    assert await organised.version(world) == first.json()["version"]


async def test_two_administrators_at_once_the_second_is_refused_by_the_row_unless_it_is_another(
    world: World,
) -> None:
    seen = await organised.version(world)
    area = {"id": "east", "name": "东片"}
    await organised.edit(world, seen=seen, areas=[area], holders=[holder("finance-head", "p-affairs")])
    try:
        status, told = await organised.try_(
            world, by=DEPUTY, seen=seen, holders=[holder("finance-head", "p-relief")]
        )
        assert (status, told["code"]) == (409, "organisation_version_stale")
        assert (told["table"], told["row"], told["field"]) == ("posts", "finance-head", "expected_version")
        status, told = await organised.try_(
            world, by=DEPUTY, seen=seen, areas=[{"id": "mid", "name": "中片"}]
        )
        assert status == 200, told
    finally:
        await organised.edit(world, holders=[holder("finance-head", "p-finance")])


_REFUSED: list[tuple[Json, str, tuple[str, str, str]]] = [
    (
        {"holders": [holder("leader", "p-leader"), holder("leader", "p-relief")]},
        "post_overfilled",
        ("holders", "leader/p-relief", "valid_from"),
    ),
    (
        {"holders": [holder("leader", "p-relief", valid_from="2020-01-01T00:00:00+08:00")]},
        "past_changed",
        ("holders", "leader/p-relief/2020-01-01T00:00:00+08:00", "valid_from"),
    ),
    (
        {"holders": [holder("office", "p-relief")]},
        "bound_post_held",
        ("holders", "office/p-relief", "post_id"),
    ),
    (
        {"holders": [holder("leader", "nobody")]},
        "person_unknown",
        ("holders", "leader/nobody", "person_id"),
    ),
    (
        {"holders": [holder("king", "p-leader")]},
        "post_unknown",
        ("holders", "king/p-leader", "post_id"),
    ),
    (
        {"posts": [{"id": "a", "title": "甲", "role": "member", "unit_id": "nowhere"}]},
        "unit_unknown",
        ("posts", "a", "unit_id"),
    ),
    (
        {
            "posts": [
                {"id": "a", "title": "甲", "role": "member", "unit_id": "bureau", "bound_to": "b"},
                {"id": "b", "title": "乙", "role": "member", "unit_id": "bureau", "bound_to": "a"},
            ]
        },
        "binding_cycle",
        ("posts", "a", "bound_to"),
    ),
    (
        {"posts": [{"id": "a", "title": "甲", "role": "member", "unit_id": "bureau", "bound_to": "office"}]},
        "binding_chain",
        ("posts", "a", "bound_to"),
    ),
    (
        {
            "units": [
                {"id": "x", "name": "某院", "kind": "zoo", "district": "示例区", "unit_post": "ec01-safety"}
            ]
        },
        "unit_kind_unknown",
        ("units", "x", "kind"),
    ),
    (
        {"areas": [{"id": "x", "name": "某片", "team_post": "office"}]},
        "post_is_no_team",
        ("areas", "x", "team_post"),
    ),
    ({"desks": [{"name": "leader", "post_id": "king"}]}, "post_unknown", ("desks", "leader", "post_id")),
    (
        {
            "substitutions": [
                standing_in("team-1", "p-team1a", "p-relief", *LATER),
                standing_in("relief-head", "p-relief", "p-affairs", *LATER),
            ]
        },
        "substitution_chain",
        ("substitutions", "team-1/p-team1a/p-relief", "substitute_id"),
    ),
    (
        {
            "substitutions": [
                standing_in("team-1", "p-team1a", "p-team2a", *LATER),
                standing_in("team-2", "p-team2a", "p-team1a", *LATER),
            ]
        },
        "substitution_cycle",
        ("substitutions", "team-1/p-team1a/p-team2a", "substitute_id"),
    ),
    (
        {
            "substitutions": [
                standing_in("team-1", "p-team1a", "p-relief", *LATER),
                standing_in("team-1", "p-team1a", "p-affairs", *LATER),
            ]
        },
        "substituted_twice",
        ("substitutions", "team-1/p-team1a/p-relief", "first_day"),
    ),
    (
        {"substitutions": [standing_in("team-1", "p-team1a", "p-team1a", *LATER)]},
        "substitution_of_self",
        ("substitutions", "team-1/p-team1a/p-team1a", "substitute_id"),
    ),
    (
        {"substitutions": [standing_in("team-2", "p-team1a", "p-relief", *LATER)]},
        "substitution_moot",
        ("substitutions", "team-2/p-team1a/p-relief", "absent_id"),
    ),
]


@pytest.mark.parametrize(("change", "code", "where"), _REFUSED, ids=[code for _, code, _ in _REFUSED])
async def test_what_nobody_could_act_by_is_refused_by_its_row_and_nothing_is_half_applied(
    world: World, change: Json, code: str, where: tuple[str, str, str]
) -> None:
    before = (await world.get(OFFICE, "/v1/organisation")).json()
    stray: dict[str, Any] = {"people": [{"id": "p-stray", "name": "不应留下"}]}
    status, told = await organised.try_(world, **change | stray)
    assert (status, told["code"], told["table"]) == (409, code, where[0]), told
    assert (told["row"][: len(where[1])], told["field"]) == where[1:], told
    assert told["row"] in told["title"]
    assert (await world.get(OFFICE, "/v1/organisation")).json() == before


@pytest.mark.parametrize(
    "change",
    [
        {"substitutions": [standing_in("team-1", "p-team1a", "p-relief", "2031-01-06", "9999-12-31")]},
        {"substitutions": [standing_in("team-1", "p-team1a", "p-relief", "0001-01-01", "2031-01-06")]},
        {"holders": [holder("leader", "p-relief", valid_from="0001-01-01T00:00:00+14:00")]},
        {"holders": [holder("leader", "p-relief", valid_to="9999-12-31T23:59:59-12:00")]},
        {"holders": [holder("leader", "p-relief", valid_from="2031-01-06T00:00:00")]},
        {"holders": [holder("leader", "p-relief", colour="red")]},
        {"pets": []},
    ],
)
async def test_what_is_no_row_of_an_organisation_is_refused_by_its_field(world: World, change: Json) -> None:
    status, told = await organised.try_(world, **change)
    assert (status, told["code"]) == (422, "invalid_request")
    assert told["errors"][0]["field"].startswith("body.document")


async def test_the_same_row_twice_is_refused_like_any_other_fault(world: World) -> None:
    for post in ("leader", "team-1"):
        status, told = await organised.try_(world, holders=[holder(post, "p-relief")] * 2)
        assert (status, told["table"]) == (409, "holders"), told
    cover = standing_in("team-1", "p-team1a", "p-relief", *LATER)
    status, told = await organised.try_(world, substitutions=[cover, cover])
    assert (status, told["code"]) == (409, "substituted_twice"), told


async def test_open_work_is_left_to_nobody_unless_it_is_said_who_takes_it(world: World) -> None:
    number = (await world.report("p-team2a", unit="ec04"))["id"]
    await loop.do(world, "p-team2a", number, "confirm")
    await loop.do(world, OFFICE, number, "assign", post="ec04-safety")
    ends = (world.clock() + timedelta(minutes=5)).isoformat()
    leaving = [holder("ec04-safety", "p-ec04-safety", valid_to=ends)]
    status, told = await organised.try_(world, holders=leaving)
    assert (status, told["code"], told["row"]) == (409, "open_work_without_holder", "ec04-safety")
    assert told["posts"] == ["ec04-safety"]
    await organised.edit(world, holders=leaving, takes={"ec04-safety": "p-ec04-head"})
    world.clock.ahead = timedelta(minutes=6)
    assert number in {one["id"] for one in await world.whole("p-ec04-head", "/v1/me/work")}
    await organised.edit(world, holders=[holder("ec04-safety", "p-ec04-safety")])


async def test_a_post_of_another_unit_does_not_exist_and_a_teams_units_are_shown_to_who_may_see_them(
    world: World,
) -> None:
    assert (await world.get(loop.STAFF, "/v1/posts/ec02-head")).status_code == 404
    assert (await world.get(loop.STAFF, "/v1/posts/ec01-head")).status_code == 200
    teams = {one["id"]: one for one in (await world.get(OFFICE, "/v1/teams")).json()["items"]}
    assert teams["team-3"]["areas"] == ["北镇（示例）", "南镇（示例）"]
    assert teams["team-3"]["units"] == ["ec05", "ec06", "su01"]
    seen = {one["id"]: one["units"] for one in (await world.get(loop.STAFF, "/v1/teams")).json()["items"]}
    assert [unit for units in seen.values() for unit in units] == ["ec01"]
