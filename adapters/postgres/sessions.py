"""Sessions and their refresh tokens, of which only the SHA-256 is kept.

Invariant: the successor of a refresh token is computed from it with the service's key, so that a repeat within the grace
gets the same one, and a session never has two that work.
"""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from adapters.postgres.database import Connection, Database
from domain.sessions import Limits, ShownToken, Verdict, judge

PREFIX: Final = "bhr_"
"""How a refresh token begins, so that one that leaked is found."""

_BEGIN: Final = """
INSERT INTO sessions (id, person_id, begun_at, seen_at, expires_at) VALUES ($1, $2, $3, $3, $4)
"""
"""A new session."""

_FORGET: Final = "DELETE FROM sessions WHERE person_id = $1 AND expires_at < $2"
"""Sessions of a person that are long over, with their tokens."""

_ISSUE: Final = "INSERT INTO refresh_tokens (digest, session_id, issued_at) VALUES ($1, $2, $3)"
"""The newest token of a session."""

_LOCK: Final = """
SELECT id FROM sessions WHERE id = (SELECT session_id FROM refresh_tokens WHERE digest = $1) FOR UPDATE
"""
"""The session of a token; whoever shows a token of it at the same time waits here."""

_SHOWN: Final = """
SELECT sessions.person_id, sessions.expires_at, sessions.ended_at IS NOT NULL AS ended,
    accounts.disabled_at IS NOT NULL AS disabled, shown.issued_at, shown.used_at,
    coalesce((SELECT used_at IS NOT NULL FROM refresh_tokens WHERE digest = $2), false) AS successor_used
FROM refresh_tokens AS shown JOIN sessions ON sessions.id = shown.session_id
JOIN accounts ON accounts.person_id = sessions.person_id
WHERE shown.digest = $1
"""
"""What is known of a token, and whether what it was exchanged for was used."""

_USE: Final = "UPDATE refresh_tokens SET used_at = $2 WHERE digest = $1"
"""The token is used."""

_SEEN: Final = "UPDATE sessions SET seen_at = $2 WHERE id = $1"
"""The session is alive."""

_END: Final = """
UPDATE sessions SET ended_at = $2, ended_why = $3 WHERE id = ANY ($1) AND ended_at IS NULL RETURNING id
"""
"""End sessions that have not ended."""

_OF_PERSON: Final = """
SELECT id, begun_at, seen_at, expires_at FROM sessions
WHERE person_id = $1 AND ended_at IS NULL AND expires_at > $2 AND seen_at > $2 - $3::interval ORDER BY begun_at DESC LIMIT 100
"""
"""The sessions of a person that go on."""


@dataclass(frozen=True, kw_only=True)
class Begun:
    """A session with the refresh token that its holder is given once."""

    id: str
    person_id: str
    refresh_token: str
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class Refreshed:
    """What became of a shown token, and the session with its next token when it goes on."""

    verdict: Verdict
    session_id: str | None = None
    person_id: str | None = None
    begun: Begun | None = None


class PostgresSessions:
    """Begins, continues and ends sessions; ``key`` is the service's secret."""

    def __init__(self, database: Database, key: bytes, limits: Limits) -> None:
        self._database = database
        self._key = key
        self.limits = limits

    async def begin(self, connection: Connection, person_id: str, now: datetime) -> Begun:
        """A new session of a person, inside the caller's transaction."""
        begun = Begun(
            id=secrets.token_hex(16),
            person_id=person_id,
            refresh_token=_token(secrets.token_bytes(32)),
            expires_at=now + self.limits.lifetime,
        )
        await connection.execute(_FORGET, person_id, now - timedelta(days=90))
        await connection.execute(_BEGIN, begun.id, person_id, now, begun.expires_at)
        await connection.execute(_ISSUE, digest(begun.refresh_token), begun.id, now)
        return begun

    async def refresh(self, token: str, now: datetime) -> Refreshed:
        """Exchange a refresh token for the next one; a copy shown later ends the session."""
        async with self._database.transaction() as connection:
            shown, following = digest(token), self._successor(token)
            session_id = await connection.fetchval(_LOCK, shown)
            if session_id is None:
                return Refreshed(verdict=Verdict.ENDED)
            row = dict(await connection.fetchrow(_SHOWN, shown, digest(following)) or {})
            person_id = row.pop("person_id")
            verdict = judge(ShownToken(**row), self.limits.idle, now)
            if verdict is Verdict.ROTATE:
                await connection.execute(_USE, shown, now)
                await connection.execute(_ISSUE, digest(following), session_id, now)
                await connection.execute(_SEEN, session_id, now)
            if not verdict.lets_in:
                await connection.execute(_END, [session_id], now, verdict.value)
                return Refreshed(verdict=verdict, session_id=session_id, person_id=person_id)
        begun = Begun(
            id=session_id, person_id=person_id, refresh_token=following, expires_at=row["expires_at"]
        )
        return Refreshed(verdict=verdict, session_id=session_id, person_id=person_id, begun=begun)

    async def of_person(self, person_id: str, now: datetime) -> list[dict[str, Any]]:
        """The sessions of a person that go on, the newest first."""
        async with self._database.connection() as connection:
            rows = await connection.fetch(_OF_PERSON, person_id, now, self.limits.idle)
        return [dict(row) for row in rows]

    async def end(self, connection: Connection, ids: Sequence[str], why: str, now: datetime) -> int:
        """End these sessions, inside the caller's transaction; gives how many had not ended."""
        return len(await connection.fetch(_END, list(ids), now, why))

    def _successor(self, token: str) -> str:
        return _token(hmac.digest(self._key, f"refresh:{token}".encode(), "sha256"))


def digest(token: str) -> bytes:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).digest()


def _token(random: bytes) -> str:
    return PREFIX + urlsafe_b64encode(random).rstrip(b"=").decode()
