"""The duty roster of the notice: who sends it when, what the validator finds, who is on duty."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.collections import acts
from tests.collections.acts import MOBILES, UNITS, iso
from tests.harness import Json, World
from tests.stack import eventually

LEAD = timedelta(hours=2, minutes=30)


async def _is(world: World, number: str, phase: str) -> bool:
    return bool((await acts.status(world, number))["phase"] == phase)


async def test_the_notice_s_roster_as_it_went(world: World, monday: datetime) -> None:
    """All outcomes in one window: on time, at the instant, a second later, returned, by the group, never."""
    due = monday + LEAD
    roster = await acts.roster(world, monday, LEAD)
    number = roster["id"]
    await eventually(lambda: _is(world, number, "open"))
    for unit in ("ec01", "ec02", "ec03"):
        await acts.send_roster(world, unit, roster)
    await acts.must(world, number, "return", unit_id="ec02", reasons=["没有加盖公章"])
    assert (await acts.standing(world, number, "ec02"))["outcome"] == "defective"
    again = await acts.send_roster(world, "ec02", roster)
    assert (again["version"], again["standing"]["outcome"]) == (2, "on_time")
    await acts.must(world, number, "exempt", unit_id="fu02", reason="停业装修")
    await acts.must(
        world, number, "extend", unit_id="fu01", until=iso(due + timedelta(minutes=20)), reason="公章外出"
    )

    world.clock.stopped = due
    at = await acts.send_roster(world, "ec04", roster)
    assert at["standing"]["outcome"] == "on_time"
    world.clock.stopped = None
    await world.until(due, number)
    await eventually(lambda: _is(world, number, "late"))
    world.clock.stopped = due + timedelta(seconds=1)
    late = await acts.send_roster(world, "ec05", roster)
    assert (late["standing"]["outcome"], late["standing"]["late_minutes"]) == ("late", 1)
    fixed = await acts.send_roster(world, "ec05", roster, reason="更正手机号")
    assert (fixed["version"], fixed["standing"]["outcome"], fixed["standing"]["late_minutes"]) == (
        2,
        "late",
        1,
    )
    extended = await acts.send_roster(world, "fu01", roster)
    world.clock.stopped = None
    assert extended["standing"]["outcome"] == "on_time"
    assert extended["standing"]["basis"] == "公章外出"
    by_group = await _register(world, roster, "ec06", due - timedelta(minutes=5))
    assert (by_group["via"], by_group["standing"]["outcome"]) == ("group", "on_time")

    await world.until(due + timedelta(hours=1), number)
    await eventually(lambda: _is(world, number, "ended"))
    status = await acts.status(world, number)
    assert status["sentence"] == "应报 8，已报 7，迟报 1，未报 1，免报 1"
    assert [one["unit_id"] for one in status["missing"]] == ["su01"]
    refused = await acts.hand_in(world, "su01", number, content={}, evidence=[])
    assert (refused.status_code, refused.json()["code"]) == (409, "after_cut_off")


async def _register(world: World, roster: Json, unit: str, at: datetime) -> Json:
    evidence = [
        *(await acts.evidence(world, acts.OFFICE)),
        *(await world.cite(acts.OFFICE, "screenshot")),
    ]
    body = {
        "unit_id": unit,
        "content": {"landline": "010-55550101", "shifts": acts.shifts(roster)},
        "evidence": evidence,
        "received_at": iso(at),
    }
    response = await world.post(acts.OFFICE, f"/v1/collections/{roster['id']}/registrations", body)
    assert response.status_code == 201, response.text
    done: Json = response.json()
    return done


@pytest.mark.parametrize(
    ("break_", "field", "code"),
    [
        ({"duty": {"name": "值班员", "mobile": "12345678901"}}, "shifts.0.duty.mobile", "mobile_invalid"),
        ({"duty": {"name": "值班员", "mobile": ""}}, "shifts.0.duty.mobile", "mobile_missing"),
        ({"leader": {"name": "", "mobile": ""}}, "shifts.0.leader.name", "leader_missing"),
        ({"ends_at": "short"}, "shifts", "uncovered"),
        ({"leader": {"name": "值班员", "mobile": MOBILES["duty"]}}, "shifts.0.leader", "double_booked"),
        ({"starts_at": "2026-10-01 08:00"}, "shifts.0.starts_at", "instant_invalid"),
    ],
)
async def test_a_roster_that_is_wrong_is_refused_with_the_field(
    world: World, monday: datetime, break_: Json, field: str, code: str
) -> None:
    roster = await acts.roster(world, monday, LEAD)
    if break_.get("ends_at") == "short":
        break_ = {"ends_at": iso(datetime.fromisoformat(roster["covers_to"]) - timedelta(minutes=90))}
    content = {"landline": "010-55550101", "shifts": acts.shifts(roster, **break_)}
    evidence = await acts.evidence(world, "p-ec01-safety")
    response = await acts.hand_in(world, "ec01", roster["id"], content=content, evidence=evidence)
    assert response.status_code == 422, response.text
    told = response.json()
    assert told["code"] == "form_invalid"
    assert (f"body.content.{field}", code) in {(one["field"], one["code"]) for one in told["errors"]}
    assert MOBILES["duty"] not in response.text
    assert (await acts.standing(world, roster["id"], "ec01"))["outcome"] == "missing"


@pytest.mark.parametrize(
    ("kinds", "code", "lacking"),
    [
        (("signature", "scan"), "evidence_missing", ["seal"]),
        ((), "evidence_missing", ["signature", "seal", "scan"]),
        (("seal", "signature", "scan"), "evidence_out_of_order", None),
    ],
)
async def test_signature_then_seal_then_scan(
    world: World, monday: datetime, kinds: tuple[str, ...], code: str, lacking: list[str] | None
) -> None:
    roster = await acts.roster(world, monday, LEAD)
    content = {"landline": "010-55550101", "shifts": acts.shifts(roster)}
    cited = await world.cite("p-ec01-safety", *kinds)
    response = await acts.hand_in(world, "ec01", roster["id"], content=content, evidence=cited)
    told = response.json()
    assert (response.status_code, told["code"], told["field"]) == (409, code, "evidence")
    assert told.get("evidence") == lacking


async def test_an_electronic_seal_that_nobody_verifies_is_refused(world: World, monday: datetime) -> None:
    roster = await acts.roster(world, monday, LEAD)
    content = {"landline": "010-55550101", "shifts": acts.shifts(roster)}
    cited = await world.cite("p-ec01-safety", "eseal")
    response = await acts.hand_in(world, "ec01", roster["id"], content=content, evidence=cited)
    assert (response.status_code, response.json()["code"]) == (409, "eseal_not_verifiable")


async def test_who_is_on_duty_is_shown_with_masked_numbers_and_as_a_calendar(
    world: World, monday: datetime
) -> None:
    roster = await acts.roster(world, monday, LEAD)
    await acts.send_roster(world, "ec01", roster)
    within = datetime.fromisoformat(roster["covers_from"]) + timedelta(hours=1)
    response = await world.get("p-ec01-head", "/v1/rosters/on-duty", at=iso(within))
    (on,) = [one for one in response.json()["items"] if one["collection_id"] == roster["id"]]
    assert (on["duty_mobile"], on["landline"]) == ("139****5678", "010-55550101")
    duty = await world.get(acts.OFFICE, "/v1/units/ec01/duty", since=iso(within))
    assert roster["id"] in {one["collection_id"] for one in duty.json()["shifts"]}
    calendar = await world.get(acts.OFFICE, "/v1/units/ec01/duty.ics")
    assert calendar.headers["content-type"].startswith("text/calendar")
    assert "BEGIN:VEVENT" in calendar.text
    for person, unit in (("p-ec02-safety", "ec01"), (acts.OFFICE, "xx99")):
        for path in (f"/v1/units/{unit}/duty", f"/v1/units/{unit}/duty.ics"):
            assert (await world.get(person, path)).status_code == 404, path
    listed = await world.get("p-ec01-head", f"/v1/collections/{roster['id']}/submissions")
    assert listed.json()["items"][0]["content"]["shifts"][0]["duty"]["mobile"] == "139****5678"


async def test_no_mobile_number_stands_in_the_clear_anywhere(world: World, monday: datetime) -> None:
    roster = await acts.roster(world, monday, LEAD)
    await acts.send_roster(world, "ec01", roster)
    async with world.database.connection() as connection:
        for table in (
            "submissions",
            "collection_changes",
            "requests",
            "duty_shifts",
            "notices",
            "collections",
        ):
            rows: list[Any] = await connection.fetch(f"SELECT t::text AS t FROM {table} AS t")  # noqa: S608
            assert not any(mobile in row["t"] for row in rows for mobile in MOBILES.values()), table
        row = await connection.fetchrow(
            "SELECT duty_mobile, version FROM duty_shifts WHERE collection_id = $1", roster["id"]
        )
    assert row is not None
    assert MOBILES["duty"].encode() not in row["duty_mobile"]


async def test_the_validator_lists_everything_that_is_wrong(world: World, monday: datetime) -> None:
    first = monday + timedelta(days=1)
    shift = {"name": "甲", "mobile": "13900000001"}
    rows = [
        {
            "starts_at": iso(first),
            "ends_at": iso(first + timedelta(hours=8)),
            "duty": shift,
            "leader": {"name": "", "mobile": ""},
        },
        {
            "starts_at": iso(first + timedelta(hours=7)),
            "ends_at": iso(first + timedelta(hours=16)),
            "duty": shift,
            "leader": {"name": "乙", "mobile": "1"},
        },
        {
            "starts_at": iso(first + timedelta(hours=17)),
            "ends_at": iso(first + timedelta(hours=24)),
            "duty": {"name": "丙", "mobile": ""},
            "leader": {"name": "乙", "mobile": "13900000002"},
        },
    ]
    body = {
        "covers_from": iso(first),
        "covers_to": iso(first + timedelta(days=1)),
        "content": {"landline": "55550101", "shifts": rows},
    }
    response = await world.post("p-ec01-head", "/v1/rosters/check", body)
    assert response.status_code == 200, response.text
    found = {(one["field"], one["code"]) for one in response.json()["findings"]}
    assert found == {
        ("landline", "landline_invalid"),
        ("shifts.0.leader.name", "leader_missing"),
        ("shifts.1.leader.mobile", "mobile_invalid"),
        ("shifts.2.duty.mobile", "mobile_missing"),
        ("shifts", "uncovered"),
        ("shifts.1.duty", "double_booked"),
    }
    gap = next(one for one in response.json()["findings"] if one["code"] == "uncovered")
    assert "共 60 分钟" in gap["message"]


async def test_a_roster_that_is_hardly_begun_is_told_what_lacks_by_the_same_names(
    world: World, monday: datetime
) -> None:
    covers = {"covers_from": iso(monday), "covers_to": iso(monday + timedelta(days=1))}
    response = await world.post("p-ec01-head", "/v1/rosters/check", covers | {"content": {"shifts": [{}]}})
    found = {(one["field"], one["code"]) for one in response.json()["findings"]}
    wanted = ("starts_at", "ends_at", "duty", "leader")
    assert found == {("landline", "missing"), *((f"shifts.0.{name}", "missing") for name in wanted)}


async def test_every_unit_sends_its_roster_and_the_office_accepts_the_last(
    world: World, monday: datetime
) -> None:
    roster = await acts.roster(world, monday, LEAD)
    for unit in UNITS:
        await acts.send_roster(world, unit, roster)
    assert not (await acts.status(world, roster["id"]))["complete"]
    for unit in UNITS:
        await acts.must(world, roster["id"], "accept", unit_id=unit)
    await eventually(lambda: _is(world, roster["id"], "ended"))
    assert (await acts.steps(world, roster["id"]))[-1] == "end_early"
