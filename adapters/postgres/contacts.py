"""Numbers of people and posts: sealed when written, opened when somebody may see them.

Invariant: a mobile number leaves here masked, but for :meth:`PostgresContacts.reveal`, which notes who saw it in the same
transaction, and :meth:`PostgresContacts.mobile`, by which messages are sent.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, Final

import asyncpg

from adapters.postgres import held, requests
from adapters.postgres.access_log import AccessLog
from adapters.postgres.database import Connection, Database
from adapters.sealing import Sealer
from domain import contacts, phones
from domain.access_log import AccessKind
from domain.contacts import Numbers, Owner, Reveal, Setting, TooMany
from domain.errors import Kind, Refused
from domain.people import Holding, Role
from domain.requests import Answer

COLUMN: Final = "contact_numbers.mobile"

_OF_PERSON: Final = f"""
WITH held AS ({held.AT})
SELECT held.post_id, held.role, held.unit_id FROM people LEFT JOIN held ON held.person_id = people.id WHERE people.id = $2
"""  # noqa: S608 - the reading of who holds what
"""A person with the posts held at an instant."""

_OF_POST: Final = "SELECT id AS post_id, role, unit_id FROM posts WHERE id = $1"
"""A post."""

_ONE: Final = "SELECT id, mobile, landline, version, set_at FROM contact_numbers WHERE id = $1"
"""What is on file for one person or post."""

_PAGE: Final = f"""
WITH held AS ({held.AT})
SELECT contact_numbers.*, coalesce(people.name, posts.title) AS label
FROM contact_numbers LEFT JOIN people ON people.id = contact_numbers.person_id
    LEFT JOIN posts ON posts.id = contact_numbers.post_id
