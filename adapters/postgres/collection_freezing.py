"""Freezing the list of a collection: once, under a lock that no submission passes, with its hash.

Invariant: what was accepted before is on the list, and nothing is accepted after; a frozen list is never written again.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final

from adapters.postgres import codecs, collection_members, editions
from adapters.postgres.database import Connection, Database
from domain import collection as collections
from domain.collection import Change, Collection, Counts, Frozen, Outcome, Standing

Append = Callable[[Connection, Change], Awaitable[None]]

_SHUT: Final = "SELECT FROM collections WHERE id = $1 FOR UPDATE"
"""Wait for the submissions that are being written; those that come later wait for us, and find the list frozen."""

_FREEZE: Final = """
INSERT INTO collection_frozen (collection_id, frozen_at, on_time, late, missing, exempt, defective, hash, drafted_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, CASE WHEN $9 THEN NULL ELSE $2::timestamptz END)
"""
"""What a frozen list comes to, and whether a bulletin is to be drafted from it."""

_STANDINGS: Final = """
INSERT INTO collection_standings (collection_id, unit_id, unit_name, outcome, due_at, version, received_at, late_minutes,
    returns, basis, submission_hash)
SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::int[], $7::timestamptz[], $8::int[],
    $9::int[], $10::text[], $11::text[])
"""
"""The lines of a frozen list."""

_FROZEN: Final = """
SELECT snapshot, frozen_at, on_time, late, missing, exempt, defective, hash FROM collection_frozen
JOIN (SELECT id, snapshot FROM collections) AS collections ON collections.id = collection_frozen.collection_id
WHERE collection_id = $1
"""
"""A frozen list without its lines."""

_LINES: Final = """
SELECT unit_id, unit_name, outcome, due_at, version, received_at, late_minutes, returns, basis, submission_hash
FROM collection_standings WHERE collection_id = $1 ORDER BY unit_id COLLATE "C"
"""
"""The lines of a frozen list, by unit."""

_UNDRAFTED: Final = "SELECT drafted_at IS NULL FROM collection_frozen WHERE collection_id = $1"
"""Whether a bulletin is still to be drafted from a frozen list."""

_DRAFTED: Final = """
UPDATE collection_frozen SET drafted_at = $2 WHERE collection_id = $1 AND drafted_at IS NULL
"""
"""That a bulletin was drafted; the first time counts."""


class PostgresFrozenLists:
    """Reads frozen lists and notes that they were used; fits ``activities.ports.FrozenLists``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def frozen(self, collection_id: str) -> Frozen | None:
        """The frozen list of a collection with all its lines, or ``None`` before its cut-off."""
        async with self._database.connection(60) as connection:
            row = await connection.fetchrow(_FROZEN, collection_id)
            if row is None:
                return None
            lines = await connection.fetch(_LINES, collection_id, timeout=60)
        standings = tuple(Standing(**{**line, "outcome": Outcome(line["outcome"])}) for line in lines)
        counts = Counts(**{name: row[name] for name in ("on_time", "late", "missing", "exempt", "defective")})
        return collections.frozen(
            codecs.collection(row["snapshot"]), standings, counts, row["frozen_at"], row["hash"]
        )

    async def drafted(self, collection_id: str, now: datetime) -> None:
        """Note that a bulletin was drafted from the list; a repeat changes nothing."""
        async with self._database.connection() as connection:
            await connection.execute(_DRAFTED, collection_id, now)


async def freeze(
    connection: Connection, collection: Collection, now: datetime, append: Append, *, early: bool = False
) -> None:
    """Freeze the list and end the collection, inside the caller's transaction that holds its lock."""
    await connection.execute(_SHUT, collection.id, timeout=60)
    frozen = collections.freeze(
        collection, await collection_members.everybody(connection, collection.id), now
    )
    counts = frozen.counts
    calendar = await editions.business(connection, now)
    await append(connection, collections.end(collection, counts, frozen.hash, now, calendar, early=early))
    await connection.execute(
        _FREEZE,
        collection.id,
        now,
        counts.on_time,
        counts.late,
        counts.missing,
        counts.exempt,
        counts.defective,
        frozen.hash,
        collection.kind.consequence.bulletin and counts.late + counts.missing + counts.defective > 0,
    )
    columns = [[getattr(line, name) for line in frozen.standings] for name in _COLUMNS]
    await connection.execute(_STANDINGS, collection.id, *columns, timeout=60)


async def wants_draft(connection: Connection, collection_id: str) -> bool:
    """Whether the list is frozen, names somebody, and a bulletin is still to be drafted from it."""
    return bool(await connection.fetchval(_UNDRAFTED, collection_id))


_COLUMNS: Final = (
    "unit_id",
    "unit_name",
    "outcome",
    "due_at",
    "version",
    "received_at",
    "late_minutes",
    "returns",
    "basis",
    "submission_hash",
)
