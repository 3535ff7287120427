"""What the record owes (应发), case by case, against what the outbox has: hazards, collections and bulletins.

Invariant: it reads only, each batch in one snapshot of the database; chains are folded anew, and of what stands beside them only
facts are read (lists of units, submissions, readers), never what was told.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, TypeVar

import asyncpg
from pydantic import TypeAdapter, ValidationError

from adapters.postgres import audit as tables
from adapters.postgres import codecs, collection_members, editions
from adapters.postgres.database import Connection, Database
from domain import audit
from domain.audit import Entry
from domain.bulletin import Bulletin
from domain.bulletin import retelling as of_bulletins
from domain.bulletin.retelling import Reader, Round
from domain.collection import retelling as of_collections
from domain.collection.retelling import Unit
from domain.delivery.auditing import Finding, compared
from domain.hazard import retelling as of_hazards
from domain.notices import NoticeKind
from domain.owed import GRACE, Owed, of

BATCH: Final = 200
SNAPSHOT: Final[dict[str, Any]] = {"isolation": "repeatable_read", "readonly": True}
_BULLETIN: Final = TypeAdapter(Bulletin)
T = TypeVar("T")

_CASES: Final = """
SELECT * FROM hazards
WHERE id > $2 AND (next_step_at <= $4 OR EXISTS (SELECT FROM changes WHERE case_id = hazards.id AND at >= $1))
ORDER BY id LIMIT $3
"""
"""A batch of cases in which something happened since an instant, or whose next step was due by another."""

_COLLECTIONS: Final = """
SELECT id FROM collections
WHERE id > $2 AND (next_step_at <= $4
    OR EXISTS (SELECT FROM collection_changes WHERE collection_id = collections.id AND at >= $1))
ORDER BY id LIMIT $3
"""
"""A batch of collections of which something was decided since an instant, or whose next step was due by another."""

_BULLETINS: Final = """
SELECT id FROM bulletins
WHERE id > $2 AND (next_step_at <= $4
    OR EXISTS (SELECT FROM bulletin_changes WHERE bulletin_id = bulletins.id AND at >= $1)
    OR EXISTS (SELECT FROM notices WHERE case_id = bulletins.id AND at >= $1))
ORDER BY id LIMIT $3
"""
"""A batch of bulletins that moved or were told of since an instant, or of which the clock had to tell by another."""

_OF_COLLECTIONS: Final = """
SELECT collection_id AS id, entry FROM collection_changes WHERE collection_id = ANY ($1) ORDER BY collection_id, seq
"""
"""The chains of some collections."""

_OF_BULLETINS: Final = """
SELECT bulletin_id AS id, entry FROM bulletin_changes WHERE bulletin_id = ANY ($1) ORDER BY bulletin_id, seq
"""
"""The chains of some bulletins."""

_SUBMITTED: Final = """
SELECT collection_id, unit_id, array_agg(recorded_at ORDER BY version) AS instants FROM submissions
WHERE collection_id = ANY ($1) GROUP BY collection_id, unit_id
"""
"""When the submissions to some collections came on record."""

_DESKS: Final = "SELECT name, post_id FROM desks WHERE post_id IS NOT NULL"
"""The posts of desks."""

_READERS: Final = """
SELECT bulletin_id, bulletin_audience.post_id, notice_acks.at AS read_at
FROM bulletin_audience LEFT JOIN notice_acks USING (notice_id) WHERE bulletin_id = ANY ($1)
"""
"""Who was sent some bulletins, and who took note of them when."""

_ROUNDS: Final = """
SELECT DISTINCT case_id, seq, at FROM notices WHERE case_id = ANY ($1) AND kind IN ('reminder', 'bulletin_unread')
ORDER BY case_id, at
"""
"""When the clock told somebody of some bulletins."""

_KEPT: Final = """
SELECT id, case_id, seq, kind, post_id, at FROM notices
WHERE case_id = ANY ($1) AND at >= $2 AND NOT EXISTS (SELECT FROM bulk_notices WHERE digest_id = notices.id)
UNION ALL
SELECT id, case_id, seq, kind, post_id, at FROM bulk_notices
WHERE case_id = ANY ($1) AND at >= $2
    AND CASE WHEN digest_id IS NULL THEN at > $3 ELSE EXISTS (SELECT FROM notices WHERE notices.id = digest_id) END
