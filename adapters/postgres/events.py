"""The feed of events: everything on record, in one order that never changes behind a reader.

Invariant: positions are given only to what is committed, by one reader at a time, so whoever has read up to a position
has read everything up to it for as long as its history lasts; of one subject the steps are in order. Why so: decision 17.
"""

import json
from collections.abc import AsyncGenerator, Iterable
from typing import Any, Final

from adapters.postgres.database import Connection, Database
from domain.errors import Temporary
from domain.events import Event, EventKind
from domain.feed import Feed, History

CHANNEL: Final = "events"
_AT_ONCE: Final = 5_000

_NUMBER: Final = "SELECT number_events($1)"
"""Positions for what is committed by now, in a history of their own where the database was restored."""

_FEED: Final = """
SELECT last, (SELECT json_agg(json_build_object('name', name, 'since', since) ORDER BY nth) FROM event_histories) AS histories
FROM event_positions
"""
"""The last position given, and the histories of this database."""

_AFTER: Final = """
SELECT position, events.id, events.kind, action, subject, seq, at, unit_id, units.name AS unit_name, data
FROM events LEFT JOIN units ON units.id = unit_id
WHERE position > $1 AND ($3::text[] IS NULL OR events.kind = ANY ($3))
    AND ($2::text[] IS NULL OR unit_id = ANY ($2) OR audience = 'everybody' OR audience = 'asked' AND EXISTS (
        SELECT FROM collection_members WHERE collection_id = subject AND collection_members.unit_id = ANY ($2)))
ORDER BY position LIMIT $4
"""
"""A page of what concerns these units: their own, of collections that ask them, and issued bulletins; from behind a position."""


class PostgresEvents:
    """Reads the feed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def feed(self) -> Feed:
        """How far the feed goes, all that is committed by now included. Raises ``Temporary``."""
        async with self._database.connection() as connection:
            await number(connection)
            (row,) = await connection.fetch(_FEED)
        return Feed(last=row["last"], histories=[History(**one) for one in json.loads(row["histories"])])

    async def after(
        self, position: int, limit: int, *, units: Iterable[str] | None, kinds: Iterable[str] | None
    ) -> list[Event]:
        """At most ``limit`` events from behind ``position``; ``None`` means all units, all kinds. Raises ``Temporary``."""
        async with self._database.connection() as connection:
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


async def number(connection: Connection) -> None:
    """Give positions to what is committed; in no transaction, so that nobody waits."""
    await connection.execute(_NUMBER, _AT_ONCE)


def event_of(row: dict[str, Any]) -> Event:
    """An event from its columns."""
    return Event(**row | {"kind": EventKind(row["kind"]), "data": json.loads(row["data"])})


def _listed(given: Iterable[str] | None) -> list[str] | None:
    return None if given is None else sorted(given)
