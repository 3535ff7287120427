"""Issuing a bulletin (印发): its number, its files, its audience and the notices to it, in one transaction.

Invariant: a bulletin is issued at most once, with the next number of its year; numbers have no gaps and no doubles.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from adapters.postgres import bulletin_lists
from adapters.postgres.bulletins import PATIENCE, append, locked
from adapters.postgres.database import Connection, Database
from domain import bulletin as rules
from domain.bulletin import Bulletin, Command, Issuing
from domain.collection import Frozen
from domain.errors import Kind, Refused

_LAST: Final = "SELECT last FROM bulletin_numbers WHERE code = $1 AND year = $2"
"""The last number that was given."""

_TAKE: Final = """
INSERT INTO bulletin_numbers (code, year, last) VALUES ($1, $2, $3)
ON CONFLICT (code, year) DO UPDATE SET last = excluded.last WHERE bulletin_numbers.last = excluded.last - 1
RETURNING last
"""
"""Take a number, if it is still the next one."""

_UNITS: Final = "SELECT count(*) FROM units WHERE kind <> 'bureau' AND district = $1"
"""How many units hear of bulletins in a district."""

_AUDIENCE: Final = """
INSERT INTO bulletin_audience (bulletin_id, unit_id, unit_name, post_id, notice_id)
SELECT $1, id, name, unit_post, format('%s.%s.%s', $1::text, $2::int, row_number() OVER (ORDER BY id))
FROM units WHERE kind <> 'bureau' AND district = $3
"""
"""Every unit of the district's field, with the notice that it will read."""

_NOTICES: Final = """
INSERT INTO notices (id, case_id, seq, kind, post_id, text, at, due_at, leaves_at, urgent, late)
SELECT notice_id, $1, $2, 'bulletin', post_id, $3, $4, $4, $4, false, false FROM bulletin_audience WHERE bulletin_id = $1
"""
"""One notice to each."""

Rendering = Callable[[Bulletin, Frozen], Awaitable[Mapping[str, str]]]
"""Makes and stores the files of a bulletin as it will be issued; gives their SHA-256 by format."""

ATTEMPTS: Final = 5


@dataclass(frozen=True, kw_only=True)
class _Next:
    """The number that would be given now."""

    year: int
    last: int
    text: str


class PostgresIssue:
    """Issues signed bulletins."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def issue(self, bulletin_id: str, command: Command, now: datetime, render: Rendering) -> Bulletin:
        """Issue a bulletin; a repeat of the request changes nothing. Raises ``Refused`` or ``Temporary``.

        The files are made outside the transaction under the number that comes next; if somebody else took it meanwhile,
        they are made again under the one after it.
        """
        for _ in range(ATTEMPTS):
            async with self._database.connection(PATIENCE) as connection:
                found, frozen, coming = await self._look(connection, bulletin_id, now)
            if command.request_id in found.recent_requests:
                return found
            rules.check(found, command)
            files = await render(replace(found, number=coming.text, issued_at=now), frozen)
            if issued := await self._issued(bulletin_id, command, now, coming, files):
                return issued
        raise Refused(Kind.CONFLICT, "number_taken", "同时印发的通报过多，请稍后重试")

    async def _look(
        self, connection: Connection, bulletin_id: str, now: datetime
    ) -> tuple[Bulletin, Frozen, _Next]:
        found = await locked(connection, bulletin_id)
        frozen = await bulletin_lists.frozen(connection, found.collection_id)
        year = rules.numbers.year(now, found.utc_offset_minutes)
        last = await connection.fetchval(_LAST, found.policy.code, year) or 0
        text = rules.numbers.document_number(found.policy.code, year, last + 1)
        return found, frozen, _Next(year=year, last=last, text=text)

    async def _issued(
        self, bulletin_id: str, command: Command, now: datetime, coming: _Next, files: Mapping[str, str]
    ) -> Bulletin | None:
        """The issued bulletin, or ``None`` when the number was taken meanwhile."""
        async with self._database.transaction(PATIENCE) as connection:
            found = await locked(connection, bulletin_id)
            frozen = await bulletin_lists.frozen(connection, found.collection_id)
            audience = await connection.fetchval(_UNITS, found.district)
            issuing = Issuing(number=coming.text, files=files, audience=audience)
            change = rules.apply(found, command, now, frozen, issuing)
            if change is None:
                return found
            if await connection.fetchval(_TAKE, found.policy.code, coming.year, coming.last + 1) is None:
                return None
            await append(connection, change)
            await self._tell(connection, change.bulletin, now)
            await self._about(connection, change.bulletin, command, now)
            return change.bulletin

    async def _tell(self, connection: Connection, issued: Bulletin, now: datetime) -> None:
        await connection.execute(_AUDIENCE, issued.id, issued.seq, issued.district)
        await connection.execute(_NOTICES, issued.id, issued.seq, rules.telling.issued(issued), now)

    async def _about(self, connection: Connection, issued: Bulletin, command: Command, now: datetime) -> None:
        """What a correction or supplement does to the bulletin that it is about."""
        if issued.about is None:
            return
        original = await locked(connection, issued.about)
        holding = command.actor.capacity(rules.able(rules.Action.ISSUE), "")
        if holding is None:
            raise Refused(Kind.NOT_ALLOWED, "role_required", "需要岗位")
        await append(connection, rules.amended(original, issued, command, holding, now))
