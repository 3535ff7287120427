"""A submission and its note in the access log are one: both stand, or neither."""

import uuid
from datetime import datetime, timedelta

import asyncpg

from deploy.devstack import Devstack
from tests.collections import acts
from tests.harness import Json, World

UNIT, PERSON = "ec02", "p-ec02-safety"


async def _notes(world: World, key: str) -> list[Json]:
    sought = {"person_id": PERSON, "kind": "write", "limit": 100}
    response = await world.get("p-oversight", "/v1/audit/access", **sought)
    return [row for row in response.json()["items"] if row["request_id"] == f"{PERSON}:{key}"]


async def test_a_submission_is_noted_once_with_its_post_however_often_it_is_sent(
    world: World, monday: datetime
) -> None:
    number = (await acts.create(world, monday - timedelta(days=7), timedelta(days=14)))["id"]
    key = uuid.uuid4().hex
    answers = [await acts.hand_in(world, UNIT, number, key, is_zero=True) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201, 201, 201], answers[0].text
    (note,) = await _notes(world, key)
    assert (note["subject"], note["outcome"]) == (f"submit_to_collection/{number}", "ok")
    assert note["post_id"] == answers[0].json()["post_id"] == "ec02-safety"


async def test_a_submission_that_cannot_be_noted_is_not_on_record_and_comes_back_with_its_key(
    world: World, stack: Devstack, monday: datetime
) -> None:
    number = (await acts.create(world, monday - timedelta(days=7), timedelta(days=14)))["id"]
    key = uuid.uuid4().hex
    owner = await asyncpg.connect(stack.owner_url)
    try:
        async with owner.transaction():
            await owner.execute("SELECT FROM access_chain FOR UPDATE")
            held_up = await acts.hand_in(world, UNIT, number, key, is_zero=True)
            assert (held_up.status_code, held_up.json()["code"]) == (503, "database_unavailable")
    finally:
        await owner.close()
    page = await world.get(PERSON, f"/v1/collections/{number}/submissions")
    assert (page.status_code, page.json()["items"]) == (200, [])
    assert await _notes(world, key) == []
    again = await acts.hand_in(world, UNIT, number, key, is_zero=True)
    assert (again.status_code, again.json()["version"]) == (201, 1)
    assert len(await _notes(world, key)) == 1
