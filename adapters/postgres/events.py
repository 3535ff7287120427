"""The feed of events: everything on record, in one order that never changes behind a reader.

Invariant: positions are given only to what is committed, by one reader at a time, so whoever has read up to a position
has read everything up to it for ever; of one subject the steps are in order. Why so: decision 17.
"""

import json
from collections.abc import AsyncGenerator, Iterable
from typing import Any, Final

from adapters.postgres.database import Connection, Database
from domain.errors import Kind, Refused, Temporary
from domain.events import Event, EventKind

CHANNEL: Final = "events"
_AT_ONCE: Final = 5_000

_UNNUMBERED: Final = "SELECT EXISTS (SELECT FROM events WHERE position IS NULL)"
"""Whether something committed has no position yet."""

_LOCK_LAST: Final = "SELECT last FROM event_positions FOR UPDATE"
"""The last position, locked until the transaction ends: those who give positions go one by one."""

_NUMBER: Final = """
WITH fresh AS (
    SELECT id, row_number() OVER (ORDER BY filed) AS nth
    FROM (SELECT id, filed FROM events WHERE position IS NULL ORDER BY filed LIMIT $2) AS oldest
), numbered AS (
    UPDATE events SET position = $1 + fresh.nth FROM fresh WHERE events.id = fresh.id RETURNING events.id
)
UPDATE event_positions SET last = $1 + (SELECT count(*) FROM numbered)
"""
"""Positions for what is committed by now, in the order in which it was filed; a statement after the lock sees all of that."""

_LAST: Final = "SELECT last FROM event_positions"
"""The last position given."""

_AFTER: Final = """
SELECT position, events.id, events.kind, action, subject, seq, at, unit_id, units.name AS unit_name, data
FROM events LEFT JOIN units ON units.id = unit_id
WHERE position > $1 AND ($2::text[] IS NULL OR unit_id = ANY ($2)) AND ($3::text[] IS NULL OR events.kind = ANY ($3))
ORDER BY position LIMIT $4
"""
"""A page of what the asker may see, from behind a position."""


class PostgresEvents:
    """Reads the feed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def last(self) -> int:
        """The position of the newest event on record. Raises ``Temporary``."""
        await self._number()
        async with self._database.connection() as connection:
            return int(await connection.fetchval(_LAST))

    async def after(
        self, position: int, limit: int, *, units: Iterable[str] | None, kinds: Iterable[str] | None
    ) -> list[Event]:
        """At most ``limit`` events from behind ``position``; ``None`` means all units, all kinds.

        Raises ``Refused`` (``cursor_unknown``) for a position that was never given, or ``Temporary``.
        """
        await self._number()
        async with self._database.connection() as connection:
            if position > await connection.fetchval(_LAST):
                raise Refused(
                    Kind.CONFLICT, "cursor_unknown", "没有这个位置：数据库可能已由旧备份恢复，请从头读取"
                )
            rows = await connection.fetch(_AFTER, position, _listed(units), _listed(kinds), limit)
        return [event_of(dict(row)) for row in rows]

    async def announcements(self) -> AsyncGenerator[None]:
        """One item at once, then one whenever something happened. Raises ``Temporary``."""
        async with self._database.listening(CHANNEL) as heard:
            yield
            while await heard.get():
                while not heard.empty():
                    heard.get_nowait()
                yield
        raise Temporary("database")

    async def _number(self) -> None:
        """Give positions to what is committed."""
        async with self._database.connection() as connection:
            if not await connection.fetchval(_UNNUMBERED):
                return
        async with self._database.transaction() as connection:
            await number(connection)


async def number(connection: Connection) -> None:
    """Give positions to what is committed, inside a caller's transaction, which should end at once."""
    last = await connection.fetchval(_LOCK_LAST)
    await connection.execute(_NUMBER, last, _AT_ONCE)


def event_of(row: dict[str, Any]) -> Event:
    """An event from its columns."""
    return Event(**row | {"kind": EventKind(row["kind"]), "data": json.loads(row["data"])})


def _listed(given: Iterable[str] | None) -> list[str] | None:
    return None if given is None else sorted(given)
