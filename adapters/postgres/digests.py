"""What bulk acts have to tell: gathered with each item's step, written as one notice to each post.

Invariant: what an item tells is told once: in one transaction it is marked and stands in a notice of the outbox.
"""

from datetime import datetime
from typing import Final

from adapters.postgres.database import Database
from domain import digests
from domain.digests import Item
from domain.notices import NoticeKind

_GATHER: Final = """
SELECT id, case_id, seq, kind, post_id, text, at, leaves_at, urgent FROM bulk_notices
WHERE bulk_id = $1 AND digest_id IS NULL ORDER BY id FOR UPDATE
"""
"""What is still to be told of a bulk act; whoever tells it meanwhile is waited for."""

_WRITE: Final = """
INSERT INTO notices (id, case_id, seq, kind, post_id, text, at, due_at, leaves_at, urgent, late)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
"""
"""A digest in the outbox."""

_TOLD: Final = """
UPDATE bulk_notices SET digest_id = $3 WHERE bulk_id = $1 AND post_id = $2 AND digest_id IS NULL
"""
"""That it is told to a post."""

_LEFT: Final = """
SELECT bulk_id FROM bulk_notices WHERE digest_id IS NULL GROUP BY bulk_id HAVING max(at) < $1 ORDER BY bulk_id
"""
"""Bulk acts of which nothing was heard since an instant and that are still to be told of."""


class PostgresDigests:
    """Fits ``activities.reconcile.Digests``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def write(self, bulk_id: str, now: datetime) -> int:
        """Tell each post what a bulk act has to tell it; gives how many notices that took. A repeat writes none."""
        async with self._database.transaction() as connection:
            rows = await connection.fetch(_GATHER, bulk_id)
            items = [Item(**dict(row) | {"kind": NoticeKind(row["kind"])}) for row in rows]
            written = digests.digests(items, now)
            for post_id, one in written.items():
                about = (one.id, one.case_id, one.seq, one.kind.value, one.post_id, one.text)
                await connection.execute(
                    _WRITE, *about, one.at, one.due_at, one.leaves_at, one.urgent, one.late
                )
                await connection.execute(_TOLD, bulk_id, post_id, one.id)
        return len(written)

    async def write_left(self, before: datetime, now: datetime) -> int:
        """The same for every bulk act that nobody went on with since ``before`` (aware)."""
        async with self._database.connection() as connection:
            left = [row["bulk_id"] for row in await connection.fetch(_LEFT, before)]
        return sum([await self.write(bulk_id, now) for bulk_id in left])
