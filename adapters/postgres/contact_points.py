"""Contact points (联系方式): where somebody is reached, sealed; verified by a code before anything else is sent there.

Invariant: an address is in the table only sealed, and is opened only to send; one owner has one point per channel.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import asyncpg

from adapters.channels import addresses
from adapters.postgres.database import Database
from adapters.sealing import Sealer
from domain.delivery.messages import ChannelName
from domain.delivery.sending import Address
from domain.errors import Kind, Refused

CODE_LASTS: Final = timedelta(minutes=15)
CODE_TRIES: Final = 5
CODE_AGAIN_AFTER: Final = timedelta(seconds=60)
_PLACE: Final = "contact_points.address"

_SHOWN: Final = """
SELECT id, owner_kind, owner_id, channel, place, masked, created_at, verified_at, muted_until FROM contact_points
"""

_OF_OWNERS: Final = f"""
{_SHOWN} WHERE retired_at IS NULL AND ($1::text[] IS NULL OR owner_kind || ':' || owner_id = ANY ($1)) AND id > $2
ORDER BY id LIMIT $3
"""
"""A page of the points of these owners (all for NULL)."""

_ONE: Final = f"{_SHOWN} WHERE id = $1 AND retired_at IS NULL"
"""One point that was not given up."""

_LOCK_OWNER: Final = "SELECT pg_advisory_xact_lock(20267, hashtext($1))"
"""One change of an owner's points at a time."""

_ADD: Final = """
INSERT INTO contact_points (id, owner_kind, owner_id, channel, place, address, blind, masked, created_at, created_by)
SELECT $1, $2, $3, $4, coalesce(max(place), 0) + 1, $5, $6, $7, $8, $9
FROM contact_points WHERE owner_kind = $2 AND owner_id = $3 AND retired_at IS NULL
"""
"""A new point behind the others of its owner."""

_CODE: Final = """
INSERT INTO contact_codes (contact_id, hash, sent_at, expires_at, tries) VALUES ($1, $2, $3, $4, 0)
ON CONFLICT (contact_id) DO UPDATE
SET hash = excluded.hash, sent_at = excluded.sent_at, expires_at = excluded.expires_at, tries = 0
WHERE contact_codes.sent_at <= $5
RETURNING contact_id
"""
"""A new code, unless one was sent a moment ago."""

_TRY: Final = """
UPDATE contact_codes SET tries = tries + 1 WHERE contact_id = $1 AND expires_at > $2 AND tries < $3 RETURNING hash
"""
"""One attempt at a code, counted before it is judged."""

_VERIFIED: Final = """
WITH used AS (DELETE FROM contact_codes WHERE contact_id = $1)
UPDATE contact_points SET verified_at = $2 WHERE id = $1
"""
"""The code was right; it works once."""

_RETIRE: Final = "UPDATE contact_points SET retired_at = $2 WHERE id = $1 AND retired_at IS NULL"
"""Nothing more is sent there."""

_MUTE: Final = "UPDATE contact_points SET muted_until = $2 WHERE id = $1"
"""Quiet until an instant, or no longer quiet."""

_ADDRESS: Final = "SELECT address FROM contact_points WHERE id = $1"
"""The sealed address."""


@dataclass(frozen=True, kw_only=True)
class ContactPoint:
    """A contact point as it may be shown; instants are aware."""

    id: str
    owner_kind: str
    owner_id: str
    channel: ChannelName
    place: int
    masked: str
    created_at: datetime
    verified_at: datetime | None
    muted_until: datetime | None

    @property
    def owner(self) -> str:
        """Whose it is, such as ``person:p-1``."""
        return f"{self.owner_kind}:{self.owner_id}"


