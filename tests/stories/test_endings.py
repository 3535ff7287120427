"""The other ways through the loop, and the evidence that each step asks for (bar V1)."""

from typing import Any

import pytest

from tests.harness import World
from tests.stories import loop
from tests.stories.loop import CHECKER, DEPUTY, FINDER, HEAD, OFFICE, STAFF


@pytest.mark.parametrize(
    ("stage", "person", "action", "kind"),
    [
        ("reported", CHECKER, "confirm", "before_photo"),
        ("assigned", HEAD, "plan", "plan"),
        ("rectifying", STAFF, "submit", "after_photo"),
        ("verifying", CHECKER, "pass", "signature"),
        ("awaiting_closure", DEPUTY, "close", "closure_document"),
        ("confirmed", OFFICE, "transfer", "receipt"),
    ],
)
async def test_the_evidence_that_a_step_lacks_is_named(
    world: World, stage: str, person: str, action: str, kind: str
) -> None:
    evidence: dict[str, Any] = {"evidence": []} if action == "confirm" else {}
    number = await loop.to(world, stage, major=True, **evidence)
    before = await world.see(number)
    others = await world.cite(person, "other", "receipt" if kind != "receipt" else "plan")
    status, told = await loop.try_(world, person, number, action, evidence=others)
    assert (status, told["code"], told["evidence"]) == (409, "evidence_missing", [kind])
    assert await world.see(number) == before
    given = await world.cite(person, kind)
    after = await loop.do(world, person, number, action, evidence=given)
    assert after["evidence"][-1]["file_id"] == given[0]["file_id"]
    assert len(after["evidence"][-1]["sha256"]) == 64


@pytest.mark.parametrize(
    ("given", "lacking"), [(["before_photo"], "after_photo"), (["after_photo"], "before_photo")]
)
async def test_fixing_on_the_spot_needs_both_photos(world: World, given: list[str], lacking: str) -> None:
    body = {
        "unit_id": "ec01",
        "place": "八楼",
        "category": "fire",
        "item": "fire-exit",
        "description": "当场清理",
        "fixed_on_spot": True,
        "evidence": await world.cite(FINDER, *given),
    }
    response = await world.post(FINDER, "/v1/hazards", body)
    assert response.status_code == 409, response.text
    assert (response.json()["code"], response.json()["evidence"]) == ("evidence_missing", [lacking])
    page = (await world.get(OFFICE, "/v1/hazards", text="当场清理")).json()
    assert page["items"] == []


async def test_what_was_fixed_on_the_spot_is_recorded_and_checked_by_somebody_else(world: World) -> None:
    photos = await world.cite(FINDER, "before_photo", "after_photo")
    reported = await world.report(FINDER, fixed_on_spot=True, evidence=photos)
    number = reported["id"]
    confirmed = await loop.do(world, FINDER, number, "confirm")
    assert (confirmed["stage"], confirmed["waiting_post"]) == ("verifying", "team-1")
    assert confirmed["rounds"][0]["submitted_by"] == FINDER
    closed = await loop.do(world, CHECKER, number, "pass")
    assert (closed["stage"], closed["fixed_on_spot"]) == ("closed", True)


async def test_a_major_hazard_is_not_fixed_on_the_spot_even_when_graded_later(world: World) -> None:
    photos = await world.cite(FINDER, "before_photo", "after_photo")
    number = (await world.report(FINDER, fixed_on_spot=True, evidence=photos))["id"]
    confirmed = await loop.do(world, CHECKER, number, "confirm", level="major")
    assert (confirmed["stage"], confirmed["major"], confirmed["rounds"]) == ("confirmed", True, [])


@pytest.mark.parametrize(
    ("action", "stage", "label", "field", "value"),
    [
        ("dismiss", "dismissed", "误报", "transferred_to", None),
        ("transfer", "transferred", "已移交", "receipt_number", "收字1号"),
    ],
)
@pytest.mark.parametrize("start", ["reported", "confirmed"])
async def test_a_case_that_ends_early_waits_on_nobody_and_its_workflow_is_over(
    world: World, start: str, action: str, stage: str, label: str, field: str, value: str | None
) -> None:
    number = await loop.to(world, start)
    ended = await loop.do(world, OFFICE, number, action)
    assert (ended["stage"], ended["is_open"], ended["waiting_post"], ended["due_at"]) == (
        stage,
        False,
        None,
        None,
    )
    assert ended[field] == value
    assert await world.handle(number).result() == label
    status, told = await loop.try_(world, OFFICE, number, "note")
    assert (status, told["code"]) == (409, "wrong_stage")


async def test_a_case_is_merged_into_another_open_one_of_its_unit_only(world: World) -> None:
    number, target = await loop.to(world, "reported"), await loop.to(world, "assigned")
    elsewhere = (await world.report(FINDER, unit="ec02"))["id"]
    closed = await loop.to(world, "dismissed")
    for wrong in (number, elsewhere, closed, "YH-2026-999999"):
        status, told = await loop.try_(world, OFFICE, number, "merge", into=wrong)
        assert (status, told["code"]) == (409, "merge_target_unknown"), wrong
    merged = await loop.do(world, OFFICE, number, "merge", into=target)
    assert (merged["stage"], merged["merged_into"]) == ("merged", target)
    assert await world.handle(number).result() == "已合并"
    assert (await world.see(target))["stage"] == "assigned"


async def test_a_case_passed_on_within_the_unit_waits_on_the_new_post(world: World) -> None:
    number = await loop.to(world, "assigned")
    moved = await loop.do(world, OFFICE, number, "reassign")
    assert (moved["responsible_post"], moved["waiting_post"]) == ("ec01-head", "ec01-head")
    assert number in {one["id"] for one in await world.whole(HEAD, "/v1/me/work")}
