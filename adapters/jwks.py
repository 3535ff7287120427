"""The public keys of an OpenID Connect provider (RFC 7517), kept as long as they may be needed.

Invariant: nobody waits for a provider whose keys are at hand; one that is away is asked again every few seconds at most,
and its last keys count for a day. A key that is not known is asked for once in thirty seconds, whoever names it.
"""

import asyncio
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Final, Self

import httpx
import jwt

from domain.errors import Temporary

FRESH: Final = timedelta(minutes=10)
STALE: Final = timedelta(hours=24)
UNKNOWN_AGAIN: Final = timedelta(seconds=30)
AWAY_AGAIN: Final = timedelta(seconds=5)
PATIENCE: Final = 3.0
"""Seconds for both documents together."""

LARGEST: Final = 256 * 1024


class Jwks:
    """Fetches and keeps the keys; use it as a context."""

    def __init__(self, http: httpx.AsyncClient, *, issuer: str, url: str | None) -> None:
        self._http = http
        self._issuer = issuer
        self._url = url
        self._keys: Mapping[str | None, Any] = {}
        self._fetched: datetime | None = None
        self._tried: datetime | None = None
        self._fetching: asyncio.Task[None] | None = None
        self.fetches = 0

    async def __aenter__(self) -> Self:
        """Begin; nothing is fetched yet."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End what is under way."""
        if self._fetching is not None:
            self._fetching.cancel()
            await asyncio.gather(self._fetching, return_exceptions=True)

    async def key(self, key_id: str | None, now: datetime) -> Any | None:
        """The key with this id at ``now`` (aware); without an id the only one there is. Raises ``Temporary``."""
        if not self._younger(FRESH, now):
            self._fetch(now, again=AWAY_AGAIN)
        if not self._younger(STALE, now):
            await self._fetched_once()
        if not self._younger(STALE, now):
            raise Temporary("identity")
        if key_id not in self._keys:
            await self.renewed(now)
        return self._keys.get(key_id)

    async def renewed(self, now: datetime) -> bool:
        """Ask for the keys once more at ``now`` (aware); false where that was done within thirty seconds."""
        if not self._fetch(now, again=UNKNOWN_AGAIN):
            return False
        await self._fetched_once()
        return True

    def _younger(self, age: timedelta, now: datetime) -> bool:
        return self._fetched is not None and now - self._fetched < age

    def _fetch(self, now: datetime, *, again: timedelta) -> bool:
        """Begin to fetch unless that was tried lately; tells whether it is under way."""
        if self._fetching is not None and not self._fetching.done():
            return True
        if self._tried is not None and now - self._tried < again:
            return False
        self._tried = now
        self._fetching = asyncio.create_task(self._renew(now))
        return True

    async def _fetched_once(self) -> None:
        if self._fetching is not None:
            # whoever waits may give up; the others still want it
            await asyncio.shield(self._fetching)

    async def _renew(self, now: datetime) -> None:
        self.fetches += 1
        try:
            async with asyncio.timeout(PATIENCE):
                found = _usable(await self._document(self._url or await self._discovered()))
        except (httpx.HTTPError, TimeoutError, ValueError, KeyError, TypeError, RecursionError):
            return
        self._keys, self._fetched = found, now

    async def _discovered(self) -> str:
        document = await self._document(f"{self._issuer.rstrip('/')}/.well-known/openid-configuration")
        if document["issuer"] != self._issuer:
            raise ValueError("another issuer")
        url: str = document["jwks_uri"]
        return url

    async def _document(self, url: str) -> dict[str, Any]:
        read = bytearray()
        async with self._http.stream("GET", url) as response:
            if response.status_code != 200:
                raise ValueError("no document")
            async for part in response.aiter_bytes():
                read += part
                if len(read) > LARGEST:
                    raise ValueError("too large")
        document: dict[str, Any] = json.loads(read)
        return document


def _usable(document: dict[str, Any]) -> dict[str | None, Any]:
    """The keys for signatures by their ids, none of them a shared secret; the only one also goes without its id."""
    found: dict[str | None, Any] = {}
    for one in document["keys"]:
        if one.get("kty") in ("RSA", "EC", "OKP") and one.get("use", "sig") == "sig":
            try:
                found[one.get("kid")] = jwt.PyJWK(one, algorithm=one.get("alg")).key
            except jwt.PyJWTError:
                # of a kind that nobody here can check
                continue
    if not found:
        raise ValueError("no keys")
    return found if len(found) > 1 else {**found, None: next(iter(found.values()))}
