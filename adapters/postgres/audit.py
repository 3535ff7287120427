"""Reading whole chains of the record, for verification and export."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final

from adapters.postgres import codecs
from adapters.postgres.database import Database
from domain.audit import Entry

_HEADS: Final = "SELECT id, seq, head FROM hazards WHERE id > $1 ORDER BY id LIMIT 500"
"""A batch of cases with what their snapshots say of their chains."""

_CHAINS: Final = (
    "SELECT entry, seq, hash, case_id FROM changes WHERE case_id = ANY ($1) ORDER BY case_id, seq"
)
"""Every entry of a batch of cases, in order."""

_FILES: Final = "SELECT id, sha256, served_sha256 FROM files WHERE id > $1 ORDER BY id LIMIT 500"
"""A batch of stored files with the hashes that the record states."""


@dataclass(frozen=True, kw_only=True)
class Chain:
    """The record of one case and the head that its snapshot states."""

    case_id: str
    seq: int
    head: str
    entries: tuple[Entry, ...]


class PostgresAudit:
    """Reads chains; never writes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def chains(self) -> AsyncIterator[Chain]:
        """Every case's chain, by case number."""
        after = ""
        while True:
            async with self._database.connection() as connection:
                heads = await connection.fetch(_HEADS, after)
                rows = await connection.fetch(_CHAINS, [head["id"] for head in heads])
            entries: dict[str, list[Entry]] = {head["id"]: [] for head in heads}
            for row in rows:
                entries[row["case_id"]].append(codecs.entry(row["entry"]))
            for head in heads:
                chain = tuple(entries[head["id"]])
                yield Chain(case_id=head["id"], seq=head["seq"], head=head["head"], entries=chain)
            if not heads:
                return
            after = heads[-1]["id"]

    async def files(self) -> AsyncIterator[tuple[str, str, str]]:
        """Every stored file: id, SHA-256 of the original, SHA-256 of the served copy."""
        after = ""
        while True:
            async with self._database.connection() as connection:
                rows = await connection.fetch(_FILES, after)
            for row in rows:
                yield row["id"], row["sha256"], row["served_sha256"]
            if not rows:
                return
            after = rows[-1]["id"]
