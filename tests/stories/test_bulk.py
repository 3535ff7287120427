"""Bulk acts: each item judged by itself and told apart, resumable by the same key, one digest to each post (bar A5, A4)."""

import asyncio
from typing import Any, Final

import pytest

from adapters.postgres.digests import PostgresDigests
from services.api.routers import bulk
from tests.harness import Json, World
from tests.stories import loop
from tests.stories.loop import CHECKER, FINDER, OFFICE, STAFF

SOON: Final = 0.05
"""Seconds within which a bulk begins its first items and cannot end thirty: each is a command to the engine, six at once."""


async def _reported(world: World, count: int, **more: Any) -> list[str]:
    cases = await asyncio.gather(*(world.report(FINDER, **more) for _ in range(count)))
    return [case["id"] for case in cases]


async def _bulk(world: World, person: str, action: str, hazards: list[str], key: str, **act: Any) -> Json:
    response = await world.post(
        person, f"/v1/hazards/bulk/{action}", {"hazards": hazards, "act": act}, key=key
    )
    assert response.status_code == 200, response.text
    told: Json = response.json()
    return told


async def _notices(world: World, hazards: list[str]) -> list[Json]:
    async with world.database.connection() as connection:
        rows = await connection.fetch(
            "SELECT kind, post_id, text FROM notices WHERE case_id = ANY ($1) ORDER BY post_id, id", hazards
        )
    return [dict(row) for row in rows]


async def test_each_item_is_done_or_told_why_not_and_each_post_is_told_once(world: World) -> None:
    hazards = await _reported(world, 12)
    for number in hazards[:10]:
        await world.must(FINDER, number, "confirm")
    foreign = (await world.report("p-team2a", "ec03"))["id"]
    before = await _notices(world, hazards)
    told = await _bulk(
        world, OFFICE, "assign", [*hazards, "YH-2026-999999"], "bulk-assign", post="ec01-safety"
    )
    assert (told["ok"], told["skipped"]) == (10, 3)
    assert [item["hazard_id"] for item in told["items"]] == [*hazards, "YH-2026-999999"]
    assert [item["code"] for item in told["items"]] == [None] * 10 + ["wrong_stage"] * 2 + ["hazard_unknown"]
    after = [one for one in await _notices(world, hazards) if one not in before]
    assert [(one["kind"], one["post_id"]) for one in after] == [("digest", "ec01-safety")]
    assert "10件" in after[0]["text"]
    assert (await world.see(foreign))["stage"] == "reported"


async def test_a_repeat_gives_the_same_answers_and_does_nothing(world: World) -> None:
    hazards = await _reported(world, 4)
    first = await _bulk(world, OFFICE, "note", hazards, "bulk-note", note="请加快")
    again = await _bulk(world, OFFICE, "note", hazards, "bulk-note", note="请加快")
    assert again == first
    for number in hazards:
        assert [line["action"] for line in await loop.timeline(world, number)] == ["report", "note"]
    other = await world.post(
        OFFICE, "/v1/hazards/bulk/note", {"hazards": hazards, "act": {"note": "别的"}}, key="bulk-note"
    )
    assert other.json()["code"] == "idempotency_key_reused"


async def test_a_bulk_that_was_broken_off_goes_on_where_it_stopped(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    hazards = await _reported(world, 30)
    body = {"hazards": hazards, "act": {"level": "general"}}
    monkeypatch.setattr(bulk, "PATIENCE", SOON)
    response = await world.post(FINDER, "/v1/hazards/bulk/confirm", body, key="bulk-confirm")
    assert (response.status_code, response.json()["code"]) == (503, "bulk_unfinished")
    assert response.headers["retry-after"]
    stages = [(await world.see(number))["stage"] for number in hazards]
    assert {"reported", "confirmed"} == set(stages)
    monkeypatch.undo()
    told = await _bulk(world, FINDER, "confirm", hazards, "bulk-confirm", level="general")
    assert (told["ok"], told["skipped"]) == (30, 0)
    for number in hazards:
        assert [line["action"] for line in await loop.timeline(world, number)] == ["report", "confirm"]
    digests = [one for one in await _notices(world, hazards) if one["kind"] == "digest"]
    assert [one["post_id"] for one in digests] == ["office"]
    assert "30件" in digests[0]["text"]


async def test_a_bulk_that_nobody_goes_on_with_is_told_of_by_the_reconciler(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    hazards = await _reported(world, 30)
    body: Json = {"hazards": hazards, "act": {}}
    monkeypatch.setattr(bulk, "PATIENCE", SOON)
    response = await world.post(FINDER, "/v1/hazards/bulk/confirm", body, key="bulk-left")
    assert response.status_code == 503
    monkeypatch.undo()
    assert [one for one in await _notices(world, hazards) if one["post_id"] == "office"] == []
    done = sum([(await world.see(number))["stage"] == "confirmed" for number in hazards])
    later = world.clock()
    written = await PostgresDigests(world.database).write_left(later, later)
    assert written >= 1
    (told,) = [one for one in await _notices(world, hazards) if one["post_id"] == "office"]
    assert f"{done}件" in told["text"]
    assert await PostgresDigests(world.database).write_left(later, later) == 0


async def test_nobody_verifies_the_own_rectification_or_the_own_unit_in_bulk(world: World) -> None:
    photos = await world.cite(FINDER, "before_photo", "after_photo")
    fixed = (await world.report(FINDER, fixed_on_spot=True, evidence=photos))["id"]
    await world.must(FINDER, fixed, "confirm")
    other = await loop.to(world, "verifying", by=STAFF)
    signed = await world.cite(FINDER, "signature")
    told = await _bulk(world, FINDER, "pass", [fixed, other], "bulk-pass-1", note="合格", evidence=signed)
    assert [item["code"] for item in told["items"]] == ["separation_of_duties", None]
    both, team = "p-fu01-head", "p-team4a"
    own = (await world.report(team, "fu01"))["id"]
    await world.must(team, own, "confirm")
    await world.must(OFFICE, own, "assign", post="fu01-safety")
    for action in ("start", "submit"):
        await loop.do(world, "p-fu01-safety", own, action)
    signed = await world.cite(both, "signature")
    told = await _bulk(world, both, "pass", [own, other], "bulk-pass-2", note="合格", evidence=signed)
    assert [item["code"] for item in told["items"]] == ["separation_of_duties", "role_required"]
    assert (await world.see(own))["stage"] == "verifying"


async def test_a_unit_has_no_bulk_beyond_its_own(world: World) -> None:
    foreign = (await world.report("p-team2a", "ec03"))["id"]
    own = (await _reported(world, 1))[0]
    told = await _bulk(world, STAFF, "note", [foreign, own], "bulk-foreign", note="路过")
    assert [item["code"] for item in told["items"]] == ["hazard_unknown", None]
    refused = await world.post(STAFF, "/v1/hazards/bulk/pass", {"hazards": [own], "act": {"note": "好"}})
    assert (refused.status_code, refused.json()["code"]) == (403, "role_required")
    assert (await world.get(CHECKER, f"/v1/hazards/{foreign}")).status_code == 404
