"""The same key and body is the same act: its first answer again, and one change at most (bar I1)."""

import asyncio
import uuid

import httpx

from tests.harness import Json, World
from tests.stories import loop
from tests.stories.loop import CHECKER, FINDER, HEAD, OFFICE, STAFF


def _key() -> str:
    return f"key-{uuid.uuid4()}"


def _path(number: str, action: str) -> str:
    return f"/v1/hazards/{number}/actions/{action}"


def _replays(first: httpx.Response, again: httpx.Response) -> None:
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert (again.status_code, again.json()) == (first.status_code, first.json())


async def _report_body(world: World, **more: str) -> Json:
    return {
        "unit_id": "ec01",
        "place": f"第{next(world.places)}号房间",
        "category": "fire",
        "item": "fire-exit",
        "description": "出口堵塞",
    } | more


async def test_a_report_repeated_gets_the_first_answer_and_opens_nothing(world: World) -> None:
    body, key = await _report_body(world), _key()
    first = await world.post(FINDER, "/v1/hazards", body, key)
    await world.must(FINDER, first.json()["id"], "note", note="有进展")
    again = await world.post(FINDER, "/v1/hazards", body, key)
    assert first.status_code == 201
    _replays(first, again)
    assert len(await loop.timeline(world, first.json()["id"])) == 2


async def test_a_report_repeated_ten_times_at_once_opens_one_case(world: World) -> None:
    body, key = await _report_body(world), _key()
    answers = await asyncio.gather(*(world.post(FINDER, "/v1/hazards", body, key) for _ in range(10)))
    assert {answer.json()["id"] for answer in answers} == {answers[0].json()["id"]}
    assert all(answer.json()["is_new"] is True for answer in answers)
    assert {answer.status_code for answer in answers} <= {201, 202}


async def test_a_key_used_for_another_report_is_refused(world: World) -> None:
    body, key = await _report_body(world), _key()
    number = (await world.post(FINDER, "/v1/hazards", body, key)).json()["id"]
    other = await world.post(FINDER, "/v1/hazards", body | {"description": "另一处"}, key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    elsewhere = await world.post(FINDER, _path(number, "note"), {"note": "同键"}, key)
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (422, "idempotency_key_reused")
    assert len(await loop.timeline(world, number)) == 1


async def test_two_people_may_use_the_same_key(world: World) -> None:
    number, key = await loop.to(world, "assigned"), _key()
    one = await world.post(STAFF, _path(number, "note"), {"note": "甲"}, key)
    other = await world.post(HEAD, _path(number, "note"), {"note": "甲"}, key)
    assert other.json()["seq"] == one.json()["seq"] + 1


async def test_a_command_repeated_gets_the_first_answer_after_closure_and_after_reopening(
    world: World,
) -> None:
    number, key = await loop.to(world, "assigned"), _key()
    path, body = _path(number, "start"), {"note": "开始"}
    first = await world.post(STAFF, path, body, key)
    assert first.status_code == 200
    _replays(first, await world.post(STAFF, path, body, key))
    await loop.do(world, STAFF, number, "submit")
    await loop.do(world, CHECKER, number, "pass")
    _replays(first, await world.post(STAFF, path, body, key))
    await loop.do(world, OFFICE, number, "reopen")
    _replays(first, await world.post(STAFF, path, body, key))
    other = await world.post(STAFF, path, {"note": "改口"}, key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert (await world.see(number))["stage"] == "assigned"


async def test_a_reopening_repeated_opens_one_cycle(world: World) -> None:
    number, key = await loop.to(world, "closed"), _key()
    path, body = _path(number, "reopen"), {"reason": "复发"}
    answers = await asyncio.gather(*(world.post(OFFICE, path, body, key) for _ in range(10)))
    assert {answer.status_code for answer in answers} == {200}
    assert (await world.see(number))["cycle"] == 2
    again = await world.post(OFFICE, path, body, key)
    assert again.headers["idempotency-replayed"] == "true"
    assert [line["action"] for line in await loop.timeline(world, number)].count("reopen") == 1


async def test_ten_repeats_of_one_command_at_once_are_one_change(world: World) -> None:
    number, key = await loop.to(world, "assigned"), _key()
    before = await world.see(number)
    answers = await asyncio.gather(*(world.post(STAFF, _path(number, "start"), {}, key) for _ in range(10)))
    assert {answer.status_code for answer in answers} == {200}
    assert {answer.json()["head"] for answer in answers} == {(await world.see(number))["head"]}
    assert (await world.see(number))["seq"] == before["seq"] + 1


async def test_ten_different_commands_at_once_leave_a_whole_record(world: World) -> None:
    number = await loop.to(world, "assigned")
    before = (await world.see(number))["seq"]
    answers = await asyncio.gather(*(world.act(STAFF, number, "start") for _ in range(8)))
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [200] + [409] * 7
    assert (await world.see(number))["seq"] == before + 1


async def test_a_refusal_is_an_answer_too_and_is_replayed(world: World) -> None:
    number, key = await loop.to(world, "confirmed"), _key()
    path, body = _path(number, "start"), {"note": "提前开始"}
    first = await world.post(STAFF, path, body, key)
    assert first.status_code == 409
    await loop.do(world, OFFICE, number, "assign")
    again = await world.post(STAFF, path, body, key)
    _replays(first, again)
    assert again.headers["content-type"] == "application/problem+json"
    assert (await world.see(number))["stage"] == "assigned"


async def test_an_answer_that_was_lost_with_the_databases_last_moment_is_given_again_to_the_letter(
    world: World,
) -> None:
    number, key = await loop.to(world, "assigned"), _key()
    path = _path(number, "start")
    first = await world.post(STAFF, path, {}, key)
    assert first.json()["stage"] == "rectifying"
    for stage in ("running", "closed"):
        if stage == "closed":
            await loop.do(world, STAFF, number, "submit")
            await loop.do(world, CHECKER, number, "pass")
        async with world.database.connection() as connection:
            await connection.execute("UPDATE requests SET status = NULL, answer = NULL WHERE key = $1", key)
        _replays(first, await world.post(STAFF, path, {}, key))
    assert [line["action"] for line in await loop.timeline(world, number)].count("start") == 1


async def test_an_act_on_record_that_was_never_answered_is_answered_as_done_though_it_would_be_refused_now(
    world: World,
) -> None:
    number, target, key = await loop.to(world, "confirmed"), await loop.to(world, "confirmed"), _key()
    body = {"into": target, "reason": "同一处问题"}
    assert (await world.post(FINDER, _path(number, "merge"), body, key)).status_code == 200
    async with world.database.transaction() as connection:
        # the process died between the record and its answer
        await connection.execute("UPDATE requests SET status = NULL, answer = NULL WHERE key = $1", key)
    await loop.do(world, FINDER, target, "dismiss")
    fresh = await world.post(FINDER, _path(await loop.to(world, "confirmed"), "merge"), body)
    assert fresh.json()["code"] == "merge_target_unknown"
    again = await world.post(FINDER, _path(number, "merge"), body, key)
    assert (again.status_code, again.json()["merged_into"]) == (200, target)
