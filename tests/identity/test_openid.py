"""Tokens of an OpenID Connect provider, against a real one: its keys, its audience, its absence."""

import hmac
import json
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from adapters.jwks import AWAY_AGAIN, FRESH, STALE, UNKNOWN_AGAIN, Jwks
from deploy.devstack import Devstack
from services import tokens
from services.settings import Settings
from tests import harness
from tests.harness import World
from tests.identity import provider as providers
from tests.identity.people import bearer, known
from tests.identity.provider import AUDIENCE, Provider


@pytest.fixture(scope="module")
async def provider() -> AsyncIterator[Provider]:
    async with providers.running() as running:
        yield running


@pytest.fixture
async def here(stack: Devstack, provider: Provider) -> AsyncIterator[World]:
    """The API with the settings of somebody who has a provider of identity; nothing fetched yet."""
    told = {"BIHUAN_OIDC_ISSUER": provider.issuer, "BIHUAN_OIDC_AUDIENCE": AUDIENCE}
    async with harness.world(stack, working=False, **told) as running:
        yield running


async def test_who_has_signed_in_at_the_provider_is_who_the_directory_knows(
    here: World, provider: Provider
) -> None:
    answer = await here.http.get("/v1/me", headers=bearer(await provider.token("p-office")))
    assert answer.status_code == 200
    assert answer.json()["person_id"] == "p-office"
    assert answer.json()["posts"] != []
    assert await status(here, await provider.token("p-nobody-there")) == 401


async def test_our_own_tokens_count_beside_those_of_the_provider(here: World) -> None:
    assert (await here.get("p-office", "/v1/me")).status_code == 200


async def test_a_token_for_another_service_is_nobodys(here: World, provider: Provider) -> None:
    assert await status(here, await provider.token("p-office", audience="another-service")) == 401


async def test_what_was_not_signed_by_the_providers_key_is_nobodys(here: World, provider: Provider) -> None:
    sound = await provider.token("p-office")
    head, claims = (await provider.keys())[0], _claims(sound)
    strange = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = jwt.PyJWK((await provider.keys())[0]).key
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    forged = {
        "no algorithm": jwt.encode(claims, "", algorithm="none", headers={"kid": head["kid"]}),
        "another key": jwt.encode(claims, strange, algorithm="RS256", headers={"kid": head["kid"]}),
        "an unknown key": jwt.encode(claims, strange, algorithm="RS256", headers={"kid": "unheard-of"}),
        "the public key as a secret": _hs256(claims, pem, head["kid"]),
        "our own secret": jwt.encode(claims, here.tokens.secret, algorithm="HS256"),
        "another body": _swapped(sound, {**claims, "sub": "p-leader"}),
        "a key in the head": jwt.encode(
            claims, strange, algorithm="RS256", headers={"jwk": {"kty": "RSA"}, "kid": head["kid"]}
        ),
    }
    assert {what: await status(here, token) for what, token in forged.items()} == dict.fromkeys(forged, 401)
    assert await status(here, sound) == 200


@pytest.mark.parametrize("claim", ["sub", "exp", "iat", "aud"])
def test_the_claims_that_must_be_there_are_those_of_our_own_tokens(claim: str) -> None:
    """They are read by the one function that tests/api/test_tokens.py tries without each claim."""
    required = tokens._OPTIONS["require"]
    assert claim in required


async def test_a_token_that_is_over_is_nobodys_by_our_clock(here: World, provider: Provider) -> None:
    token = await provider.token("p-office")
    here.clock.ahead += timedelta(hours=2)
    try:
        assert await status(here, token) == 401
    finally:
        here.clock.ahead -= timedelta(hours=2)


async def test_whoever_is_shut_out_here_is_out_at_once_though_the_provider_does_not_know(
    here: World, provider: Provider
) -> None:
    person_id = await known(here)
    token = await provider.token(person_id)
    assert await status(here, token) == 200
    assert (await here.put("p-office", f"/v1/accounts/{person_id}", {"disabled": True})).status_code == 200
    assert await status(here, token) == 401


async def test_a_new_key_of_the_provider_is_fetched_when_it_is_first_met(
    here: World, provider: Provider
) -> None:
    before = await provider.token("p-office")
    assert await status(here, before) == 200
    await provider.stop()
    await provider.start()
    after = await provider.token("p-office")
    # this provider does not name its key in the token: one that does not fit has the keys fetched again
    here.clock.ahead += UNKNOWN_AGAIN
    try:
        assert await status(here, after) == 200
        assert await status(here, before) == 401
    finally:
        here.clock.ahead -= UNKNOWN_AGAIN


