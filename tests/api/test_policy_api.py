"""Adding a policy: tried first, refused by field, binding what opens later, running cases only when their count is told."""

import copy
import uuid
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import pytest

from deploy import postgres
from deploy.devstack import Devstack
from tests.harness import LOCAL, REGION, Json, World
from tests.stories import calendars, loop
from tests.stories.loop import BY_ROLE, OFFICE

PATH = "/v1/policies"
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def world(apart: World) -> World:
    """A policy binds everybody."""
    return apart


@pytest.fixture(autouse=True)
async def _as_before(world: World, apart_stack: Devstack) -> AsyncIterator[None]:
    """What a test adds is gone after it."""
    world.clock.ahead, world.following = timedelta(), False
    yield
    url = postgres.url(apart_stack.data, postgres.OWNER, apart_stack.secrets.owner)
    owner = await asyncpg.connect(url)
    try:
        await owner.execute("DELETE FROM restamps WHERE policy_version LIKE 'api-%'")
        await owner.execute("DELETE FROM policies WHERE version LIKE 'api-%'")
    finally:
        await owner.close()


def _policy(**body: Any) -> Json:
    """A new version under which a response takes three working days, not two."""
    version = f"api-{uuid.uuid4().hex[:8]}"
    terms: Json = copy.deepcopy(calendars.TERMS) | {"version": version, "region": REGION}
    terms["limits"]["general"]["respond"]["amount"] = 3
    return {"version": version, "terms": terms} | body


async def _versions(world: World) -> list[str]:
    answer = await world.get(loop.STAFF, PATH)
    assert answer.status_code == 200, answer.text
    return [one["version"] for one in answer.json()["items"]]


async def _add(world: World, body: Json, *, trial: bool = False) -> Json:
    answer = await world.post(OFFICE, f"{PATH}?dry_run=true" if trial else PATH, body)
    assert answer.status_code == 200, answer.text
    added: Json = answer.json()
    return added


async def _refused(world: World, body: Json, *, trial: bool = False) -> tuple[int, str, str | None]:
    """Status, code and field of a refusal, after which nothing is added."""
    before = await _versions(world)
    answer = await world.post(OFFICE, f"{PATH}?dry_run=true" if trial else PATH, body)
    assert await _versions(world) == before
    told = answer.json()
    return answer.status_code, told["code"], told.get("field")


@pytest.mark.parametrize("role", sorted(BY_ROLE))
async def test_the_office_and_the_leaders_add_a_policy_and_nobody_else(world: World, role: str) -> None:
    body = _policy(valid_from=(world.clock() + 900 * DAY).isoformat())
    for path in (f"{PATH}?dry_run=true", PATH):
        answer = await world.post(BY_ROLE[role], path, body)
        if role in ("office", "leader"):
            assert answer.status_code == 200, answer.text
        else:
            assert (answer.status_code, answer.json()["code"]) == (403, "role_required")
            assert body["version"] not in await _versions(world)


async def test_a_trial_counts_running_cases_and_what_would_move_and_adds_nothing(world: World) -> None:
    monday = world.begin_on_monday()
    number = (await world.report())["id"]
    before, seen = await _versions(world), await world.see(number)
    body = _policy()
    tried = await _add(world, body, trial=True)
    assert (tried["version"], tried["dry_run"], tried["restamp"]) == (body["version"], True, None)
    assert tried["running_count"] >= 1
    moved = {one["hazard_id"]: one for one in tried["moved"]}[number]
    assert datetime.fromisoformat(moved["due_after"]) == calendars.at_close(monday.date() + 3 * DAY)
    assert (await _versions(world), await world.see(number)) == (before, seen)


BAD = [
    ({"limits": {}}, "policy_gap", "terms.limits"),
    ({"ladders": {}}, "policy_gap", "terms.ladders.general"),
    ({"colour": "blue"}, "policy_invalid", "terms.colour"),
    ({"reopen_days": "30"}, "policy_invalid", "terms.reopen_days"),
    ({"reopen_days": -1}, "policy_invalid", "terms.reopen_days"),
    ({"evidence": {"fly": []}}, "policy_invalid", "terms.evidence.fly"),
    ({"version": "another"}, "policy_invalid", "terms.version"),
    ({"region": "CN-NOWHERE"}, "policy_invalid", "terms.region"),
    ({"utc_offset_minutes": 420}, "policy_invalid", "terms.utc_offset_minutes"),
]


@pytest.mark.parametrize(("terms", "code", "field"), BAD)
@pytest.mark.parametrize("trial", [True, False])
async def test_a_bad_policy_is_refused_by_the_path_of_the_field(
    world: World, terms: Json, code: str, field: str, trial: bool
) -> None:
    body = _policy()
    body["terms"] |= terms
    assert await _refused(world, body, trial=trial) == (409, code, field)


async def test_a_limit_that_cannot_be_and_a_ladder_to_nobody_are_refused_by_their_place(world: World) -> None:
    body = _policy()
    body["terms"]["limits"]["major"]["verify"]["amount"] = 0
    assert await _refused(world, body) == (409, "limit_invalid", "terms.limits.major.verify.amount")
    body = _policy()
    body["terms"]["ladders"]["general"]["rungs"].pop()
    body["terms"]["ladders"]["general"]["rungs"].pop()
    assert await _refused(world, body) == (409, "ladder_reaches_nobody", "terms.ladders.general.rungs.2.to")


