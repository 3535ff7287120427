"""Contact numbers through HTTP: sealed on file, masked to look at, whole only with a reason that is on record."""

import asyncio
import uuid
from datetime import timedelta
from typing import Any

import pytest

from adapters.postgres.access_log import AccessLog, Sought
from adapters.postgres.contact_rows import insert, rows
from deploy.sample.contacts import contacts
from deploy.sample.district import DISTRICT
from domain.access_log import Access
from services import bootstrap
from tests.harness import World

OFFICE, HEAD, STAFF, OTHER_HEAD, OVERSIGHT = (
    "p-office",
    "p-ec01-head",
    "p-ec01-safety",
    "p-ec03-head",
    "p-oversight",
)


@pytest.fixture(scope="module", autouse=True)
async def _numbers(world: World) -> None:
    sealer = bootstrap.sealer(world.settings)
    async with world.database.transaction() as connection:
        await insert(connection, rows(contacts(DISTRICT), sealer), sealer)


def number(person: str) -> str:
    return next(row["mobile"] for row in contacts(DISTRICT) if row.get("person_id") == person)


async def seen(world: World, by: str, whose: str = f"people/{STAFF}") -> dict[str, Any]:
    response = await world.get(by, f"/v1/{whose}/contact")
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


async def reveal(world: World, by: str, whose: str = f"people/{STAFF}", reason: str = "通知值班") -> Any:
    return await world.post(by, f"/v1/{whose}/contact/reveal", {"reason": reason})


async def noted(world: World, person: str, kind: str = "reveal") -> list[Access]:
    found = await AccessLog(world.database).page(Sought(person_id=person), None, 1000)
    return [row for row in found if row.kind == kind]


async def test_a_number_is_masked_to_whoever_looks(world: World) -> None:
    last = number(STAFF)[-4:]
    for person in (OFFICE, HEAD, STAFF, OVERSIGHT, "p-team1a"):
        assert (await seen(world, person))["mobile"] == f"138****{last}"


@pytest.mark.parametrize("person", [OTHER_HEAD, "p-team3a"])
async def test_a_number_of_another_unit_does_not_exist(world: World, person: str) -> None:
    for method, path in (("get", "contact"), ("put", "contact"), ("post", "contact/reveal")):
        body = {"mobile": "13900000001", "expected_version": 1} if method == "put" else {"reason": "通知值班"}
        address = f"/v1/people/{STAFF}/{path}"
        response = await (
            world.get(person, address) if method == "get" else getattr(world, method)(person, address, body)
        )
        assert (response.status_code, response.json()["code"]) == (404, "person_unknown")


async def test_the_list_shows_what_one_may_see_and_nothing_whole(world: World) -> None:
    found: dict[str, list[str]] = {}
    for person in (OFFICE, HEAD):
        cursor, ids = None, []
        while True:
            page = (await world.get(person, "/v1/contacts", **({"cursor": cursor} if cursor else {}))).json()
            ids += [item["id"] for item in page["items"]]
            assert all(item["mobile"] is None or "****" in item["mobile"] for item in page["items"])
            if (cursor := page["next"]) is None:
                break
        found[person] = ids
    assert {row.get("person_id") for row in contacts(DISTRICT)} - {None} <= {
        one.removeprefix("people/") for one in found[OFFICE]
    }
    assert f"people/{STAFF}" in found[HEAD]
    assert "people/p-office" in found[HEAD]
    assert not [one for one in found[HEAD] if "ec03" in one]


async def test_a_reveal_gives_the_whole_number_and_is_on_record_with_its_reason(world: World) -> None:
    response = await reveal(world, HEAD, reason="今晚值班换人")
    assert response.status_code == 200
    assert response.json() == {"id": f"people/{STAFF}", "mobile": number(STAFF)}
    row = (await noted(world, HEAD))[0]
    assert (row.post_id, row.subject, row.outcome) == ("ec01-head", f"people/{STAFF}/contact", "ok")
    assert row.reason == "今晚值班换人"
    assert row.request_id is not None
    assert row.request_id.startswith(f"{HEAD}:")


@pytest.mark.parametrize("person", ["p-ec02-safety", OVERSIGHT])
async def test_who_need_not_reach_somebody_sees_no_whole_number(world: World, person: str) -> None:
    response = await reveal(world, person, whose="people/p-office")
    assert (response.status_code, response.json()["code"]) == (403, "role_required")