async def test_a_thousand_unknown_keys_are_one_question_in_thirty_seconds(provider: Provider) -> None:
    async with httpx.AsyncClient(trust_env=False, timeout=3) as http, _jwks(http, provider) as keys:
        now = datetime.now(UTC)
        for number in range(1000):
            assert await keys.key(f"unheard-of-{number}", now) is None
        assert keys.fetches == 1
        assert await keys.key("unheard-of", now + UNKNOWN_AGAIN) is None
        assert keys.fetches == 2


async def test_with_the_provider_away_the_keys_at_hand_count_for_a_day(
    here: World, provider: Provider
) -> None:
    async with httpx.AsyncClient(trust_env=False, timeout=3) as http, _jwks(http, provider) as keys:
        now = datetime.now(UTC)
        key_id = (await provider.keys())[0]["kid"]
        assert await keys.key(key_id, now) is not None
        await provider.stop()
        try:
            for age in (FRESH, timedelta(hours=1), STALE - timedelta(seconds=1)):
                assert await keys.key(key_id, now + age) is not None
            with pytest.raises(Exception, match="identity is away"):
                await keys.key(key_id, now + STALE)
        finally:
            await provider.start()
        fresh = (await provider.keys())[0]["kid"]
        assert await keys.key(fresh, now + STALE + AWAY_AGAIN) is not None


async def test_nobody_waits_for_a_frozen_provider_whose_keys_are_at_hand(
    here: World, provider: Provider
) -> None:
    token = await provider.token("p-office")
    assert await status(here, token) == 200
    await provider.freeze()
    ahead = here.clock.ahead
    seconds: list[float] = []
    try:
        for _ in range(3):
            here.clock.ahead += FRESH
            begun = time.perf_counter()
            assert await status(here, token) == 200
            seconds.append(time.perf_counter() - begun)
        # the quickest: what else the machine did meanwhile only adds
        assert min(seconds) < 2.5
    finally:
        here.clock.ahead = ahead
        await provider.stop()
        await provider.start()


async def test_with_the_provider_away_from_the_start_the_answer_is_to_come_back(
    here: World, provider: Provider
) -> None:
    token = await provider.token("p-office")
    await provider.stop()
    try:
        answer = await here.http.get("/v1/me", headers=bearer(token))
        assert (answer.status_code, answer.json()["code"]) == (503, "identity_unavailable")
        assert "retry-after" in answer.headers
        # our own do not need it
        assert (await here.get("p-office", "/v1/me")).status_code == 200
    finally:
        await provider.start()


async def test_the_claim_that_names_the_person_is_a_setting(stack: Devstack, provider: Provider) -> None:
    told = {"BIHUAN_OIDC_ISSUER": provider.issuer, "BIHUAN_OIDC_PERSON_CLAIM": "email"}
    told |= {"BIHUAN_OIDC_JWKS_URL": f"{provider.issuer}/jwks", "BIHUAN_LOCAL_ACCOUNTS": "false"}
    async with harness.world(stack, working=False, **told) as there:
        # this provider gives everybody the subject as address
        assert await status(there, await provider.token("p-office")) == 200
        closed = await there.http.post("/v1/sessions", json={"login": "p-office", "password": "x"})
        assert closed.status_code == 401


@pytest.mark.parametrize("algorithms", ["HS256", "RS256,HS256", "none", ""])
def test_no_algorithm_with_a_shared_secret_can_be_set(algorithms: str) -> None:
    with pytest.raises(ValueError, match="oidc_algorithms"):
        Settings(oidc_algorithms=algorithms)


def _jwks(http: httpx.AsyncClient, provider: Provider) -> Jwks:
    return Jwks(http, issuer=provider.issuer, url=None)


def _claims(token: str) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return claims


def _hs256(claims: dict[str, Any], pem: bytes, key_id: str) -> str:
    """Signed with the public key as if it were a secret, which the library itself refuses to do."""
    parts = [json.dumps({"alg": "HS256", "typ": "JWT", "kid": key_id}), json.dumps(claims)]
    text = b".".join(jwt.utils.base64url_encode(part.encode()) for part in parts)
    return (text + b"." + jwt.utils.base64url_encode(hmac.digest(pem, text, "sha256"))).decode()


def _swapped(token: str, claims: dict[str, Any]) -> str:
    head, _, signature = token.split(".")
    return f"{head}.{jwt.utils.base64url_encode(json.dumps(claims).encode()).decode()}.{signature}"


async def status(world: World, token: str) -> int:
    return (await world.http.get("/v1/me", headers=bearer(token))).status_code
