"""Links for outsiders: one case, upload and comment, until they expire or are revoked; anything else is refused."""

import uuid
from datetime import timedelta
from typing import Any

import httpx
import jwt
import pytest

from adapters.postgres.accounts import PostgresAccounts
from domain.access import OPERATIONS, Way
from services.api.main import document
from tests import harness
from tests.harness import World
from tests.identity.people import Json, bearer, known

HOUR = timedelta(hours=1)


async def test_a_holder_sees_uploads_and_comments_and_the_record_names_no_person(world: World) -> None:
    case = await world.report()
    token = (await issued(world, case["id"]))["token"]
    seen = (await world.http.get("/v1/link", headers=bearer(token))).json()
    assert (seen["hazard_id"], seen["place"], seen["uploads_left"]) == (case["id"], case["place"], 50)
    photo = await uploaded(world, token)
    said = await comment(world, token, note="防火门已更换", files=[photo])
    assert said.status_code == 201, said.text
    assert said.json()["hazard_id"] == case["id"]
    last = (await world.get("p-office", f"/v1/hazards/{case['id']}/timeline")).json()["items"][-1]
    assert last["seq"] == said.json()["seq"]
    assert (last["action"], last["channel"], last["note"]) == ("comment", "link", "防火门已更换")
    assert (last["person"], last["post"], last["on_behalf_of"]) == (None, None, None)
    assert [one["file_id"] for one in last["evidence"]] == [photo]
    # whoever may see the case sees the photo, and the unit may cite it
    assert (await world.get("p-ec01-safety", f"/v1/files/{photo}")).status_code == 200


async def test_a_comment_moves_nothing_and_its_files_are_no_evidence_yet(world: World) -> None:
    case = await world.report()
    token = (await issued(world, case["id"]))["token"]
    before = await world.see(case["id"])
    await comment(world, token, note="请看照片", files=[await uploaded(world, token)])
    after = await world.see(case["id"])
    assert before.pop("seq") + 1 == after.pop("seq")
    assert before.pop("head") != after.pop("head")
    assert after == before


async def test_the_same_comment_under_the_same_key_is_on_record_once(world: World) -> None:
    case = await world.report()
    token = (await issued(world, case["id"]))["token"]
    first, second = [await comment(world, token, key="k-1", note="已到场") for _ in range(2)]
    assert first.json() == second.json()
    assert second.headers["idempotency-replayed"] == "true"
    assert (await comment(world, token, key="k-1", note="另一句")).status_code == 422
    assert await actions(world, case["id"]) == ["report", "comment"]


async def test_the_link_opens_no_other_way_into_the_system(world: World) -> None:
    """Every operation of the document, tried with a link: all but its own three know nobody by it."""
    case = await world.report()
    token = (await issued(world, case["id"]))["token"]
    tried = 0
    for path, item in document()["paths"].items():
        for method, operation in item.items():
            row = OPERATIONS[operation["operationId"]]
            if row.way in (Way.PUBLIC, Way.LINK):
                continue
            address = path.replace("{hazard_id}", case["id"]).replace("{file_id}", "f-" + "0" * 32)
            answer = await world.http.request(method, address, headers=bearer(token), json={})
            assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated"), (method, path)
            tried += 1
    assert tried > 50


async def test_a_person_is_no_holder_of_a_link(world: World) -> None:
    for method, path in (("GET", "/v1/link"), ("POST", "/v1/link/files"), ("POST", "/v1/link/comments")):
        answer = await world.http.request(method, path, headers=world.headers("p-office"))
        assert answer.status_code == 401, path


async def test_an_expired_and_a_revoked_link_are_nobodys_at_once(world: World) -> None:
    case = await world.report()
    short, revoked = await issued(world, case["id"], hours=1), await issued(world, case["id"])
    path = f"/v1/hazards/{case['id']}/links/{revoked['id']}"
    gone = await world.http.delete(path, headers=world.headers("p-team1a"))
    assert gone.status_code == 204
    assert await status(world, revoked["token"]) == 401
    assert (await comment(world, revoked["token"], note="还在吗")).status_code == 401
    assert await status(world, short["token"]) == 200
    world.clock.ahead += HOUR
    try:
        assert await status(world, short["token"]) == 401
    finally:
        world.clock.ahead -= HOUR
    listed = (await world.get("p-team1a", f"/v1/hazards/{case['id']}/links")).json()["items"]
    assert [(one["id"], one["revoked_at"] is None) for one in listed] == [
        (revoked["id"], False),
        (short["id"], True),
    ]
    assert not any("token" in one for one in listed)


async def test_a_forged_link_is_nobodys(world: World) -> None:
    case = await world.report()
    link = await issued(world, case["id"])
    now = world.clock()
    claims = jwt.decode(link["token"], options={"verify_signature": False})
    forged = [
        jwt.encode(claims, "another secret that is long enough 000", algorithm="HS256"),
        jwt.encode(claims, "", algorithm="none"),
        jwt.encode({**claims, "sub": "0" * 24}, world.tokens.secret, algorithm="HS256"),
        world.tokens.issue(link["id"], now, HOUR),
        world.tokens.device(link["id"], now, HOUR),
        _of_another_signature(link["token"]),
        link["id"],
        "",
    ]
    assert {await status(world, token) for token in forged} == {401}


def _of_another_signature(token: str) -> str:
    head, body, signature = token.split(".")
    return f"{head}.{body}.{'B' if signature[0] == 'A' else 'A'}{signature[1:]}"


async def test_a_longer_life_than_on_record_cannot_be_signed_into_a_link(world: World) -> None:
    case = await world.report()
    link = await issued(world, case["id"], hours=1)
    longer = world.tokens.link(link["id"], world.clock(), world.clock() + 9 * HOUR)
    world.clock.ahead += HOUR
    try:
        assert await status(world, longer) == 401
    finally:
        world.clock.ahead -= HOUR


