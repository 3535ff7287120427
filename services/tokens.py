"""Bearer tokens (RFC 7519, signed with HS256): who somebody is, never what they may do.

Invariant: a token carries an opaque person id; posts and roles are looked up when it is used.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import jwt
from jwt.types import Options

_ALGORITHM: Final = "HS256"
_LONGEST: Final = 4096
_LEEWAY: Final = 60
"""Seconds by which the clock of whoever issues tokens may be ahead."""


class BadToken(Exception):  # noqa: N818
    """The token is missing, expired, forged or not meant for this service."""


@dataclass(frozen=True, kw_only=True)
class TokenKey:
    """The secret and the names under which tokens are signed and checked."""

    secret: str
    issuer: str
    audience: str

    def issue(self, person_id: str, now: datetime, lifetime: timedelta) -> str:
        """A token for a person, valid from ``now`` (aware) for ``lifetime``."""
        claims = {
            "sub": person_id,
            "iss": self.issuer,
            "aud": self.audience,
            "iat": int(now.timestamp()),
            "exp": int((now + lifetime).timestamp()),
        }
        return jwt.encode(claims, self.secret, algorithm=_ALGORITHM)

    def person_id(self, token: str, now: datetime) -> str:
        """Whose token it is at ``now`` (aware). Raises :class:`BadToken`."""
        if len(token) > _LONGEST:
            raise BadToken
        try:
            claims = jwt.decode(
                token,
                self.secret,
                algorithms=[_ALGORITHM],
                audience=self.audience,
                issuer=self.issuer,
                options=_OPTIONS,
            )
        except (jwt.PyJWTError, ValueError, RecursionError):
            # a token that cannot even be read is nobody's either
            raise BadToken from None
        person_id: str = claims["sub"]
        if not _is_valid_at(claims, now.timestamp()) or not person_id.isprintable():
            raise BadToken
        return person_id


_OPTIONS: Final[Options] = {
    "require": ["sub", "exp", "iat", "iss", "aud"],
    # judged below by the clock that is passed in
    "verify_exp": False,
    "verify_iat": False,
    "verify_nbf": False,
}


def _is_valid_at(claims: dict[str, object], now: float) -> bool:
    expires, issued, begins = claims["exp"], claims["iat"], claims.get("nbf", 0)
    if not (isinstance(expires, int) and isinstance(issued, int) and isinstance(begins, int)):
        return False
    return max(issued, begins) - _LEEWAY <= now < expires
