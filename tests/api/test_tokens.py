"""Who may come in: a valid token of a known person, and nothing else."""

import base64
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest

from services.api.main import document
from tests.api.live import Live

OPEN = {
    ("get", "/healthz"),
    ("get", "/readyz"),
    ("get", "/v1/passwords"),
    ("post", "/v1/passwords"),
    ("post", "/v1/sessions"),
    ("post", "/v1/tokens"),
}
"""Where one may come without a token."""


def _routes() -> list[tuple[str, str]]:
    """Every route of the document, with something in the place of each parameter."""
    return [
        (method, path)
        for path, item in document()["paths"].items()
        for method in item
        if (method, path) not in OPEN
    ]


def _claims(live: Live, **changed: Any) -> dict[str, Any]:
    now = datetime.now(UTC).timestamp()
    sound = {
        "sub": "p-office",
        "iss": live.settings.token_issuer,
        "aud": live.settings.token_audience,
        "iat": int(now),
        "exp": int(now) + 600,
    }
    return {name: value for name, value in (sound | changed).items() if value is not None}


def _signed(live: Live, secret: str | None = None, **changed: Any) -> str:
    key = secret or live.settings.token_secret.get_secret_value()
    return jwt.encode(_claims(live, **changed), key, algorithm="HS256")


def _in(seconds: float) -> int:
    return int((datetime.now(UTC) + timedelta(seconds=seconds)).timestamp())


def _unsigned(live: Live) -> str:
    return jwt.encode(_claims(live), "", algorithm="none")


def _deep(live: Live) -> str:
    """A token whose head is JSON nested deeper than a parser goes."""
    head = base64.urlsafe_b64encode(b"[" * 2900).rstrip(b"=").decode()
    return f"{head}.{head[:20]}.{head[:20]}"


def _without(claim: str) -> Callable[[Live], str]:
    return lambda live: f"Bearer {_signed(live, **{claim: None})}"


BAD: dict[str, Callable[[Live], str]] = {
    "garbage": lambda _live: "Bearer not-a-token",
    "nothing after the scheme": lambda _live: "Bearer",
    "another scheme": lambda _live: "Basic cC1vZmZpY2U6eA==",
    "no algorithm": lambda live: f"Bearer {_unsigned(live)}",
    "wrong signature": lambda live: f"Bearer {_signed(live, 'another secret that is long enough 000')}",
    "wrong audience": lambda live: f"Bearer {_signed(live, aud='someone-else')}",
    "wrong issuer": lambda live: f"Bearer {_signed(live, iss='someone-else')}",
    "expired": lambda live: f"Bearer {_signed(live, exp=_in(-1))}",
    "issued in the future": lambda live: f"Bearer {_signed(live, iat=_in(300), exp=_in(900))}",
    "not valid yet": lambda live: f"Bearer {_signed(live, nbf=_in(300), exp=_in(900))}",
    "expiry that is no number": lambda live: f"Bearer {_signed(live, exp='never')}",
    "unknown person": lambda live: f"Bearer {_signed(live, sub='p-nobody')}",
    "person with a NUL": lambda live: f"Bearer {_signed(live, sub='p-office' + chr(0))}",
    "person that is no text": lambda live: f"Bearer {_signed(live, sub=['p-office'])}",
    "head nested too deep": lambda live: f"Bearer {_deep(live)}",
    "very long": lambda _live: "Bearer " + "a" * 20_000,
    **{f"no {claim}": _without(claim) for claim in ("sub", "iss", "aud", "iat", "exp")},
}


@pytest.mark.parametrize("what", BAD)
async def test_a_bad_token_is_nobody_and_leaves_no_line_in_the_log(live: Live, what: str) -> None:
    before = live.log()
    answer = await live.http.get("/v1/me", headers={"Authorization": BAD[what](live)})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "unauthenticated"
    assert live.log() == before


@pytest.mark.parametrize(("method", "path"), _routes())
async def test_without_a_token_no_route_says_anything(live: Live, method: str, path: str) -> None:
    answer = await live.http.request(method.upper(), re.sub(r"\{\w+\}", "x1", path))
    assert answer.status_code == 401
    assert answer.json()["code"] == "unauthenticated"


def test_the_document_says_of_every_route_whether_it_wants_a_token() -> None:
    open_ones = {
        (method, path)
        for path, item in document()["paths"].items()
        for method, operation in item.items()
        if not operation.get("security")
    }
    assert open_ones == OPEN


async def test_nobody_gets_a_body_parsed_before_the_token_is_checked(live: Live) -> None:
    answer = await live.http.post(
        "/v1/hazards", content=b"{not json", headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 401


async def test_a_clock_that_is_a_little_ahead_is_forgiven(live: Live) -> None:
    token = _signed(live, iat=_in(30), exp=_in(900))
    answer = await live.http.get("/v1/me", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200
    assert answer.json()["person_id"] == "p-office"


def test_the_deep_token_is_deep_enough_to_break_a_parser(live: Live) -> None:
    head = base64.urlsafe_b64decode(_deep(live).split(".")[0] + "==")
    with pytest.raises(RecursionError):
        json.loads(head)
