"""Reading collections: pages, one with its list, submissions with their reviews.

Invariant: read only; somebody who sees some units sees the collections that ask one of them, and of these only those units.
"""

import json
from collections.abc import Iterable
from typing import Any, Final

import asyncpg

from adapters.postgres import codecs, collection_members
from adapters.postgres.database import Database
from domain.audit import Entry
from domain.collection import Collection, Counts, Member, Outcome, Submission, Via
from domain.evidence import Evidence, EvidenceKind

_PAGE: Final = """
SELECT snapshot FROM collections
WHERE ($1::text[] IS NULL OR EXISTS (
        SELECT FROM collection_members WHERE collection_id = collections.id AND unit_id = ANY ($1)))
    AND ($2::text IS NULL OR kind = $2) AND ($3::text IS NULL OR phase = $3) AND ($4::text IS NULL OR series_id = $4)
    AND ($5::text IS NULL OR (created_at, id) < (SELECT created_at, id FROM collections WHERE id = $5))
ORDER BY created_at DESC, id DESC LIMIT $6
"""
"""A page of the collections that ask one of these units, the newest first."""

_ONE: Final = """
SELECT snapshot FROM collections
WHERE id = $1 AND ($2::text[] IS NULL OR EXISTS (
    SELECT FROM collection_members WHERE collection_id = $1 AND unit_id = ANY ($2)))
"""
"""A collection that asks one of these units."""

_SUBMISSIONS: Final = """
SELECT submissions.*, verdict, reasons, submission_reviews.at AS reviewed_at, submission_reviews.post_id AS reviewed_post
FROM submissions LEFT JOIN submission_reviews USING (collection_id, unit_id, version)
WHERE collection_id = $1 AND ($2::text[] IS NULL OR unit_id = ANY ($2)) AND ($3::text IS NULL OR unit_id = $3)
    AND (unit_id, version) > ($4, $5)
ORDER BY unit_id, version LIMIT $6
"""
"""A page of submissions by unit and version, with what a reviewer found of each."""

_TIMELINE: Final = """
SELECT entry FROM collection_changes WHERE collection_id = $1 AND seq > $2 ORDER BY seq LIMIT $3
"""
"""Some entries of a collection's chain, in order."""


class PostgresCollectionLists:
    """Reads collections."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(
        self,
        visible: Iterable[str] | None,
        *,
        kind: str | None,
        phase: str | None,
        series: str | None,
        after: str | None,
        limit: int,
    ) -> list[Collection]:
        """A page of collections, the newest first, from behind ``after``."""
        async with self._database.connection() as connection:
            rows = await connection.fetch(_PAGE, _ids(visible), kind, phase, series, after, limit)
        return [codecs.collection(row["snapshot"]) for row in rows]

    async def one(self, collection_id: str, visible: Iterable[str] | None) -> Collection | None:
        """A collection, if the asker may see it."""
        async with self._database.connection() as connection:
            snapshot = await connection.fetchval(_ONE, collection_id, _ids(visible))
        return None if snapshot is None else codecs.collection(snapshot)

    async def counts(self, collection: Collection) -> tuple[Counts, bool]:
        """How many units are what now, and whether nobody is outstanding."""
        async with self._database.connection() as connection:
            return await collection_members.counted(connection, collection.id, collection.window)

    async def members(
        self,
        collection: Collection,
        visible: Iterable[str] | None,
        outcome: Outcome | None,
        after: str,
        limit: int,
    ) -> list[Member]:
        """A page of the list, by unit."""
        async with self._database.connection() as connection:
            return await collection_members.page(
                connection, collection.id, collection.window, visible, outcome, after, limit
            )

    async def submissions(
        self,
        collection_id: str,
        visible: Iterable[str] | None,
        unit_id: str | None,
        after: tuple[str, int],
        limit: int,
    ) -> list[tuple[Submission, dict[str, Any]]]:
        """A page of submissions by unit and version, each with its review: verdict, reasons, reviewed_at, reviewed_post."""
        async with self._database.connection() as connection:
            rows = await connection.fetch(_SUBMISSIONS, collection_id, _ids(visible), unit_id, *after, limit)
        return [_submission(row) for row in rows]

    async def timeline(self, collection_id: str, after: int, limit: int) -> list[Entry]:
        """The entries of a collection's chain behind ``after``."""
        async with self._database.connection() as connection:
            rows = await connection.fetch(_TIMELINE, collection_id, after, limit)
        return [codecs.entry(row["entry"]) for row in rows]


def _submission(row: asyncpg.Record) -> tuple[Submission, dict[str, Any]]:
    fields = dict(row)
    review = {name: fields.pop(name) for name in ("verdict", "reasons", "reviewed_at", "reviewed_post")}
    evidence = tuple(
        Evidence(kind=EvidenceKind(one["kind"]), file_id=one["file_id"], sha256=one["sha256"])
        for one in json.loads(fields["evidence"])
    )
    read: dict[str, Any] = fields | {
        "evidence": evidence,
        "content": json.loads(fields["content"]),
        "via": Via(fields["via"]),
    }
    return Submission(**read), review


def _ids(visible: Iterable[str] | None) -> list[str] | None:
    return None if visible is None else sorted(visible)
