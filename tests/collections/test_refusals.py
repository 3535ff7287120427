"""What is refused, by which field, and that nothing is lost or done by it."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.collections import acts
from tests.collections.acts import OFFICE, iso
from tests.harness import Json, World

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("more", "code", "field"),
    [
        ({"wording": "9月29日（星期四）11:30前"}, "due_date_mismatch", "wording"),
        ({"wording": "星期二11:00前"}, "weekday_mismatch", "wording"),
        ({"contact_phone": "5555"}, "landline_invalid", "contact_phone"),
        ({"contact_post": "nobody"}, "post_unknown", "contact_post"),
        ({"kind": "nothing"}, "kind_unknown", "kind"),
        ({"audience": {"units": ["xx99"]}}, "unit_unknown", "audience.units"),
        ({"audience": {"kinds": ["hotel"]}}, "audience_empty", "audience"),
        (
            {"audience": {"units": ["ec01"], "exempt": [{"unit_id": "ec02", "reason": "x"}]}},
            "unit_unknown",
            "audience.exempt",
        ),
        ({"kind": "duty_roster"}, "covers_invalid", "covers"),
    ],
)
async def test_a_plan_that_cannot_be_is_refused_with_the_field(
    world: World, monday: datetime, more: Json, code: str, field: str
) -> None:
    due = monday + HOUR * 2
    body = {
        "kind": "daily_report",
        "title": "日报告",
        "basis": "示例民发〔2026〕18号",
        "opens_at": iso(monday),
        "due_at": iso(due),
        "contact_post": "office",
        "contact_phone": "010-55550100",
    } | more
    response = await world.post(OFFICE, "/v1/collections", body)
    told = response.json()
    assert (told["code"], told["field"]) == (code, field), told


async def test_a_unit_sees_and_submits_its_own_only(world: World, monday: datetime) -> None:
    only = await acts.create(world, monday, HOUR, audience={"units": ["ec01"]})
    number = only["id"]
    assert (await world.get("p-ec02-safety", f"/v1/collections/{number}")).status_code == 404
    stranger = await acts.hand_in(world, "ec02", number, is_zero=True)
    assert (stranger.status_code, stranger.json()["code"]) == (404, "collection_unknown")
    both = await acts.create(world, monday, HOUR)
    other = await world.post(
        "p-ec02-safety", f"/v1/collections/{both['id']}/submissions", {"unit_id": "ec01", "is_zero": True}
    )
    assert (other.status_code, other.json()["field"]) == (409, "unit_id")
    await acts.zero(world, "ec01", both["id"])
    seen = await world.get("p-ec02-safety", f"/v1/collections/{both['id']}/submissions")
    assert seen.json()["items"] == []
    units = await world.get("p-ec02-safety", f"/v1/collections/{both['id']}/units")
    assert [one["unit_id"] for one in units.json()["items"]] == ["ec02"]
    assert (await world.get("p-ec02-safety", f"/v1/collections/{both['id']}/status")).status_code == 403


async def test_the_same_key_gives_the_first_answer_and_another_body_is_refused(
    world: World, monday: datetime
) -> None:
    number = (await acts.create(world, monday, HOUR))["id"]
    first = await acts.hand_in(world, "ec01", number, key="k-same", is_zero=True)
    again = await acts.hand_in(world, "ec01", number, key="k-same", is_zero=True)
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["Idempotency-Replayed"] == "true"
    other = await acts.hand_in(world, "ec01", number, key="k-same", is_zero=True, reason="别的内容")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert (await acts.standing(world, number, "ec01"))["version"] == 1


async def test_after_cut_off_every_path_is_refused(world: World, monday: datetime) -> None:
    """No run has frozen the list yet: the service's clock decides, whatever the engine does."""
    number = (await acts.create(world, monday, HOUR))["id"]
    accepted = await acts.hand_in(world, "ec01", number, key="k-before", is_zero=True)
    wrong = await acts.hand_in(world, "ec04", number, key="k-wrong", content={})
    assert wrong.status_code == 422
    world.clock.ahead += HOUR * 2 + timedelta(seconds=1)
    late = await acts.hand_in(world, "ec02", number, is_zero=True)
    by_group = await world.post(
        OFFICE,
        f"/v1/collections/{number}/registrations",
        {
            "unit_id": "ec03",
            "is_zero": True,
            "received_at": iso(monday + HOUR),
            "evidence": await world.cite(OFFICE, "screenshot"),
        },
    )
    extended = await acts.decide(
        world, number, "extend", unit_id="ec02", until=iso(monday + HOUR * 3), reason="x"
    )
    repeated = await acts.hand_in(world, "ec04", number, key="k-wrong", content={})
    for refused in (late, by_group, extended, repeated):
        assert refused.status_code == 409
        assert refused.json()["code"] in ("after_cut_off", "collection_ended")
    replayed = await acts.hand_in(world, "ec01", number, key="k-before", is_zero=True)
    assert replayed.json() == accepted.json()
    assert (await acts.status(world, number))["counts"]["missing"] == 8


