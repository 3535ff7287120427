"""Reading cases: one, a filtered page, what waits on me, and the timeline.

Invariant: every read states which units the asker may see, in its WHERE clause; a case of another unit is unknown.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from adapters.postgres import codecs
from adapters.postgres.database import Database
from domain.audit import Entry
from domain.hazard import Case

_ONE: Final = "SELECT snapshot FROM hazards WHERE id = $1 AND ($2::text[] IS NULL OR unit_id = ANY ($2))"
"""One case that the asker may see."""

_PAGE: Final = """
SELECT snapshot FROM hazards
WHERE ($1::text[] IS NULL OR unit_id = ANY ($1))
    AND ($2::text[] IS NULL OR stage = ANY ($2))
    AND ($3::text IS NULL OR level = $3)
    AND ($4::text IS NULL OR unit_id = $4)
    AND ($5::text IS NULL OR category = $5)
    AND ($6::boolean IS NULL OR (overdue OR (is_open AND due_at <= $7)) = $6)
    AND ($8::text IS NULL OR waiting_post = $8)
    AND ($9::text IS NULL OR position(lower($9) IN lower(id || ' ' || place || ' ' || description)) > 0)
    AND ($10::timestamptz IS NULL OR reported_at >= $10)
    AND ($11::timestamptz IS NULL OR reported_at < $11)
    AND ($12::text IS NULL OR colour = $12)
    AND ($13::boolean IS NULL OR extension_pending = $13)
    AND ($14::text IS NULL OR (reported_at, id) < (SELECT reported_at, id FROM hazards WHERE id = $14))
ORDER BY reported_at DESC, id DESC LIMIT $15
"""
"""A page of cases, newest first, from behind a case."""

_WORK: Final = """
SELECT snapshot FROM hazards
WHERE is_open AND (waiting_post = ANY ($1) OR told_posts && $1)
    AND ($2::text IS NULL OR (coalesce(due_at, 'infinity'), id)
        > (SELECT coalesce(due_at, 'infinity'), id FROM hazards WHERE id = $2))
ORDER BY coalesce(due_at, 'infinity'), id LIMIT $3
"""
"""What waits on these posts or was escalated to them, by due instant, from behind a case."""

_TIMELINE: Final = "SELECT entry FROM changes WHERE case_id = $1 AND seq > $2 ORDER BY seq LIMIT $3"
"""A page of a case's record, in order."""


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What a list of hazards is narrowed to; ``None`` means no limit. Instants are aware."""

    stages: tuple[str, ...] | None = None
    level: str | None = None
    unit_id: str | None = None
    category: str | None = None
    overdue: bool | None = None
    post: str | None = None
    text: str | None = None
    reported_from: datetime | None = None
    reported_before: datetime | None = None
    colour: str | None = None
    extension_pending: bool | None = None


class PostgresReadModel:
    """Answers every question about cases; the engine is never asked."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def case(self, case_id: str, visible: Iterable[str] | None) -> Case | None:
        """One case, or ``None`` when there is none that the asker may see."""
        async with self._database.connection() as connection:
            snapshot = await connection.fetchval(_ONE, case_id, _ids(visible))
        return None if snapshot is None else codecs.case(snapshot)

    async def page(
        self,
        visible: Iterable[str] | None,
        filters: Filters,
        now: datetime,
        after: str | None,
        limit: int,
    ) -> list[Case]:
        """At most ``limit`` cases, newest report first, from behind case ``after``; ``now`` decides what is overdue."""
        async with self._database.connection() as connection:
            rows = await connection.fetch(
                _PAGE,
                _ids(visible),
                None if filters.stages is None else list(filters.stages),
                filters.level,
                filters.unit_id,
                filters.category,
                filters.overdue,
                now,
                filters.post,
                filters.text,
                filters.reported_from,
                filters.reported_before,
                filters.colour,
                filters.extension_pending,
                after,
                limit,
            )
        return [codecs.case(row["snapshot"]) for row in rows]

    async def work(self, posts: Iterable[str], after: str | None, limit: int) -> list[Case]:
        """At most ``limit`` open cases that wait on the posts, the one due first at the front."""
        async with self._database.connection() as connection:
            rows = await connection.fetch(_WORK, list(posts), after, limit)
        return [codecs.case(row["snapshot"]) for row in rows]

    async def timeline(self, case_id: str, after: int, limit: int) -> list[Entry]:
        """At most ``limit`` entries of the record, from behind number ``after``."""
        async with self._database.connection() as connection:
            rows = await connection.fetch(_TIMELINE, case_id, after, limit)
        return [codecs.entry(row["entry"]) for row in rows]


def _ids(visible: Iterable[str] | None) -> list[str] | None:
    return None if visible is None else sorted(visible)
