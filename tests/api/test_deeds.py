"""Every write that is on record is in the access log, whatever became of the process that made it."""

import asyncio
import json
import uuid
from datetime import timedelta
from typing import Any

import httpx
import pytest

from adapters.postgres.access_log import AccessLog
from adapters.postgres.deeds import PostgresDeeds
from domain.access import OPERATIONS
from domain.access_log import AccessKind
from services.api import witness
from services.api.routers import bulk
from tests import harness
from tests.api.test_access_audit import rows
from tests.harness import World
from tests.identity.people import PASSWORD, Somebody, at, somebody
from tests.stack import eventually
from tests.test_cli import DOCS

PERSON = "p-team3a"
ANSWERED = "SELECT status FROM requests WHERE principal = $1 AND key = $2"


@pytest.fixture(scope="module")
def world(fresh: World) -> World:
    """How many refusals an API notes is bounded, and others bring about many."""
    return fresh


async def of_request(world: World, key: str, person: str = PERSON) -> list[tuple[str, str]]:
    """What the log says of a request: kind and outcome, the first row first."""
    found = [one for one in await rows(world, person_id=person) if one["request_id"] == f"{person}:{key}"]
    return [(one["kind"], one["outcome"]) for one in reversed(found)]


async def left(world: World) -> int:
    return await PostgresDeeds(world.database).note_left(world.clock() + timedelta(seconds=1))


async def upload(world: World, key: str, colour: str) -> httpx.Response:
    files = {"file": ("photo.jpg", harness.photo(colour))}
    return await world.http.post("/v1/files", headers=world.headers(PERSON, key), files=files)


async def test_a_write_whose_process_ended_before_the_note_is_noted_by_the_reconciler_once(
    world: World,
) -> None:
    key = uuid.uuid4().hex

    async def answered() -> int | None:
        async with world.database.connection() as connection:
            status: int | None = await connection.fetchval(ANSWERED, PERSON, key)
        return status

    async with world.database.transaction() as holding:
        # nobody else can note anything until this ends
        await AccessLog(world.database).note(holding, at=world.clock(), kind=AccessKind.WRITE, subject="held")
        writing = asyncio.create_task(upload(world, key, "navy"))
        assert await eventually(answered) == 201
        writing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await writing
    assert await of_request(world, key) == [], "committed, and not noted"
    assert await left(world) >= 1
    assert await of_request(world, key) == [("write", "ok")]
    assert await left(world) == 0
    assert (await upload(world, key, "navy")).status_code == 201
    assert await of_request(world, key) == [("write", "ok")]


async def test_of_a_write_that_never_was_answered_it_is_said_that_nobody_knows(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    hazards, key = [(await world.report())["id"]], uuid.uuid4().hex
    body: Any = {"hazards": hazards, "act": {}}
    monkeypatch.setattr(bulk, "PATIENCE", 0)
    broken = await world.post("p-team1a", "/v1/hazards/bulk/confirm", body, key)
    assert broken.status_code == 503
    monkeypatch.undo()
    assert await left(world) >= 1
    assert await of_request(world, key, "p-team1a") == [("write", "unknown")]
    assert (await world.post("p-team1a", "/v1/hazards/bulk/confirm", body, key)).status_code == 200
    assert await of_request(world, key, "p-team1a") == [("write", "unknown"), ("write", "ok")]


async def test_what_the_rules_refuse_is_no_write(world: World) -> None:
    key = uuid.uuid4().hex
    body = {"channel": "sms", "part": "body", "text": "{{ lines }}", "expected_version": 99}
    stale = await world.put("p-office", "/v1/message-templates", body, key)
    assert (stale.status_code, stale.json()["code"]) == (409, "version_outdated")
    await left(world)
    assert await of_request(world, key, "p-office") == []


async def test_a_throttled_sign_in_is_a_refusal_in_the_log(world: World) -> None:
    source = "198.51.100.77"
    async with at(world, source) as http:
        me = await somebody(world, http)
        tries = [(await Somebody(id=me.id, http=http).sign_in("Not-the-one 1")).status_code for _ in range(7)]
        assert tries[-1] == 429
        assert (await me.sign_in(PASSWORD)).status_code == 429
    found = [one for one in await rows(world, kind="refused", subject="sign_in") if source in one["reason"]]
    assert {one["outcome"].split()[0] for one in found} == {"429"}
    assert len(found) == tries.count(429) + 1


async def test_a_link_that_does_not_hold_is_a_refusal_in_the_log(world: World) -> None:
    source = "198.51.100.78"
    async with at(world, source) as http:
        for token in ("x", world.headers("p-office")["Authorization"].removeprefix("Bearer ")):
            answer = await http.get("/v1/link", headers={"Authorization": f"Bearer {token}"})
            assert answer.status_code == 401
    found = [one for one in await rows(world, kind="refused") if source in (one["reason"] or "")]
    assert [(one["subject"], one["outcome"]) for one in found] == [("get_linked_hazard", "401")] * 2
    assert "x" not in {one["request_id"] for one in found}


def test_every_operation_that_writes_takes_a_key_or_notes_itself() -> None:
    """The key carries the deed; what has no key is noted in the transaction of what it does."""
    document = json.loads((DOCS / "openapi.json").read_text(encoding="utf-8"))
    keyed: set[str] = set()
    bare: set[str] = set()
    for methods in document["paths"].values():
        for method, told in methods.items():
            if method in ("post", "put", "patch", "delete"):
                names = {one.get("name") for one in told.get("parameters", [])}
                (keyed if "Idempotency-Key" in names else bare).add(told["operationId"])
    assert bare
    assert bare <= witness.APART
    assert keyed | bare >= witness.APART
    assert keyed | bare <= set(OPERATIONS)
