"""What the door notes: writes, exports and refusals, each once, none in a flood; read by oversight alone."""

import uuid
from datetime import timedelta
from typing import Any

import pytest

from adapters.postgres.access_log import AccessLog
from domain import access_log
from services.api.deps import Services
from services.api.refusals import Refusal, Refusals
from tests import harness
from tests.harness import World

OVERSIGHT = "p-oversight"


@pytest.fixture(scope="module")
def world(fresh: World) -> World:
    """How many refusals an API notes is bounded, and others bring about many."""
    return fresh


def services(world: World) -> Services:
    transport: Any = world.http._transport
    found: Services = transport.app.state.services
    return found


async def rows(world: World, **sought: Any) -> list[dict[str, Any]]:
    await services(world).witness.refusals.settled()
    response = await world.get(OVERSIGHT, "/v1/audit/access", limit=100, **sought)
    assert response.status_code == 200, response.text
    found: list[dict[str, Any]] = response.json()["items"]
    return found


@pytest.mark.parametrize("path", ["/v1/audit/access", "/v1/audit/seals"])
@pytest.mark.parametrize("person", ["p-office", "p-leader", "p-team1a", "p-ec01-head", "p-ec01-safety"])
async def test_nobody_but_oversight_reads_the_log(world: World, person: str, path: str) -> None:
    response = await world.get(person, path)
    assert (response.status_code, response.json()["code"]) == (403, "role_required")
    assert (await world.get(OVERSIGHT, path)).status_code == 200


async def test_a_refusal_is_noted_with_who_what_and_why(world: World) -> None:
    case = await world.report()
    hidden = await world.get("p-ec03-head", f"/v1/hazards/{case['id']}")
    assert hidden.status_code == 404
    forbidden = await world.act("p-ec01-safety", case["id"], "close")
    assert forbidden.status_code == 403
    found = await rows(world, kind="refused", person_id="p-ec03-head")
    assert (found[0]["subject"], found[0]["outcome"]) == (f"get_hazard/{case['id']}", "404")
    assert found[0]["request_id"] == hidden.headers["X-Request-Id"]
    found = await rows(world, kind="refused", person_id="p-ec01-safety")
    assert (found[0]["subject"], found[0]["outcome"]) == (f"close_hazard/{case['id']}", "403")


async def test_who_shows_no_valid_token_is_noted_as_nobody(world: World) -> None:
    response = await world.http.get("/v1/me")
    assert response.status_code == 401
    found = [row for row in await rows(world, kind="refused", outcome="401") if row["subject"] == "get_me"]
    assert found[0]["person_id"] is None


async def test_what_stands_in_an_address_and_is_no_id_is_not_written_down(world: World) -> None:
    response = await world.get("p-ec03-safety", "/v1/people/13800000001/contact")
    assert response.status_code == 404
    found = await rows(world, kind="refused", person_id="p-ec03-safety")
    assert found[0]["subject"] == "get_person_contact/-"


async def test_a_write_beside_the_cases_is_noted_once_however_often_it_is_sent(world: World) -> None:
    person, key = "p-ec01-safety", uuid.uuid4().hex
    for _ in range(3):
        files = {"file": ("photo.jpg", harness.photo("teal"))}
        response = await world.http.post("/v1/files", headers=world.headers(person, key), files=files)
        assert response.status_code == 201, response.text
    found = [row for row in await rows(world, person_id=person) if row["request_id"] == f"{person}:{key}"]
    assert [(row["kind"], row["post_id"]) for row in found] == [("write", "ec01-safety")]


async def test_an_upload_is_noted_and_an_act_on_a_case_stands_in_the_chain_of_the_case(world: World) -> None:
    known = {row["seq"] for row in await rows(world, kind="write", person_id="p-team2a")}
    photo = await world.upload("p-team2a", harness.photo("orchid"))
    cited = [{"file_id": photo, "kind": "before_photo"}]
    case = await world.report("p-team2a", unit="ec03", evidence=cited)
    found = await rows(world, kind="write", person_id="p-team2a")
    fresh = [row for row in found if row["seq"] not in known]
    assert {row["subject"].split("/")[0] for row in fresh} == {"upload_file"}
    timeline = (await world.get("p-office", f"/v1/hazards/{case['id']}/timeline")).json()["items"]
    assert [entry["action"] for entry in timeline] == ["report"]


async def test_a_flood_of_refusals_is_noted_up_to_a_bound_and_the_rest_is_counted(world: World) -> None:
    ticks = 0.0
    log = AccessLog(world.database)
    async with Refusals.opened(log, ticks=lambda: ticks) as bounded:
        told = Refusal(
            at=world.clock(),
            person_id=None,
            source=None,
            subject="get_me/flood",
            status=401,
            request_id=None,
        )
        for _ in range(500):
            bounded.note(told)
        ticks = 7.0
        bounded.note(told)
    found = [row for row in await rows(world, kind="refused") if row["subject"] == "get_me/flood"]
    assert len(found) == 31
    assert found[0]["outcome"] == "401 dropped:470"


async def test_pages_and_filters_give_each_row_once_and_the_chain_holds(world: World) -> None:
    seen: list[int] = []
    cursor: dict[str, Any] = {}
    while True:
        page = (await world.get(OVERSIGHT, "/v1/audit/access", limit=7, **cursor)).json()
        seen += [row["seq"] for row in page["items"]]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert seen == sorted(set(seen), reverse=True)
    assert seen[-1] == 1
    async with world.database.connection() as connection:
        found = [
            access_log.Access(**row)
            for row in await connection.fetch("SELECT * FROM access_log ORDER BY seq")
        ]
    # other stories of the session have wound their clocks far ahead
    later = max(one.at for one in found) + timedelta(days=1)
    assert await rows(world, since=later.isoformat()) == []
    assert access_log.verify(found, seq=found[-1].seq, head=found[-1].hash) is None


@pytest.mark.parametrize(
    "query", [{"kind": "looked"}, {"cursor": "x"}, {"since": "yesterday"}, {"other": "1"}]
)
async def test_what_is_asked_wrongly_is_refused(world: World, query: dict[str, str]) -> None:
    assert (await world.get(OVERSIGHT, "/v1/audit/access", **query)).status_code == 422
