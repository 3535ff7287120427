"""Poison of every kind gets a problem in the 4xx range, changes nothing, and is not repeated to anybody."""

import asyncio
import json
import re
from typing import Any

import httpx
import pytest

from tests import harness
from tests.api.live import Json, Live

CANARY = "canary-4f6b1c9e"
GOOD = {"unit_id": "ec01", "place": "一楼厨房", "category": "fire", "description": "安全出口被堵"}
KIB = 1024


async def _send(live: Live, content: Any, **headers: str) -> httpx.Response:
    """Bytes as a report, as somebody who may report."""
    sent = live.headers("p-team1a") | {"Content-Type": "application/json"} | headers
    return await live.http.post("/v1/hazards", headers=sent, content=content)


def _assert_problem(answer: httpx.Response, *statuses: int) -> Json:
    assert answer.status_code in statuses, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert re.fullmatch(r"[0-9a-f]{32}", answer.headers["x-request-id"])
    problem: Json = answer.json()
    assert problem["status"] == answer.status_code
    assert problem["type"] == f"urn:bihuan:problem:{problem['code']}"
    assert re.search(r"[\u4e00-\u9fff]", problem["title"])
    assert CANARY not in answer.text
    return problem


UNPARSABLE = {
    "no JSON": b"{" + CANARY.encode(),
    "an array nested 30,000 deep": b"[" * 30_000 + b"]" * 30_000,
    "an object nested 10,000 deep": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    "NaN": b'{"unit_id": NaN}',
    "Infinity": b'{"unit_id": -Infinity}',
    "a number of 5,000 digits": b'{"unit_id": ' + b"9" * 5_000 + b"}",
    "a key twice": json.dumps(GOOD).encode().replace(b'"place"', b'"unit_id"'),
    "no UTF-8": b'{"unit_id": "\xff\xfe"}',
    "UTF-16": json.dumps(GOOD).encode("utf-16"),
    "a raw control character": b'{"unit_id": "a\x00b"}',
}


@pytest.mark.parametrize("what", UNPARSABLE)
async def test_a_body_that_is_not_sound_json_is_refused(live: Live, what: str) -> None:
    assert _assert_problem(await _send(live, UNPARSABLE[what]), 400)["code"] == "malformed_body"


POISONED_TEXTS = {
    "NUL": "厨房\x00",
    "escape": "厨房\x1b[2J",
    "direction override": "厨房\u202egnp.exe",
    "isolate": "\u2066厨房",
    "byte order mark": "\ufeff厨房",
    "C1 control": "厨房\x85",
    "lone surrogate": "厨房\ud800",
    "only spaces": "   ",
    "only wide spaces": "\u3000\u3000",
    "only zero-width": "\u200b\u200d\u2060",
    "nothing": "",
    "10,000 characters": "长" * 10_000,
}


@pytest.mark.parametrize("what", POISONED_TEXTS)
@pytest.mark.parametrize("field", ["place", "description"])
async def test_a_text_that_hides_or_shows_nothing_is_refused_by_its_field(
    live: Live, field: str, what: str
) -> None:
    body = json.dumps(GOOD | {field: POISONED_TEXTS[what]}).encode("ascii")
    problem = _assert_problem(await _send(live, body), 422)
    assert [error["field"] for error in problem["errors"]] == [f"body.{field}"]


async def test_a_name_that_begins_like_a_formula_is_only_text(live: Live) -> None:
    answer = await live.report(place='=HYPERLINK("http://example.invalid")', description="=1+1")
    assert answer.status_code == 201
    assert answer.json()["description"] == "=1+1"


@pytest.mark.parametrize("body", [[], "text", 1, None, True, [GOOD]])
async def test_json_that_is_no_object_is_refused(live: Live, body: Any) -> None:
    _assert_problem(await _send(live, json.dumps(body)), 422)


async def test_every_field_that_is_wrong_is_listed_and_none_is_repeated(live: Live) -> None:
    body = {
        "unit_id": CANARY + " with spaces",
        "place": CANARY * 40,
        "level": [CANARY],
        "fixed_on_spot": "true",
        "evidence": [{"file_id": CANARY, "kind": CANARY}],
        CANARY: CANARY,
    }
    problem = _assert_problem(await _send(live, json.dumps(body)), 422)
    fields = {error["field"]: error["code"] for error in problem["errors"]}
    assert fields == {
        "body.unit_id": "string_pattern_mismatch",
        "body.place": "string_too_long",
        "body.category": "missing",
        "body.description": "missing",
        "body.level": "string_type",
        "body.fixed_on_spot": "bool_type",
        "body.evidence.0.file_id": "string_pattern_mismatch",
        "body.evidence.0.kind": "enum",
        "body": "extra_forbidden",
    }
    assert all(re.search(r"[\u4e00-\u9fff]", error["message"]) for error in problem["errors"])