WHERE contact_numbers.id > $2 AND (
    $3::text[] IS NULL OR contact_numbers.person_id = $4 OR posts.unit_id = ANY ($3)
    OR posts.role NOT IN ('unit_staff', 'unit_head')
    OR EXISTS (
        SELECT FROM held WHERE held.person_id = contact_numbers.person_id
            AND (held.unit_id = ANY ($3) OR held.role NOT IN ('unit_staff', 'unit_head')))
)
ORDER BY contact_numbers.id LIMIT $5
"""  # noqa: S608 - the reading of who holds what
"""A page of the numbers that an asker may see masked, with whose they are."""

_VERSION: Final = "SELECT version FROM contact_numbers WHERE id = $1"
"""The version that is on file."""

_PUT: Final = """
INSERT INTO contact_numbers (id, person_id, post_id, mobile, mobile_index, landline, version, set_at, set_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (id) DO UPDATE SET mobile = $4, mobile_index = $5, landline = $6, version = $7, set_at = $8, set_by = $9
WHERE contact_numbers.version = $7 - 1
RETURNING version
"""
"""Set what is on file, unless somebody else did meanwhile."""

_TAKEN: Final = """
SELECT EXISTS (SELECT 1 FROM contact_numbers WHERE mobile_index = ANY ($1) AND person_id IS NOT NULL AND id <> $2)
"""
"""Whether somebody else has this number, under whichever key it was indexed."""


class PostgresContacts:
    """Keeps numbers and shows them."""

    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer
        self._log = AccessLog(database)

    async def person(self, person_id: str, at: datetime) -> Owner | None:
        """A person with the posts held at ``at`` (aware), or ``None`` for somebody unknown."""
        async with self._database.connection() as connection:
            rows = await connection.fetch(_OF_PERSON, at, person_id)
        return Owner(person_id=person_id, holdings=_holdings(rows)) if rows else None

    async def post(self, post_id: str) -> Owner | None:
        """A post, or ``None`` for an unknown one."""
        async with self._database.connection() as connection:
            rows = await connection.fetch(_OF_POST, post_id)
        return Owner(post_id=post_id, holdings=_holdings(rows)) if rows else None

    async def masked(self, owner: Owner) -> Numbers:
        """What is on file, masked. Raises ``Unopened``."""
        async with self._database.connection() as connection:
            row = await connection.fetchrow(_ONE, owner.id)
        return self._numbers(owner, row)

    async def page(
        self, asker: str, visible: Iterable[str] | None, at: datetime, after: str, limit: int
    ) -> list[Numbers]:
        """A page of the numbers that a person may see masked, who sees these units, by id. Raises ``Unopened``."""
        units = None if visible is None else sorted(visible)
        async with self._database.connection() as connection:
            rows = await connection.fetch(_PAGE, at, after, units, asker, limit)
        return [
            self._numbers(Owner(person_id=row["person_id"], post_id=row["post_id"]), row, row["label"])
            for row in rows
        ]

    async def mobile(self, owner: Owner) -> str | None:
        """The whole mobile number, for sending to it and for nothing else. Raises ``Unopened``."""
        async with self._database.connection() as connection:
            row = await connection.fetchrow(_ONE, owner.id)
        return self._opened(owner, row)

    async def set(
        self, wanted: Setting, now: datetime, render: Callable[[Numbers], Answer]
    ) -> tuple[Answer, bool]:
        """Set the numbers and note that they were, once; give the answer, and whether it is new.

        Raises ``Refused`` (``contact_version_stale``, ``mobile_taken``).
        """
        async with self._database.transaction() as connection:
            if earlier := await requests.claim(connection, wanted.request, now):
                return earlier, False
            await self._put(connection, wanted, now)
            row = await connection.fetchrow(_ONE, wanted.owner.id)
            answer = render(self._numbers(wanted.owner, row))
            await requests.keep(connection, wanted.request, answer)
            await self._log.note(
                connection,
                at=now,
                kind=AccessKind.WRITE,
                person_id=wanted.by,
                post_id=wanted.post_id,
                on_behalf_of=wanted.on_behalf_of,
                subject=f"{wanted.owner.id}/contact",
                request_id=wanted.request.id,
            )
        return answer, True

    async def reveal(self, wanted: Reveal, now: datetime) -> str | None:
        """The whole mobile number, noted in the same transaction; ``None`` where none is on file.

        Raises ``TooMany``, with nothing noted, and ``Unopened``.
        """
        async with self._database.transaction() as connection:
            number = self._opened(wanted.owner, await connection.fetchrow(_ONE, wanted.owner.id))
            await self._log.note(
                connection,
                at=now,
                kind=AccessKind.REVEAL,
                person_id=wanted.person_id,
                post_id=wanted.by.post_id if wanted.by else None,
                on_behalf_of=wanted.by.on_behalf_of if wanted.by else None,
                subject=f"{wanted.owner.id}/contact",
                outcome="ok" if number else "empty",
                request_id=wanted.request_id,
                reason=wanted.reason,
            )
            # counted behind the note, where nobody else can note at the same time
            since = now - contacts.HOUR
            seen = await self._log.times(connection, wanted.person_id, AccessKind.REVEAL, since)
            if number and (seconds := contacts.wait_of(seen, now)) is not None:
                raise TooMany(seconds)
        return number

    async def _put(self, connection: Connection, wanted: Setting, now: datetime) -> None:
        owner, mobile = wanted.owner, wanted.mobile
        if (await connection.fetchval(_VERSION, owner.id) or 0) != wanted.expected:
            raise _stale()
        if mobile and owner.person_id and await self._taken(connection, mobile, owner.id):
            raise taken("mobile")
        try:
            row = self.row(owner, mobile, wanted.landline)
            put = await connection.fetchval(_PUT, *row, wanted.expected + 1, now, wanted.by)
        except asyncpg.UniqueViolationError:
            raise taken("mobile") from None
        if put is None:
            raise _stale()

    async def _taken(self, connection: Connection, mobile: str, but: str) -> bool:
        return bool(await connection.fetchval(_TAKEN, self._sealer.blinds(mobile, place=COLUMN), but))

    def row(self, owner: Owner, mobile: str | None, landline: str | None) -> tuple[Any, ...]:
        """The first six values of a row, sealed."""
        sealed = self._sealer.seal(mobile, place=f"{COLUMN}:{owner.id}") if mobile else None
        index = self._sealer.blind(mobile, place=COLUMN) if mobile else None
        return owner.id, owner.person_id, owner.post_id, sealed, index, landline

    def blinded(self, mobile: str | None) -> str | None:
        """What stands for a number in the fingerprint of a request."""
        return self._sealer.blind(mobile, place="requests.fingerprint").hex() if mobile else None

    def _opened(self, owner: Owner, row: "asyncpg.Record | None") -> str | None:
        if row is None or row["mobile"] is None:
            return None
        return self._sealer.open(row["mobile"], place=f"{COLUMN}:{owner.id}")

    def _numbers(self, owner: Owner, row: "asyncpg.Record | None", label: str | None = None) -> Numbers:
        if row is None:
            return Numbers(id=owner.id)
        number = self._opened(owner, row)
        told = {
            "landline": row["landline"],
            "version": row["version"],
            "set_at": row["set_at"],
            "label": label,
        }
        return Numbers(id=owner.id, mobile=phones.masked(number) if number else None, **told)


def taken(field: str) -> Refused:
    """The refusal for a number that somebody else has."""
    return Refused(Kind.CONFLICT, "mobile_taken", "这个手机号已登记在另一人名下", field=field)


def _stale() -> Refused:
    return Refused(
        Kind.CONFLICT, "contact_version_stale", "号码已被改过，请重新查看后再改", field="expected_version"
    )


def _holdings(rows: "Sequence[asyncpg.Record]") -> tuple[Holding, ...]:
    found = [row for row in rows if row["post_id"]]
    return tuple(
        Holding(post_id=one["post_id"], role=Role(one["role"]), unit_id=one["unit_id"]) for one in found
    )
