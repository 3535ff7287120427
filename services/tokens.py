"""Signed tokens (RFC 7519, HS256): who somebody is, which device or which link it is; never what they may do.

Invariant: a token names its use in its audience, so that none passes for another; posts and roles are looked up when it
is used. One without a session is of the sample, and is nobody's outside development.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Final

import jwt
from jwt.types import Options

_ALGORITHM: Final = "HS256"
_LONGEST: Final = 4096
_LEEWAY: Final = 60
"""Seconds by which the clock of whoever issues tokens may be ahead."""

_DEVICE, _LINK = "device", "link"


class BadToken(Exception):  # noqa: N818
    """The token is missing, expired, forged or not meant for this service."""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """Whose token it is, of which session (``None`` for one issued elsewhere), and when it was issued (aware)."""

    person_id: str
    session_id: str | None
    issued_at: datetime


@dataclass(frozen=True, kw_only=True)
class TokenKey:
    """The secret and the names under which tokens are signed and checked."""

    secret: str
    issuer: str
    audience: str
    sessionless: bool = True

    def issue(self, person_id: str, now: datetime, lifetime: timedelta, session_id: str | None = None) -> str:
        """A token for a person, valid from ``now`` (aware) for ``lifetime``, as long as the session goes on."""
        session = {} if session_id is None else {"sid": session_id}
        return self._signed(person_id, now, now + lifetime, session, None)

    def shown(self, token: str, now: datetime) -> Shown:
        """Whose token it is at ``now`` (aware). Raises :class:`BadToken`."""
        claims = self._claims(token, now, None)
        session_id = claims.get("sid")
        if session_id is None and not self.sessionless:
            raise BadToken
        if session_id is not None and not _is_name(session_id):
            raise BadToken
        return Shown(person_id=claims["sub"], session_id=session_id, issued_at=issued_at(claims))

    def device(self, person_id: str, now: datetime, lifetime: timedelta) -> str:
        """What tells, at a later sign-in, that this person has signed in from there before."""
        return self._signed(person_id, now, now + lifetime, {}, _DEVICE)

    def device_since(self, token: str, person_id: str, now: datetime) -> datetime | None:
        """Since when (aware) the device is this person's, or ``None`` when it is not."""
        try:
            claims = self._claims(token, now, _DEVICE)
        except BadToken:
            return None
        return issued_at(claims) if claims["sub"] == person_id else None

    def link(self, link_id: str, issued: datetime, expires: datetime) -> str:
        """The link to a case with this id; the same instants (aware) give the same link."""
        return self._signed(link_id, issued, expires, {}, _LINK)

    def link_id(self, token: str, now: datetime) -> str:
        """Which link it is at ``now`` (aware). Raises :class:`BadToken`."""
        link_id: str = self._claims(token, now, _LINK)["sub"]
        return link_id

    def derived(self, use: str) -> bytes:
        """A key of its own for another use."""
        return hmac.digest(self.secret.encode(), f"bihuan/{use}".encode(), "sha256")

    def _signed(
        self, subject: str, issued: datetime, expires: datetime, more: Mapping[str, str], use: str | None
    ) -> str:
        claims = {
            "sub": subject,
            "iss": self.issuer,
            "aud": self._audience(use),
            "iat": int(issued.timestamp()),
            "exp": int(expires.timestamp()),
            **more,
        }
        return jwt.encode(claims, self.secret, algorithm=_ALGORITHM)

    def _claims(self, token: str, now: datetime, use: str | None) -> Mapping[str, Any]:
        return _valid_at(now, _own(token, self.secret, self._audience(use), self.issuer))

    def _audience(self, use: str | None) -> str:
        return self.audience if use is None else f"{self.audience}/{use}"


def read(
    token: str, key: Any, algorithms: list[str], *, audience: str, issuer: str, now: datetime
) -> Mapping[str, Any]:
    """The claims of a token that is signed with ``key`` and valid at ``now`` (aware). Raises :class:`BadToken`."""
    return _valid_at(now, _signed_by(key, algorithms, token, audience, issuer))


@lru_cache(maxsize=1000)
def _own(token: str, secret: str, audience: str, issuer: str) -> Mapping[str, Any]:
    """What a token of ours says: the same for ever, so it is read once. Whether it counts now is asked every time."""
    return _signed_by(secret, [_ALGORITHM], token, audience, issuer)


def _signed_by(key: Any, algorithms: list[str], token: str, audience: str, issuer: str) -> Mapping[str, Any]:
    if len(token) > _LONGEST:
        raise BadToken
    try:
        claims: dict[str, Any] = jwt.decode(
            token, key, algorithms=algorithms, audience=audience, issuer=issuer, options=_OPTIONS
        )
    except (jwt.PyJWTError, ValueError, RecursionError):
        # a token that cannot even be read is nobody's either
        raise BadToken from None
    return claims


def _valid_at(now: datetime, claims: Mapping[str, Any]) -> Mapping[str, Any]:
    if not _is_valid_at(claims, now.timestamp()) or not _is_name(claims["sub"]):
        raise BadToken
    return claims


def issued_at(claims: Mapping[str, Any]) -> datetime:
    """When a token that was read was issued, aware."""
    return datetime.fromtimestamp(claims["iat"], UTC)


_OPTIONS: Final[Options] = {
    "require": ["sub", "exp", "iat", "iss", "aud"],
    # judged below by the clock that is passed in
    "verify_exp": False,
    "verify_iat": False,
    "verify_nbf": False,
}


def _is_name(value: object) -> bool:
    return isinstance(value, str) and value.isprintable()


def _is_valid_at(claims: Mapping[str, object], now: float) -> bool:
    expires, issued, begins = claims["exp"], claims["iat"], claims.get("nbf", 0)
    if not (isinstance(expires, int) and isinstance(issued, int) and isinstance(begins, int)):
        return False
    return max(issued, begins) - _LEEWAY <= now < expires