REFERENCES = {
    "unit_id": "no-such-unit",
    "category": "no-such-category",
    "item": "no-such-item",
    "level": "no-such-level",
}


@pytest.mark.parametrize("field", REFERENCES)
async def test_a_reference_to_nothing_is_a_conflict_that_names_its_field(live: Live, field: str) -> None:
    problem = _assert_problem(await _send(live, json.dumps(GOOD | {field: REFERENCES[field]})), 409)
    assert problem["field"] == field


@pytest.mark.parametrize("size", [64 * KIB + 1, 2_500_000])
@pytest.mark.parametrize("chunked", [False, True])
async def test_a_body_over_the_limit_is_refused_whatever_its_headers_claim(
    live: Live, size: int, chunked: bool
) -> None:
    body = json.dumps(GOOD | {"description": "x" * size}).encode()

    async def pieces() -> Any:
        for start in range(0, len(body), 8 * KIB):
            yield body[start : start + 8 * KIB]

    answer = await _send(live, pieces() if chunked else body)
    assert _assert_problem(answer, 413)["code"] == "body_too_large"


async def test_a_body_just_under_the_limit_is_judged_by_its_content(live: Live) -> None:
    body = json.dumps(GOOD).encode()
    _assert_problem(await _send(live, body + b" " * (64 * KIB - len(body) - 1) + b"x"), 400)


async def test_an_upload_over_the_limit_is_refused(live: Live) -> None:
    files = {"file": ("photo.jpg", b"\xff\xd8\xff" + bytes(32 * KIB * KIB))}
    answer = await live.http.post("/v1/files", headers=live.headers("p-team1a"), files=files)
    _assert_problem(answer, 413)