@pytest.mark.parametrize(
    ("body", "status", "code", "field"),
    [
        ({"content": {"incidents": 0}}, 422, "form_invalid", None),
        ({"content": {"incidents": "两起"}}, 422, "form_invalid", None),
        ({"content": {"incidents": 1, "other": 1}}, 422, "form_invalid", None),
        ({"content": {"incidents": 1}, "is_zero": True}, 409, "zero_with_content", "content"),
        ({"content": {"incidents": 1, "description": "a\x00b"}}, 422, "form_invalid", None),
    ],
)
async def test_a_form_that_does_not_fit_is_refused(
    world: World, monday: datetime, body: Json, status: int, code: str, field: str | None
) -> None:
    number = (await acts.create(world, monday, HOUR))["id"]
    response = await acts.hand_in(world, "ec01", number, **body)
    told = response.json()
    assert (response.status_code, told["code"], told.get("field")) == (status, code, field), told


async def test_a_correction_needs_a_reason_and_a_group_message_its_screenshot(
    world: World, monday: datetime
) -> None:
    number = (await acts.create(world, monday, HOUR))["id"]
    await acts.zero(world, "ec01", number)
    bare = await acts.hand_in(world, "ec01", number, is_zero=True)
    assert (bare.status_code, bare.json()["fields"]) == (422, ["reason"])
    path, body = f"/v1/collections/{number}/registrations", {"unit_id": "ec02", "is_zero": True}
    unseen = await world.post(OFFICE, path, body | {"received_at": iso(world.clock())})
    assert unseen.json()["evidence"] == ["screenshot"]
    shot: dict[str, Any] = {"evidence": await world.cite(OFFICE, "screenshot")}
    future = await world.post(OFFICE, path, body | shot | {"received_at": iso(world.clock() + HOUR)})
    assert future.json()["code"] == "received_at_in_future"
    before = await world.post(OFFICE, path, body | shot | {"received_at": iso(monday - HOUR)})
    assert before.json()["code"] == "received_at_too_early"
    by_unit = await world.post("p-ec02-safety", path, body | shot | {"received_at": iso(world.clock())})
    assert (by_unit.status_code, by_unit.json()["code"]) == (403, "role_required")


async def test_fifty_versions_at_once_are_one_after_the_other(world: World, monday: datetime) -> None:
    number = (await acts.create(world, monday, HOUR))["id"]
    await acts.zero(world, "ec01", number)
    answers = await asyncio.gather(
        *(acts.hand_in(world, "ec01", number, is_zero=True, reason=f"第{n}次") for n in range(12))
    )
    done = sorted(answer.json()["version"] for answer in answers if answer.status_code == 201)
    assert done == list(range(2, 2 + len(done)))
    assert {answer.status_code for answer in answers} <= {201, 503}
    assert (await acts.standing(world, number, "ec01"))["version"] == 1 + len(done)


@pytest.mark.parametrize("action", ["extend", "exempt", "return", "accept", "cancel"])
async def test_decisions_are_the_bureau_s(world: World, monday: datetime, action: str) -> None:
    number = (await acts.create(world, monday, HOUR))["id"]
    bodies: dict[str, Json] = {
        "extend": {"unit_id": "ec01", "until": iso(monday + HOUR), "reason": "x"},
        "exempt": {"unit_id": "ec01", "reason": "x"},
        "return": {"unit_id": "ec01", "reasons": ["x"]},
        "accept": {"unit_id": "ec01"},
        "cancel": {"reason": "x"},
    }
    body = bodies[action]
    for person in ("p-ec01-head", "p-team1a", "p-oversight"):
        response = await acts.decide(world, number, action, person, **body)
        assert (response.status_code, response.json()["code"]) == (403, "role_required"), person


async def test_a_cancelled_collection_takes_nothing_and_its_run_ends(world: World, monday: datetime) -> None:
    number = (await acts.create(world, monday, HOUR))["id"]
    await acts.must(world, number, "cancel", reason="文件撤回")
    refused = await acts.hand_in(world, "ec01", number, is_zero=True)
    assert refused.json()["code"] == "collection_cancelled"
    assert await world.handle(number).result() == "已撤销"
