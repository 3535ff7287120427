"""The rows of ledgers (台账), read page by page in one consistent look at the record.

Invariant: a row shows what the list of the same asker shows; people are not in it, posts are.
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import asyncpg
from pydantic import TypeAdapter

from adapters.postgres.database import Database
from domain import collection as collections
from domain.collection import Collection, Member, Standing
from domain.errors import Kind, Refused

PATIENCE: Final = 300.0
"""Seconds for a whole ledger."""
PAGE: Final = 1000

_HAZARDS: Final = """
SELECT hazards.id, hazards.reported_at, finder.title AS finder, snapshot ->> 'unit_name' AS unit_name, hazards.district,
    place, description, snapshot ->> 'category_label' AS category, levels.label AS level, hazards.stage,
    (SELECT basis FROM criteria WHERE criteria.code = hazards.item ORDER BY version DESC LIMIT 1) AS basis,
    snapshot -> 'plan' AS plan, responsible.title AS responsible, hazards.due_at, hazards.overdue,
    snapshot -> 'rounds' -> -1 AS round, verifier.title AS verifier, closed_at, snapshot -> 'supervision' AS supervision,
    jsonb_array_length(snapshot -> 'evidence') AS evidence, (snapshot ->> 'fixed_on_spot')::boolean AS fixed_on_spot
FROM (
    SELECT *, snapshot ->> 'district' AS district FROM hazards
    WHERE ($1::text[] IS NULL OR unit_id = ANY ($1)) AND ($2::text[] IS NULL OR stage = ANY ($2))
        AND reported_at >= coalesce($3::timestamptz, '-infinity') AND reported_at < coalesce($4::timestamptz, 'infinity')
) AS hazards
LEFT JOIN posts AS finder ON finder.id = snapshot ->> 'reported_post'
LEFT JOIN posts AS responsible ON responsible.id = snapshot ->> 'responsible_post'
LEFT JOIN posts AS verifier ON verifier.id = snapshot -> 'rounds' -> -1 ->> 'verified_post'
LEFT JOIN LATERAL (
    SELECT label FROM levels WHERE levels.code = hazards.level ORDER BY version DESC LIMIT 1
) AS levels ON true
ORDER BY hazards.reported_at, hazards.id
"""
"""Every hazard of the ledger in the order in which they were found."""

_COLLECTION: Final = """
SELECT snapshot, (SELECT hash FROM collection_frozen WHERE collection_id = id) AS hash FROM collections WHERE id = $1
"""
"""A collection, and the hash of its list if that is frozen."""

_STANDINGS: Final = """
SELECT unit_id, unit_name, outcome, due_at, version, received_at, late_minutes, returns, basis, submission_hash
FROM collection_standings WHERE collection_id = $1 ORDER BY unit_id
"""
"""The frozen list."""

_MEMBERS: Final = """
SELECT collection_id, unit_id, unit_name, post_id, due_at, exempt, version, counted_at, returned, accepted, returns, basis,
    last_hash
FROM collection_members WHERE collection_id = $1 ORDER BY unit_id
"""
"""The list as it stands before it is frozen."""

_SNAPSHOTS: Final = TypeAdapter(Collection)


@dataclass(frozen=True, kw_only=True)
class Scope:
    """Which hazards a ledger has: of these units (``None``: all), in these stages, reported in this span (aware)."""

    units: list[str] | None
    stages: list[str] | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A collection and its list, frozen (with its hash) or as it stands."""

    collection: Collection
    hash: str | None
    standings: AsyncGenerator[list[Standing]]


class PostgresLedgers:
    """Reads the rows of ledgers."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def hazards(self, scope: Scope) -> AsyncGenerator[list[dict[str, Any]]]:
        """The hazards of a ledger, page by page."""
        told = (scope.units, scope.stages, scope.since, scope.until)
        async with aclosing(self._pages(_HAZARDS, *told)) as pages:
            async for rows in pages:
                yield [dict(row) for row in rows]

    async def collection(self, collection_id: str) -> Listed:
        """A collection with its list. Raises ``Refused`` (unknown)."""
        async with self._database.connection() as connection:
            row = await connection.fetchrow(_COLLECTION, collection_id)
        if row is None:
            raise Refused(Kind.UNKNOWN, "collection_unknown", "没有这项收集")
        found = _SNAPSHOTS.validate_json(row["snapshot"])
        return Listed(collection=found, hash=row["hash"], standings=self._standings(found, row["hash"]))

    async def _standings(self, found: Collection, frozen: str | None) -> AsyncGenerator[list[Standing]]:
        async with aclosing(self._pages(_MEMBERS if frozen is None else _STANDINGS, found.id)) as pages:
            async for rows in pages:
                if frozen is None:
                    yield [collections.standing(Member(**row), found.window) for row in rows]
                else:
                    yield [
                        Standing(**{**row, "outcome": collections.Outcome(row["outcome"])}) for row in rows
                    ]

    async def _pages(self, statement: str, *told: object) -> AsyncGenerator[list[asyncpg.Record]]:
        """The rows of a statement, page by page, as one look at the record."""
        async with self._database.transaction(PATIENCE) as connection:
            cursor = await connection.cursor(statement, *told)
            while rows := await cursor.fetch(PAGE):
                yield rows
