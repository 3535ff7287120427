"""Kinds of collections: versioned data, filled with those that come with the software.

Invariant: a version that is there stays as it is; a collection is created by the newest version in force.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from adapters.postgres import codecs
from adapters.postgres.database import Connection, Database
from domain.collection import CollectionKind
from domain.errors import Kind, Refused

SHIPPED: Final = Path(__file__).with_name("collection_kinds.json")
_SINCE: Final = datetime(2020, 1, 1, tzinfo=UTC)

_IN_FORCE: Final = """
SELECT DISTINCT ON (code) definition FROM collection_kinds
WHERE valid_from <= $1 AND ($2::text IS NULL OR code = $2) ORDER BY code, version DESC
"""
"""The newest version in force of every kind, or of one."""

_PUT: Final = """
INSERT INTO collection_kinds (code, version, label, definition, valid_from) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT DO NOTHING
"""
"""A version of a kind, unless it is there."""


class PostgresCollectionKinds:
    """Reads and fills the kinds."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def in_force(self, now: datetime) -> list[CollectionKind]:
        """Every kind as it is at ``now`` (aware), by code."""
        async with self._database.connection() as connection:
            rows = await connection.fetch(_IN_FORCE, now, None)
        return [codecs.collection_kind(row["definition"]) for row in rows]

    async def one(self, code: str, now: datetime) -> CollectionKind | None:
        """One kind as it is at ``now``, or ``None``."""
        async with self._database.connection() as connection:
            definition = await connection.fetchval(_IN_FORCE, now, code)
        return None if definition is None else codecs.collection_kind(definition)

    async def put(self, kind: CollectionKind, valid_from: datetime) -> None:
        """Add a version of a kind; one that is there stays as it is."""
        async with self._database.connection() as connection:
            await connection.execute(_PUT, kind.code, kind.version, kind.label, codecs.dump(kind), valid_from)

    async def fill(self) -> None:
        """Add the kinds that come with the software. Raises ``Temporary``."""
        for definition in shipped():
            await self.put(codecs.collection_kind(json.dumps(definition)), _SINCE)


async def kind(connection: Connection, code: str, now: datetime) -> CollectionKind:
    """One kind as it is at ``now``, inside a caller's transaction. Raises ``Refused`` (``kind_unknown``)."""
    definition = await connection.fetchval(_IN_FORCE, now, code)
    if definition is None:
        raise Refused(Kind.CONFLICT, "kind_unknown", "没有这个收集种类", field="kind")
    return codecs.collection_kind(definition)


def shipped() -> list[dict[str, Any]]:
    """The kinds that come with the software, as they are on file."""
    found: list[dict[str, Any]] = json.loads(SHIPPED.read_text(encoding="utf-8"))
    return found