async def _raw(live: Live, request: bytes) -> bytes:
    """What the server answers to exactly these bytes, until it has said all or closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", live.stack.ports.api)
    try:
        writer.write(request)
        async with asyncio.timeout(60):
            head = await reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"content-length: (\d+)", head.lower())
            return head + (await reader.readexactly(int(length[1])) if length else await reader.read())
    finally:
        writer.close()


async def test_a_length_that_lies_upwards_is_refused_by_the_lie(live: Live) -> None:
    token = live.token("p-team1a")
    head = (
        f"POST /v1/hazards HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nIdempotency-Key: k-lie\r\n"
        "Content-Type: application/json\r\nContent-Length: 99999999999\r\n\r\n{}"
    )
    answer = await _raw(live, head.encode())
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"body_too_large" in answer


async def test_a_length_that_lies_downwards_ends_the_body_there(live: Live) -> None:
    token = live.token("p-team1a")
    body = json.dumps(GOOD).encode()
    head = (
        f"POST /v1/hazards HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nIdempotency-Key: k-lie\r\n"
        f"Content-Type: application/json\r\nConnection: close\r\nContent-Length: {len(body) - 5}\r\n\r\n"
    )
    answer = await _raw(live, head.encode() + body)
    assert answer.startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize(
    "target",
    [
        b"/v1/hazards/%ff%fe",
        b"/v1/hazards/%00",
        b"/v1/units?cursor=%ff",
        b"/v1/units?cursor=%00",
        b"/%2e%2e/etc",
    ],
)
async def test_addresses_that_are_no_text_are_refused(live: Live, target: bytes) -> None:
    token = live.token("p-office").encode()
    answer = await _raw(
        live, b"GET " + target + b" HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + token + b"\r\n\r\n"
    )
    assert re.match(rb"HTTP/1.1 (404|422) ", answer), answer
    assert b"application/problem+json" in answer


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/xml", "application/json5", "a/b/c", "multipart/form-data"]
)
async def test_a_body_of_another_media_type_is_refused(live: Live, content_type: str) -> None:
    answer = await _send(live, json.dumps(GOOD), **{"Content-Type": content_type})
    _assert_problem(answer, 415)


async def test_an_upload_that_is_no_form_or_has_no_file_is_refused(live: Live) -> None:
    headers = live.headers("p-team1a")
    _assert_problem(await live.http.post("/v1/files", headers=headers, json={"file": "x"}), 415)
    broken = headers | {"Content-Type": "multipart/form-data"}
    _assert_problem(await live.http.post("/v1/files", headers=broken, content=b"x"), 400)
    nothing = await live.http.post("/v1/files", headers=headers, files={"other": ("a", b"b")})
    _assert_problem(nothing, 422)
    text = await live.http.post("/v1/files", headers=headers, files={"file": (None, CANARY)})
    _assert_problem(text, 422)
    photos = [("file", ("a.jpg", harness.photo())), ("file", ("b.jpg", harness.photo("blue")))]
    _assert_problem(await live.http.post("/v1/files", headers=headers, files=photos), 422)


@pytest.mark.parametrize(
    "query",
    [
        "nonsense=1",
        f"{CANARY}=1",
        "limit=1&limit=2",
        "limit=0",
        "limit=101",
        "limit=+5",
        "limit=5.0",
        "limit=1_0",
        "limit=١",
        "overdue=1",
        "overdue=yes",
        "reported_from=0",
        "reported_from=2026-10-08T00:00:00Z",
        "reported_to=2026-02-30",
        "stage=nowhere",
        "cursor=1",
        "text=",
        "text=%20",
        "text=%00",
        "level=a%20b",
    ],
)
async def test_a_parameter_that_is_unknown_repeated_or_out_of_form_is_refused(live: Live, query: str) -> None:
    problem = _assert_problem(await live.get("p-office", f"/v1/hazards?{query}"), 422)
    assert all(error["field"].startswith("query") for error in problem["errors"])


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
async def test_days_at_the_ends_of_time_are_only_days(live: Live, day: str) -> None:
    for name in ("reported_from", "reported_to"):
        assert (await live.get("p-office", f"/v1/hazards?{name}={day}")).status_code == 200


async def test_a_command_without_a_key_is_refused(live: Live) -> None:
    headers = live.headers("p-team1a")
    del headers["Idempotency-Key"]
    problem = _assert_problem(await live.http.post("/v1/hazards", headers=headers, json=GOOD), 400)
    assert problem["code"] == "idempotency_key_missing"
    for key in ("", "a b", "k" * 256, "é"):
        sent = httpx.Headers(headers | {"Idempotency-Key": key}, encoding="latin-1")
        answer = await live.http.post("/v1/hazards", headers=sent, json=GOOD)
        _assert_problem(answer, 400, 422)


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("DELETE", "/v1/hazards", "GET, POST"),
        ("OPTIONS", "/v1/hazards", "GET, POST"),
        ("PUT", "/v1/hazards/YH-2026-000001", "GET"),
        ("GET", "/v1/hazards/YH-2026-000001/actions/confirm", "POST"),
        ("POST", "/docs", "GET"),
        ("TRACE", "/readyz", "GET"),
    ],
)
async def test_a_method_that_an_address_does_not_know_is_answered_with_those_it_knows(
    live: Live, method: str, path: str, allow: str
) -> None:
    answer = await live.http.request(method, path, headers=live.headers("p-office"))
    assert _assert_problem(answer, 405)["code"] == "method_not_allowed"
    assert answer.headers["allow"] == allow


@pytest.mark.parametrize(
    "path", ["/", "/v1", "/v1/hazards/", "/v2/hazards", "/static-offline-docs/../x", f"/{CANARY}"]
)
async def test_an_unknown_address_is_a_problem_and_no_redirect(live: Live, path: str) -> None:
    _assert_problem(await live.http.get(path), 404)


async def test_poison_for_a_case_changes_nothing_and_does_not_hold_it_up(live: Live) -> None:
    case = (await live.report()).json()["id"]
    path = f"/v1/hazards/{case}/actions/note"
    headers = live.headers("p-team1a") | {"Content-Type": "application/json"}
    poisons = [json.dumps({"note": "x" * size}).encode() for size in (2_001, 64 * KIB, 2_500_000)] + [
        json.dumps({"note": text}).encode("ascii") for text in POISONED_TEXTS.values()
    ]
    for poison in (*poisons, *UNPARSABLE.values()):
        answer = await live.http.post(path, headers=headers, content=poison)
        _assert_problem(answer, 400, 413, 422)
    assert await live.timeline(case) == ["report"]
    async with asyncio.timeout(10):
        assert (await live.post("p-team1a", path, {"note": "已到现场"})).status_code == 200
    assert await live.timeline(case) == ["report", "note"]


async def test_an_act_out_of_order_is_refused_and_the_record_stays(live: Live) -> None:
    case = (await live.report()).json()["id"]
    for person, action, body in (
        ("p-ec01-safety", "start", {}),
        ("p-ec01-safety", "submit", {"note": "已整改"}),
        ("p-team1a", "pass", {"note": "合格"}),
        ("p-deputy", "close", {"note": "销号"}),
        ("p-office", "reopen", {"reason": "再查"}),
        ("p-office", "assign", {"post": "ec01-safety"}),
    ):
        answer = await live.post(person, f"/v1/hazards/{case}/actions/{action}", body)
        problem = _assert_problem(answer, 409)
        assert problem["code"] == "wrong_stage"
    assert await live.timeline(case) == ["report"]


async def test_what_was_refused_left_no_line_of_it_in_the_log(live: Live) -> None:
    assert CANARY not in live.log()
    assert "unexpected error" not in live.log()