"""
"""The notices of some cases since an instant; for a digest of a bulk act what it tells, or is about to tell."""


class PostgresOwed:
    """Compares the record with the outbox."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def findings(self, since: datetime, now: datetime) -> AsyncIterator[Finding]:
        """What the outbox lacks and has too much of steps since an instant, as of ``now`` (both aware). Raises ``Temporary``."""
        for batch, owed in ((_CASES, _hazards), (_COLLECTIONS, _collections), (_BULLETINS, _bulletins)):
            after = ""
            while True:
                async with self._database.connection() as connection, connection.transaction(**SNAPSHOT):
                    rows = await connection.fetch(batch, since, after, BATCH, now - GRACE)
                    due = [one for one in await owed(connection, rows, now) if one.at >= since]
                    ids = [row["id"] for row in rows]
                    kept = await connection.fetch(_KEPT, ids, since, now - GRACE)
                for finding in compared(due, map(_kept, kept)):
                    yield finding
                if len(rows) < BATCH:
                    break
                after = rows[-1]["id"]


def _kept(row: asyncpg.Record) -> tuple[str, Owed]:
    fields = dict(row)
    notice_id = fields.pop("id")
    return notice_id, Owed(**fields | {"kind": NoticeKind(fields["kind"])})


async def _hazards(connection: Connection, rows: Sequence[asyncpg.Record], now: datetime) -> list[Owed]:
    found: list[Owed] = []
    for kept in await tables.kept(connection, rows):
        before = None
        for after, entry in _folded(kept.chain.entries, codecs.case_of):
            found += of(of_hazards.notices(before, after, entry))
            before = after
        if before is not None:
            found += [replace(one, at=now) for one in of(of_hazards.not_taken(before, now))]
    return found


async def _collections(connection: Connection, rows: Sequence[asyncpg.Record], now: datetime) -> list[Owed]:
    chains = await _chains(connection, _OF_COLLECTIONS, rows)
    submitted = {
        (row["collection_id"], row["unit_id"]): row["instants"]
        for row in await connection.fetch(_SUBMITTED, list(chains))
    }
    calendar = await editions.business(connection, now)
    desks = {row["name"]: row["post_id"] for row in await connection.fetch(_DESKS)}
    found: list[Owed] = []
    for collection_id, entries in chains.items():
        units = [
            Unit(
                member=of_collections.as_enlisted(one, entries),
                submitted=submitted.get((collection_id, one.unit_id), ()),
            )
            for one in await collection_members.everybody(connection, collection_id)
        ]
        found += of_collections.owed(
            list(_folded(entries, codecs.collection_of)), units, desks, calendar, now
        )
    return found


async def _bulletins(connection: Connection, rows: Sequence[asyncpg.Record], now: datetime) -> list[Owed]:
    chains = await _chains(connection, _OF_BULLETINS, rows)
    readers, rounds = defaultdict(list), defaultdict(list)
    for row in await connection.fetch(_READERS, list(chains)):
        readers[row["bulletin_id"]].append(Reader(post_id=row["post_id"], read_at=row["read_at"]))
    for row in await connection.fetch(_ROUNDS, list(chains)):
        rounds[row["case_id"]].append(Round(seq=row["seq"], at=row["at"]))
    found: list[Owed] = []
    for bulletin_id, entries in chains.items():
        steps = list(_folded(entries, _BULLETIN.validate_python))
        found += of_bulletins.owed(steps, readers[bulletin_id], rounds[bulletin_id], now)
    return found


async def _chains(connection: Connection, sql: str, rows: Sequence[asyncpg.Record]) -> dict[str, list[Entry]]:
    chains: dict[str, list[Entry]] = {row["id"]: [] for row in rows}
    for row in await connection.fetch(sql, list(chains)):
        chains[row["id"]].append(codecs.entry(row["entry"]))
    return chains


def _folded(entries: Sequence[Entry], of_fields: Callable[[dict[str, Any]], T]) -> Iterator[tuple[T, Entry]]:
    """What a chain gives after each entry, with the entry, up to the first that cannot be read."""
    for number, entry in enumerate(entries, 1):
        try:
            state = of_fields(audit.rebuild(entries[:number]))
        except ValidationError:
            return
        yield state, entry
