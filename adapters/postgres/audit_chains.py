"""Reading what the record has besides cases: the chains of collections and bulletins, and the access log from where it begins.

Invariant: rows are read in the order of their chain; the end of the access log is read before its rows, which are only ever
appended, so that it is never missed by rows that come meanwhile.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final

from pydantic import ValidationError

from adapters.postgres import codecs
from adapters.postgres.audit import Chain
from adapters.postgres.database import Database
from domain.access_log import GENESIS, Access
from domain.audit import Entry

_SUBJECTS: Final = """
SELECT id, seq, head FROM (
    SELECT id, seq, head FROM collections UNION ALL SELECT id, seq, head FROM bulletins
) AS subjects
WHERE id > $1 ORDER BY id LIMIT 200
"""
"""A batch of collections and bulletins."""

_STEPS: Final = """
SELECT id, entry FROM (
    SELECT collection_id AS id, seq, entry FROM collection_changes
    UNION ALL SELECT bulletin_id, seq, entry FROM bulletin_changes
) AS steps
WHERE id = ANY ($1) ORDER BY id, seq
"""
"""Every entry of a batch, in order."""

_END: Final = """
SELECT access_chain.seq, access_chain.head, purged.seq AS begins_seq, purged.head AS begins_head
FROM access_chain LEFT JOIN LATERAL (SELECT * FROM access_purges ORDER BY seq DESC LIMIT 1) AS purged ON true
"""
"""The end of the access log, and behind which row it begins."""

_ROWS: Final = "SELECT * FROM access_log WHERE seq > $1 AND seq <= $2 ORDER BY seq LIMIT 1000"
"""A batch of the access log."""


@dataclass(frozen=True, kw_only=True)
class Span:
    """The access log as it is: behind which row it begins, and its last row, each with its hash."""

    seq: int
    head: str
    begins_seq: int = 0
    begins_head: str = GENESIS


class PostgresChains:
    """Reads; never writes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def subjects(self) -> AsyncIterator[Chain]:
        """The chain of every collection and every bulletin, by number, up to the first entry that cannot be read."""
        after = ""
        while True:
            async with self._database.connection() as connection:
                batch = await connection.fetch(_SUBJECTS, after)
                steps = await connection.fetch(_STEPS, [row["id"] for row in batch])
            for row in batch:
                texts = [step["entry"] for step in steps if step["id"] == row["id"]]
                yield Chain(case_id=row["id"], seq=row["seq"], head=row["head"], entries=_entries(texts))
            if not batch:
                return
            after = batch[-1]["id"]

    async def span(self) -> Span:
        """Where the access log begins and ends."""
        async with self._database.connection() as connection:
            row = await connection.fetchrow(_END)
        if row is None:
            # the one row of the table was removed: nothing fits an end that nobody states
            return Span(seq=0, head="")
        return Span(**{name: value for name, value in row.items() if value is not None})

    async def accesses(self, span: Span) -> AsyncIterator[Access]:
        """The rows of the log, in order."""
        after = 0
        while True:
            async with self._database.connection() as connection:
                rows = await connection.fetch(_ROWS, after, span.seq)
            for row in rows:
                yield Access(**row)
            if not rows:
                return
            after = rows[-1]["seq"]


def _entries(texts: list[str]) -> tuple[Entry, ...]:
    entries: list[Entry] = []
    for text in texts:
        try:
            entries.append(codecs.entry(text))
        except ValidationError:
            break
    return tuple(entries)
