"""What a rehearsal (推演) reads of its own record: when anything happens next, and who is told what.

Invariant: it only reads.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from adapters.postgres.database import Database
from domain.notices import NoticeKind

_NEXT: Final = """
SELECT least(
    (SELECT min(next_step_at) FROM hazards WHERE is_open AND $2),
    (SELECT min(next_step_at) FROM collections WHERE is_open AND $2),
    (SELECT min(next_step_at) FROM bulletins WHERE $2),
    (SELECT min(leaves_at) FROM notices WHERE leaves_at > $1)
)
"""
"""The next instant at which the clock acts on a case or a notice leaves."""

_DUE: Final = """
SELECT id FROM hazards WHERE is_open AND next_step_at <= $1
UNION ALL SELECT id FROM collections WHERE is_open AND next_step_at <= $1
UNION ALL SELECT collection_id FROM collection_frozen WHERE drafted_at IS NULL
UNION ALL SELECT $2 WHERE EXISTS (SELECT FROM bulletins WHERE next_step_at <= $1)
ORDER BY id
"""
"""The workflows, by id, on which the clock acts by an instant; one keeps the time of all bulletins.
A collection whose bulletin is still to be drafted is not done with its cut-off."""

_OPEN: Final = "SELECT id FROM hazards WHERE is_open ORDER BY id"
"""Every open hazard."""

_OPEN_COLLECTIONS: Final = "SELECT id FROM collections WHERE is_open ORDER BY id"
"""Every open collection."""

_LEAVING: Final = """
SELECT notices.id, notices.case_id, notices.kind, notices.post_id, notices.due_at, notices.leaves_at, notices.late,
    notices.text, coalesce(hazards.unit_id, posts.unit_id) AS unit_id,
    CASE WHEN hazards.id IS NOT NULL THEN 'hazard' ELSE coalesce(collections.kind, 'bulletin') END AS kind_of_case
FROM notices LEFT JOIN hazards ON hazards.id = notices.case_id LEFT JOIN collections ON collections.id = notices.case_id
    LEFT JOIN posts ON posts.id = notices.post_id
WHERE leaves_at <= $1 AND NOT (notices.id = ANY ($2))
ORDER BY leaves_at, case_id, notices.seq, length(notices.id), notices.id
"""
"""The notices that have left by an instant and were not told yet."""

_UNSTARTED: Final = """
SELECT (SELECT count(*) FROM hazards WHERE start_wanted_at IS NOT NULL)
    + (SELECT count(*) FROM collections WHERE start_wanted_at IS NOT NULL)
"""
"""How many cases no run has read yet."""

_UNDONE: Final = "SELECT count(*) FROM restamps WHERE done_at IS NULL"
"""How many orders are still being carried out."""

BULLETINS: Final = "bulletin-clock"
"""The workflow that keeps the time of all bulletins."""


@dataclass(frozen=True, kw_only=True)
class Leaving:
    """A notice that leaves; instants are aware."""

    id: str
    case_id: str
    kind: NoticeKind
    post_id: str
    due_at: datetime
    leaves_at: datetime
    late: bool
    text: str
    unit_id: str | None
    kind_of_case: str


class PostgresRehearsals:
    """Reads the record of a rehearsal."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def next_instant(self, after: datetime, *, stepping: bool) -> datetime | None:
        """The next instant at which anything happens by itself; notices count from behind ``after`` (aware).

        ``stepping`` says whether the clocks of cases act.
        """
        async with self._database.connection() as connection:
            at: datetime | None = await connection.fetchval(_NEXT, after, stepping)
        return at

    async def due(self, at: datetime) -> list[str]:
        """The workflows, by id, on which the clock acts by ``at`` (aware)."""
        async with self._database.connection() as connection:
            return [row["id"] for row in await connection.fetch(_DUE, at, BULLETINS)]

    async def open_cases(self) -> list[str]:
        """Every open hazard, by number."""
        async with self._database.connection() as connection:
            return [row["id"] for row in await connection.fetch(_OPEN)]

    async def open_collections(self) -> list[str]:
        """Every open collection, by number."""
        async with self._database.connection() as connection:
            return [row["id"] for row in await connection.fetch(_OPEN_COLLECTIONS)]

    async def leaving(self, at: datetime, told: Iterable[str]) -> list[Leaving]:
        """The notices that have left by ``at`` (aware), without those ``told`` of already."""
        async with self._database.connection() as connection:
            rows = await connection.fetch(_LEAVING, at, list(told))
        return [Leaving(**{**row, "kind": NoticeKind(row["kind"])}) for row in rows]

    async def unstarted(self) -> int:
        """How many cases were taken in while the engine was away and do not run yet."""
        async with self._database.connection() as connection:
            count: int = await connection.fetchval(_UNSTARTED)
        return count

    async def orders_undone(self) -> int:
        """How many orders to recount time limits are still being carried out."""
        async with self._database.connection() as connection:
            count: int = await connection.fetchval(_UNDONE)
        return count
