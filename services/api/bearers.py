"""Whose bearer token it is: one of ours, or one of the OpenID Connect provider that the settings name.

Invariant: what a token says of itself only decides by whose keys it is checked, never whether it is.
"""

from datetime import datetime

import jwt

from services.openid import OpenIdProvider
from services.tokens import BadToken, Shown, TokenKey


class Bearers:
    """Reads tokens."""

    def __init__(self, tokens: TokenKey, provider: OpenIdProvider | None) -> None:
        self._tokens = tokens
        self._provider = provider

    async def shown(self, token: str | None, now: datetime) -> Shown:
        """Whose token it is at ``now`` (aware). Raises :class:`BadToken`, and ``Temporary`` without the provider's keys."""
        if token is None:
            raise BadToken
        if self._provider is not None and _issuer(token) == self._provider.issuer:
            return await self._provider.shown(token, now)
        return self._tokens.shown(token, now)


def _issuer(token: str) -> object:
    """Whom the token says that it is from, unchecked."""
    try:
        claims = jwt.decode(token[:4096], options={"verify_signature": False})
    except (jwt.PyJWTError, ValueError, RecursionError):
        return None
    return claims.get("iss")
