"""Bearer tokens (RFC 7519, signed with HS256): who somebody is, never what they may do.

Invariant: a token carries an opaque person id; posts and roles are looked up when it is used.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import jwt

_ALGORITHM: Final = "HS256"


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
        try:
            claims = jwt.decode(
                token,
                self.secret,
                algorithms=[_ALGORITHM],
                audience=self.audience,
                issuer=self.issuer,
                options={
                    "require": ["sub", "exp", "iat", "iss", "aud"],
                    "verify_exp": False,
                    "verify_iat": False,
                },
            )
        except (jwt.PyJWTError, ValueError) as error:
            raise BadToken from error
        expires = claims["exp"]
        if not isinstance(expires, int) or now.timestamp() >= expires:
            raise BadToken
        return str(claims["sub"])
