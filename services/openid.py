"""Tokens of an OpenID Connect provider: signed with its own keys, meant for this service, of a person who is known here.

Invariant: only the algorithms of the settings count, none of which shares a secret; issuer, audience, expiry and issue
must be there. The claim that the settings name is the id of a person, and nothing else of the token is believed.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx
import jwt

from adapters.jwks import Jwks
from services.settings import Settings
from services.tokens import BadToken, Shown, issued_at, read


@dataclass(frozen=True, kw_only=True)
class OpenIdProvider:
    """A provider whose tokens are taken."""

    issuer: str
    audience: str
    person_claim: str
    algorithms: tuple[str, ...]
    keys: Jwks

    async def shown(self, token: str, now: datetime) -> Shown:
        """Whose token it is at ``now`` (aware). Raises :class:`BadToken`, or ``Temporary`` when the keys are not to be had."""
        key_id = self._key_id(token)
        try:
            claims = await self._claims(token, key_id, now)
        except BadToken:
            # a provider that does not name its key may have a new one
            if key_id is not None or not await self.keys.renewed(now):
                raise
            claims = await self._claims(token, key_id, now)
        person_id = claims.get(self.person_claim)
        if not (isinstance(person_id, str) and person_id.isprintable()):
            raise BadToken
        return Shown(person_id=person_id, session_id=None, issued_at=issued_at(claims))

    async def _claims(self, token: str, key_id: str | None, now: datetime) -> Mapping[str, Any]:
        key = await self.keys.key(key_id, now)
        if key is None:
            raise BadToken
        return read(token, key, list(self.algorithms), audience=self.audience, issuer=self.issuer, now=now)

    def _key_id(self, token: str) -> str | None:
        """By which key it says that it is signed, before anything is asked of the provider."""
        try:
            head = jwt.get_unverified_header(token)
        except (jwt.PyJWTError, ValueError, RecursionError):
            raise BadToken from None
        key_id = head.get("kid")
        if head.get("alg") not in self.algorithms or not isinstance(key_id, str | None):
            raise BadToken
        return key_id


@asynccontextmanager
async def provider(settings: Settings) -> AsyncIterator[OpenIdProvider | None]:
    """The provider of the settings, or ``None`` where they name none; it is asked for its keys when they are needed."""
    if not settings.oidc_issuer:
        yield None
        return
    # no proxy, no redirects: the keys come from where the settings say, or not at all
    async with httpx.AsyncClient(timeout=3, trust_env=False, follow_redirects=False) as http:
        keys = Jwks(http, issuer=settings.oidc_issuer, url=settings.oidc_jwks_url or None)
        async with keys:
            yield OpenIdProvider(
                issuer=settings.oidc_issuer,
                audience=settings.oidc_audience,
                person_claim=settings.oidc_person_claim,
                algorithms=settings.algorithms,
                keys=keys,
            )