async def test_files_of_another_link_or_of_the_case_cannot_be_cited(world: World) -> None:
    case, other = await world.report(), await world.report()
    token = (await issued(world, case["id"]))["token"]
    theirs = await uploaded(world, (await issued(world, other["id"]))["token"], harness.photo("teal"))
    inside = await world.upload("p-team1a", harness.photo("maroon"))
    for file_id in (theirs, inside, "f-" + "0" * 32):
        answer = await comment(world, token, note="见附件", files=[file_id])
        assert (answer.status_code, answer.json()["field"]) == (409, "files")
    assert await actions(world, case["id"]) == ["report"]


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        ("p-team1a", 201),
        ("p-office", 201),
        ("p-ec01-head", 201),
        ("p-ec01-safety", 403),
        ("p-oversight", 403),
        ("p-ec03-head", 404),
    ],
)
async def test_who_may_let_an_outsider_in(world: World, person: str, expected: int) -> None:
    case = await world.report()
    body = {"purpose": "施工单位", "hours": 24}
    answer = await world.post(person, f"/v1/hazards/{case['id']}/links", body)
    assert answer.status_code == expected, answer.text


async def test_a_link_is_not_issued_for_longer_than_the_setting(world: World) -> None:
    case = await world.report()
    answer = await world.post(
        "p-office", f"/v1/hazards/{case['id']}/links", {"purpose": "长期", "hours": 721}
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "link_too_long")


async def test_the_same_key_gives_the_same_link_and_the_table_of_keys_has_none(world: World) -> None:
    case, key = await world.report(), uuid.uuid4().hex
    first, second = await issued(world, case["id"], key=key), await issued(world, case["id"], key=key)
    assert first == second
    async with world.database.connection() as connection:
        kept = await connection.fetchval("SELECT answer FROM requests WHERE key = $1", key)
    assert first["id"] in kept
    assert first["token"] not in kept
    assert "token" not in kept


async def test_the_links_of_somebody_who_is_shut_out_do_not_hold(world: World) -> None:
    case = await world.report()
    person_id = await known(world)
    async with world.database.connection() as connection:
        await connection.execute(
            "UPDATE case_links SET issued_by = $2 WHERE id = $1",
            (link := await issued(world, case["id"]))["id"],
            person_id,
        )
    assert await status(world, link["token"]) == 200
    async with world.database.transaction() as connection:
        await PostgresAccounts(world.database).disable(connection, person_id, world.clock())
    assert await status(world, link["token"]) == 401


async def test_nothing_is_said_to_a_case_that_is_over(world: World) -> None:
    case = await world.report()
    token = (await issued(world, case["id"]))["token"]
    await world.must("p-office", case["id"], "dismiss", reason="经核实不属实")
    answer = await comment(world, token, note="还有话说")
    assert (answer.status_code, answer.json()["code"]) == (409, "wrong_stage")
    closed = await world.post("p-office", f"/v1/hazards/{case['id']}/links", {"purpose": "再来", "hours": 1})
    assert closed.status_code == 409


async def test_a_link_has_only_so_many_comments(world: World) -> None:
    case = await world.report()
    link = await issued(world, case["id"])
    async with world.database.connection() as connection:
        await connection.execute(
            "UPDATE case_links SET comments = 49, uploads = 50 WHERE id = $1", link["id"]
        )
    assert (await comment(world, link["token"], note="最后一条")).status_code == 201
    answer = await comment(world, link["token"], note="多出一条")
    assert (answer.status_code, answer.json()["code"]) == (409, "link_used_up")
    files = {"file": ("photo.jpg", harness.photo())}
    full = await world.http.post("/v1/link/files", headers=keyed(link["token"]), files=files)
    assert (full.status_code, full.json()["code"]) == (409, "link_used_up")


async def test_issuing_and_using_a_link_is_in_the_access_log(world: World) -> None:
    case = await world.report()
    link = await issued(world, case["id"])
    await comment(world, link["token"], note="已到场")
    async with world.database.connection() as connection:
        rows = await connection.fetch(
            "SELECT kind, person_id, channel FROM access_log WHERE subject = $1 ORDER BY seq",
            f"{case['id']}/link:{link['id']}",
        )
    assert [tuple(row) for row in rows] == [
        ("link_issued", "p-team1a", "api"),
        ("link_used", None, "link"),
    ]


async def issued(world: World, case_id: str, *, hours: int = 72, key: str | None = None) -> Json:
    body = {"purpose": "示例消防工程公司上传施工照片", "hours": hours}
    answer = await world.post("p-team1a", f"/v1/hazards/{case_id}/links", body, key)
    assert answer.status_code == 201, answer.text
    told: Json = answer.json()
    return told


async def uploaded(world: World, token: str, content: bytes | None = None) -> str:
    files = {"file": ("photo.jpg", content or harness.photo("gold"))}
    answer = await world.http.post("/v1/link/files", headers=keyed(token), files=files)
    assert answer.status_code == 201, answer.text
    found: str = answer.json()["id"]
    return found


async def comment(world: World, token: str, key: str | None = None, **body: Any) -> httpx.Response:
    return await world.http.post("/v1/link/comments", headers=keyed(token, key), json=body)


async def status(world: World, token: str) -> int:
    return (await world.http.get("/v1/link", headers=bearer(token))).status_code


async def actions(world: World, case_id: str) -> list[str]:
    items = (await world.get("p-office", f"/v1/hazards/{case_id}/timeline")).json()["items"]
    return [one["action"] for one in items]


def keyed(token: str, key: str | None = None) -> dict[str, str]:
    return bearer(token) | {"Idempotency-Key": key or uuid.uuid4().hex}
