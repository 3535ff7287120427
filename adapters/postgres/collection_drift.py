"""Collections beside their runs: what has to run, and a note that lingers.

Invariant: nothing is written but that a start is no longer wanted; the chain and the list are never touched.
"""

from collections.abc import Sequence
from typing import Final

import asyncpg

from adapters.postgres import codecs
from adapters.postgres.database import Database
from domain.drift import CollectionStanding, Drift, DriftKind

_STANDING: Final = """
SELECT id, snapshot, start_wanted_at, undrafted FROM collections
    CROSS JOIN LATERAL (
        SELECT EXISTS (SELECT FROM collection_frozen WHERE collection_id = id AND drafted_at IS NULL) AS undrafted
    ) AS drafting
"""

_OPEN: Final = f"{_STANDING} WHERE id > $1 AND (is_open OR undrafted) ORDER BY id LIMIT $2"
"""A batch of collections about which the clock has something to do."""

_SOME: Final = f"{_STANDING} WHERE id = ANY ($1)"
"""Certain collections, whatever their state."""

_FORGET_NOTE: Final = "UPDATE collections SET start_wanted_at = NULL WHERE id = $1"
"""The start that was wanted happened long ago."""


class PostgresCollectionDrift:
    """Fits ``activities.drift_ports.Carried``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def standing(self, limit: int, *, after: str) -> dict[str, CollectionStanding]:
        """At most ``limit`` collections that have to run, by number, from behind ``after``. Raises ``Temporary``."""
        async with self._database.connection() as connection:
            return _standing(await connection.fetch(_OPEN, after, limit))

    async def look(self, known_as: list[str]) -> dict[str, CollectionStanding]:
        """These collections as they stand now. Raises ``Temporary``."""
        async with self._database.connection() as connection:
            return _standing(await connection.fetch(_SOME, known_as))

    async def repair(self, drift: Drift) -> bool:
        """Take away a note that lingers; false for everything else. Raises ``Temporary``."""
        if drift.kind is not DriftKind.NOTE_LINGERING:
            return False
        async with self._database.transaction() as connection:
            await connection.execute(_FORGET_NOTE, drift.subject)
        return True


def _standing(rows: Sequence[asyncpg.Record]) -> dict[str, CollectionStanding]:
    return {
        row["id"]: CollectionStanding(
            collection=codecs.collection(row["snapshot"]),
            undrafted=row["undrafted"],
            start_wanted_at=row["start_wanted_at"],
        )
        for row in rows
    }