async def test_a_policy_has_limits_for_every_level_that_there_is_and_for_no_other(world: World) -> None:
    body = _policy()
    for part in ("limits", "ladders", "extension_days"):
        del body["terms"][part]["major"]
    assert await _refused(world, body) == (409, "policy_gap", "terms.limits.major")
    body = _policy()
    for part in ("limits", "ladders"):
        body["terms"][part]["huge"] = body["terms"][part]["major"]
    assert await _refused(world, body) == (409, "policy_invalid", "terms.limits.huge")


async def test_a_policy_has_limits_for_no_category_that_nobody_knows(world: World) -> None:
    body = _policy()
    body["terms"]["category_limits"]["fier"] = body["terms"]["category_limits"]["food"]
    assert await _refused(world, body) == (409, "policy_invalid", "terms.category_limits.fier")


async def test_a_named_date_before_the_policy_takes_effect_is_refused(world: World) -> None:
    body, today = _policy(), world.clock().astimezone(LOCAL).date()
    body["terms"]["limits"]["major"]["verify"] = {"unit": "named_date", "on": str(today - DAY)}
    assert await _refused(world, body) == (409, "limit_in_past", "terms.limits.major.verify.on")
    body["terms"]["limits"]["major"]["verify"]["on"] = str(today)
    assert (await _add(world, body, trial=True))["dry_run"] is True


async def test_what_is_said_beside_the_terms_is_checked_too(world: World) -> None:
    past = (world.clock() - DAY).isoformat()
    later = (world.clock() + DAY).isoformat()
    for more, field in (
        ({"valid_from": past}, "valid_from"),
        ({"valid_from": later, "also_running": True, "confirm_count": 0}, "also_running"),
        ({"also_running": True}, "confirm_count"),
    ):
        assert await _refused(world, _policy(**more)) == (409, "policy_invalid", field)
    for more in ({"valid_from": "2030-01-01T00:00:00"}, {"also_running": "true"}, {"by": "me"}):
        assert await _refused(world, _policy(**more)) == (422, "invalid_request", None)


async def test_a_version_is_never_loaded_anew(world: World) -> None:
    body = _policy(valid_from=(world.clock() + 900 * DAY).isoformat())
    await _add(world, body)
    assert await _refused(world, body) == (409, "policy_exists", "version")
    assert await _refused(world, body, trial=True) == (409, "policy_exists", "version")


async def test_a_repeat_under_its_key_is_answered_as_before(world: World) -> None:
    body, key = _policy(valid_from=(world.clock() + 900 * DAY).isoformat()), uuid.uuid4().hex
    first = await world.post(OFFICE, PATH, body, key)
    again = await world.post(OFFICE, PATH, body, key)
    assert (again.status_code, again.json()) == (200, first.json())
    assert again.headers["idempotency-replayed"] == "true"
    other = await world.post(OFFICE, PATH, _policy(), key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert (await _versions(world)).count(body["version"]) == 1


async def test_a_policy_of_the_future_binds_nobody_yet(world: World) -> None:
    before = (await world.report())["terms_version"]
    valid_from = world.clock().replace(microsecond=0) + 10 * DAY
    added = await _add(world, _policy(valid_from=valid_from.isoformat()))
    assert (datetime.fromisoformat(added["valid_from"]), added["moved"]) == (valid_from, [])
    assert (await world.report())["terms_version"] == before
    world.clock.ahead = 11 * DAY
    assert (await world.report())["terms_version"] == added["version"]


async def test_a_new_policy_binds_only_cases_that_open_after_it(world: World) -> None:
    """Bar S1."""
    monday = world.begin_on_monday()
    early = (await world.report())["id"]
    before = await world.see(early)
    body = _policy()
    added = await _add(world, body)
    assert (added["moved"], added["moved_count"], added["restamp"]) == ([], 0, None)
    late = await world.report()
    assert late["terms_version"] == body["version"]
    assert datetime.fromisoformat(late["due_at"]) == calendars.at_close(monday.date() + 3 * DAY)
    assert await world.see(early) == before
    assert await calendars.restamps(world, early) == []
    listed = (await world.get(OFFICE, PATH)).json()["items"]
    assert [one["version"] for one in listed if one["in_force"]] == [body["version"]]


async def test_running_cases_come_along_when_their_count_is_confirmed(world: World) -> None:
    """Bar S1."""
    monday = world.begin_on_monday()
    number = (await world.report())["id"]
    assigned = await loop.to(world, "assigned")
    closed = await loop.to(world, "closed")
    body = _policy(also_running=True)
    count = (await _add(world, body, trial=True))["running_count"]
    for wrong in (count - 1, count + 1, 0):
        refused = await _refused(world, body | {"confirm_count": wrong})
        assert refused == (409, "confirm_count_differs", "confirm_count")
    assert await calendars.restamps(world, number) == []
    added = await _add(world, body | {"confirm_count": count})
    assert number in [one["hazard_id"] for one in added["moved"]]
    assert await calendars.done(world, added["restamp"]) == count
    await _assert_brought(world, number, body["version"], calendars.at_close(monday.date() + 3 * DAY))
    await _assert_brought(world, assigned, body["version"], await calendars.due(world, assigned))
    assert await calendars.restamps(world, closed) == []
    assert len(await calendars.notices(world, number)) == 1
    assert await calendars.notices(world, assigned) == []
    assert (await _add(world, _policy(), trial=True))["running_count"] == count


async def _assert_brought(world: World, number: str, version: str, due: datetime) -> None:
    """The case is under the policy, its limit taken from its own start, and its timeline says who did it and why."""
    seen = await world.see(number)
    assert (seen["terms_version"], datetime.fromisoformat(seen["due_at"])) == (version, due)
    (line,) = await calendars.restamps(world, number)
    assert (line["person"], line["post"]) == ("办公室示例", "领导小组办公室主任")
    assert version in line["reason"]
