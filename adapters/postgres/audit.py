"""Reading the whole record with everything that stands beside it, for verification and export.

Invariant: what belongs to one case is read in one snapshot of the database, so a case that moves on meanwhile is
never mistaken for one that was edited.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import asyncpg
from pydantic import ValidationError

from adapters.postgres import codecs
from adapters.postgres.database import Connection, Database
from domain.audit import Entry

_CASES: Final = "SELECT * FROM hazards WHERE id > $1 ORDER BY id LIMIT 200"
"""A batch of cases as they are served."""

_CHANGES: Final = "SELECT * FROM changes WHERE case_id = ANY ($1) ORDER BY case_id, seq"
"""Every entry of a batch of cases, in order, with the columns beside it."""

_CITED: Final = "SELECT case_id, seq, file_id, kind FROM case_files WHERE case_id = ANY ($1)"
"""Which files the cases cite, as the tables say."""

_HASHES: Final = "SELECT id, sha256 FROM files WHERE id = ANY ($1)"
"""The hash that the tables state for a file."""

_FILES: Final = "SELECT id, sha256, served_sha256 FROM files WHERE id > $1 ORDER BY id LIMIT 500"
"""A batch of stored files with the hashes that the tables state."""

_SHARING: Final = """
SELECT id, sha256, served_sha256 FROM files
WHERE served_sha256 IN (SELECT served_sha256 FROM files GROUP BY served_sha256 HAVING count(*) > 1)
ORDER BY id
"""
"""The files whose served copy is that of another file too."""

_YEARS: Final = "SELECT year, last FROM case_numbers"
"""The last case number of each year."""


@dataclass(frozen=True, kw_only=True)
class Chain:
    """The record of one case and the head that its snapshot states."""

    case_id: str
    seq: int
    head: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, kw_only=True)
class Kept:
    """One case as the tables hold it.

    ``row`` is its row in ``hazards``, ``changes`` the columns beside each entry of the chain, ``cited`` its citations
    (seq, file, kind), ``hashes`` what ``files`` states for the files that the chain cites. The chain ends before the
    first entry that cannot be read, whose number is ``unreadable``.
    """

    chain: Chain
    row: Mapping[str, Any]
    changes: tuple[Mapping[str, Any], ...]
    cited: frozenset[tuple[int, str, str]]
    hashes: Mapping[str, str]
    unreadable: int | None


@dataclass(frozen=True, kw_only=True)
class Stored:
    """What the tables state of a file: SHA-256 (hex) of the original and of the served copy."""

    id: str
    sha256: str
    served_sha256: str


class PostgresAudit:
    """Reads the record; never writes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def cases(self) -> AsyncIterator[Kept]:
        """Every case, by number. Raises ``Temporary``."""
        after = ""
        while batch := await self._batch(after):
            for kept in batch:
                yield kept
            after = batch[-1].chain.case_id

    async def years(self) -> dict[int, int]:
        """The last case number of each year."""
        async with self._database.connection() as connection:
            return {row["year"]: row["last"] for row in await connection.fetch(_YEARS)}

    async def files(self) -> AsyncIterator[Stored]:
        """Every stored file."""
        after = ""
        while rows := await self._stored(_FILES, after):
            for file in rows:
                yield file
            after = rows[-1].id

    async def sharing(self) -> list[Stored]:
        """The files whose served copy is that of another file too."""
        return await self._stored(_SHARING)

    async def _stored(self, sql: str, *arguments: str) -> list[Stored]:
        async with self._database.connection() as connection:
            return [Stored(**row) for row in await connection.fetch(sql, *arguments)]

    async def _batch(self, after: str) -> list[Kept]:
        async with (
            self._database.connection() as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            return await kept(connection, await connection.fetch(_CASES, after))


async def kept(connection: Connection, rows: Sequence[asyncpg.Record]) -> list[Kept]:
    """What the tables hold of these cases, given their rows of ``hazards`` in the same transaction."""
    ids = [row["id"] for row in rows]
    changes: dict[str, list[asyncpg.Record]] = {case_id: [] for case_id in ids}
    for change in await connection.fetch(_CHANGES, ids):
        changes[change["case_id"]].append(change)
    cited: dict[str, set[tuple[int, str, str]]] = {case_id: set() for case_id in ids}
    for row in await connection.fetch(_CITED, ids):
        cited[row["case_id"]].add((row["seq"], row["file_id"], row["kind"]))
    entries = {case_id: _entries(changes[case_id]) for case_id in ids}
    files = {one.get("file_id") for chain in entries.values() for entry in chain for one in entry.evidence}
    hashes = {
        row["id"]: row["sha256"] for row in await connection.fetch(_HASHES, sorted(filter(None, files)))
    }
    return [_kept(row, changes[row["id"]], entries[row["id"]], cited[row["id"]], hashes) for row in rows]


def _kept(
    row: asyncpg.Record,
    changes: Sequence[asyncpg.Record],
    entries: tuple[Entry, ...],
    cited: set[tuple[int, str, str]],
    hashes: Mapping[str, str],
) -> Kept:
    return Kept(
        chain=Chain(case_id=row["id"], seq=row["seq"], head=row["head"], entries=entries),
        row=dict(row),
        changes=tuple(dict(change) for change in changes[: len(entries)]),
        cited=frozenset(cited),
        hashes=hashes,
        unreadable=changes[len(entries)]["seq"] if len(entries) < len(changes) else None,
    )


def _entries(changes: Sequence[asyncpg.Record]) -> tuple[Entry, ...]:
    """The entries up to the first that cannot be read."""
    entries: list[Entry] = []
    for change in changes:
        try:
            entries.append(codecs.entry(change["entry"]))
        except ValidationError:
            break
    return tuple(entries)