class PostgresContactPoints:
    """Keeps contact points; ``sealer`` is what addresses are sealed with."""

    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer

    async def of(self, owners: Sequence[str] | None, after: str, limit: int) -> list[ContactPoint]:
        """A page of the points of ``owners`` (``None``: everybody's) by id, from behind ``after``."""
        async with self._database.connection() as connection:
            return [_point(row) for row in await connection.fetch(_OF_OWNERS, owners, after, limit)]

    async def one(self, contact_id: str) -> ContactPoint | None:
        """One point, unless it was given up."""
        async with self._database.connection() as connection:
            row = await connection.fetchrow(_ONE, contact_id)
        return None if row is None else _point(row)

    async def add(
        self, owner_kind: str, owner_id: str, channel: ChannelName, address: Address, by: str, now: datetime
    ) -> str:
        """A new point with an address that was checked; gives its id. Raises ``Refused`` (``contact_exists``)."""
        contact_id = f"c-{secrets.token_hex(16)}"
        text = json.dumps([address.to, address.secret])
        sealed = self._sealer.seal(text, place=f"{_PLACE}:{contact_id}")
        blind = self._sealer.blind(address.to, place=_PLACE)
        shown = addresses.masked(channel, address)
        try:
            async with self._database.transaction() as connection:
                await connection.execute(_LOCK_OWNER, f"{owner_kind}:{owner_id}")
                row = (contact_id, owner_kind, owner_id, channel.value, sealed, blind, shown, now, by)
                await connection.execute(_ADD, *row)
        except asyncpg.UniqueViolationError as error:
            message = "该渠道已有联系方式，请先停用原有的"
            raise Refused(Kind.CONFLICT, "contact_exists", message, field="channel") from error
        return contact_id

    def blinded(self, text: str) -> str:
        """What stands in for an address where a request's fingerprint is kept."""
        return self._sealer.blind(text, place=_PLACE).hex()

    async def new_code(self, contact_id: str, now: datetime) -> str:
        """A code of six digits to be sent there. Raises ``Refused`` (``code_sent_already``) within a minute of the last."""
        code = f"{secrets.randbelow(10**6):06d}"
        async with self._database.connection() as connection:
            kept = (contact_id, _hash(contact_id, code), now, now + CODE_LASTS, now - CODE_AGAIN_AFTER)
            if await connection.fetchval(_CODE, *kept) is None:
                raise Refused(Kind.CONFLICT, "code_sent_already", "验证码刚刚发送过，请一分钟后再试")
        return code

    async def verify(self, contact_id: str, code: str, now: datetime) -> None:
        """Judge a code. Raises ``Refused`` (``code_wrong``) for a wrong, used, old or too often tried one."""
        async with self._database.transaction() as connection:
            known = await connection.fetchval(_TRY, contact_id, now, CODE_TRIES)
            right = known is not None and hmac.compare_digest(known, _hash(contact_id, code))
            if right:
                await connection.execute(_VERIFIED, contact_id, now)
        if not right:
            raise Refused(Kind.CONFLICT, "code_wrong", "验证码不对或已失效", field="code")

    async def retire(self, contact_id: str, now: datetime) -> None:
        """Send nothing more there; a repeat changes nothing."""
        async with self._database.connection() as connection:
            await connection.execute(_RETIRE, contact_id, now)

    async def mute(self, contact_id: str, until: datetime | None) -> None:
        """Keep it quiet until an instant (aware), or no longer."""
        async with self._database.connection() as connection:
            await connection.execute(_MUTE, contact_id, until)

    async def address(self, contact_id: str) -> Address:
        """Where it is, to send there. Raises ``Unopened`` when no key opens it."""
        async with self._database.connection() as connection:
            sealed = await connection.fetchval(_ADDRESS, contact_id)
        to, secret = json.loads(self._sealer.open(sealed, place=f"{_PLACE}:{contact_id}"))
        return Address(to=to, secret=secret)


def _point(row: asyncpg.Record) -> ContactPoint:
    fields: dict[str, Any] = dict(row)
    return ContactPoint(**fields | {"channel": ChannelName(fields["channel"])})


def _hash(contact_id: str, code: str) -> str:
    return hashlib.sha256(f"{contact_id}:{code}".encode()).hexdigest()