@pytest.mark.parametrize(
    "body", [{}, {"reason": ""}, {"reason": " "}, {"reason": "打13800000001"}, {"reason": "x", "y": 1}]
)
async def test_a_reveal_without_a_reason_is_refused_and_nothing_is_quoted(world: World, body: Any) -> None:
    before = len(await noted(world, OFFICE))
    response = await world.post(OFFICE, f"/v1/people/{STAFF}/contact/reveal", body)
    assert response.status_code == 422
    assert "13800000001" not in response.text
    assert len(await noted(world, OFFICE)) == before


async def test_one_person_sees_twenty_numbers_an_hour_and_the_next_when_the_first_is_an_hour_old(
    world: World,
) -> None:
    asker = "p-deputy"
    answers = await asyncio.gather(*(reveal(world, asker, f"people/{STAFF}") for _ in range(24)))
    assert sorted(answer.status_code for answer in answers) == [200] * 20 + [429] * 4
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert refused.json()["code"] == "too_many_reveals"
    assert 3500 < int(refused.headers["Retry-After"]) <= 3600
    assert len(await noted(world, asker)) == 20
    ahead = world.clock.ahead
    try:
        world.clock.ahead += timedelta(hours=1, minutes=1)
        assert (await reveal(world, asker)).status_code == 200
    finally:
        world.clock.ahead = ahead


async def test_the_office_the_head_and_oneself_set_a_number_and_nobody_else(world: World) -> None:
    whose = "/v1/people/p-ec02-safety/contact"
    body = {"mobile": "139 0000 1111", "expected_version": 1}
    for person, status in (("p-team1a", 403), (OVERSIGHT, 403), ("p-ec02-head", 200)):
        response = await world.put(person, whose, body)
        assert response.status_code == status, response.text
    assert response.json()["mobile"] == "139****1111"
    stale = await world.put(OFFICE, whose, body)
    assert (stale.status_code, stale.json()["code"]) == (409, "contact_version_stale")
    mine = await world.put("p-ec02-safety", whose, {"mobile": "13900001112", "expected_version": 2})
    assert mine.json()["version"] == 3
    gone = await world.put(OFFICE, whose, {"expected_version": 3})
    assert (gone.json()["mobile"], gone.json()["version"]) == (None, 4)
    assert [row.subject for row in await noted(world, OFFICE, "write")][:1] == [
        "people/p-ec02-safety/contact"
    ]


async def test_a_number_of_somebody_else_is_refused_without_naming_whose_it_is(world: World) -> None:
    body = {"mobile": number(STAFF), "expected_version": 1}
    response = await world.put(OFFICE, "/v1/people/p-ec02-head/contact", body)
    assert (response.status_code, response.json()["code"]) == (409, "mobile_taken")
    assert number(STAFF) not in response.text
    assert STAFF not in response.text


async def test_two_who_set_at_once_are_one_who_did_and_one_who_is_told(world: World) -> None:
    bodies = [{"mobile": f"1390000222{n}", "expected_version": 1} for n in (1, 2)]
    address = "/v1/people/p-ec04-head/contact"
    answers = await asyncio.gather(*(world.put(OFFICE, address, body) for body in bodies))
    assert sorted(answer.status_code for answer in answers) == [200, 409]


async def test_a_repeat_under_the_same_key_gives_the_first_answer_and_writes_nothing(world: World) -> None:
    key, address = uuid.uuid4().hex, "/v1/posts/ec01-safety/contact"
    body = {"mobile": "13900003333", "landline": "010-55550909", "expected_version": 1}
    first = await world.put(HEAD, address, body, key)
    assert first.status_code == 200, first.text
    assert (first.json()["mobile"], first.json()["landline"]) == ("139****3333", "010-55550909")
    again = await world.put(HEAD, address, body, key)
    assert (again.json(), again.headers["Idempotency-Replayed"]) == (first.json(), "true")
    other = await world.put(HEAD, address, body | {"mobile": "13900003334"}, key)
    assert other.json()["code"] == "idempotency_key_reused"


@pytest.mark.parametrize(
    ("body", "code"),
    [({"mobile": "12345"}, "mobile_invalid"), ({"landline": "010-55550001"}, "landline_of_posts_only")],
)
async def test_what_is_no_number_of_a_person_is_refused_by_field(world: World, body: Any, code: str) -> None:
    response = await world.put(OFFICE, "/v1/people/p-ec05-head/contact", body | {"expected_version": 1})
    assert (response.status_code, response.json()["code"]) == (409, code)
    assert response.json()["field"] == next(iter(body))
