"""Reading cases: one, a filtered page, what waits on me, and the timeline.

Invariant: every read states which units the asker may see, in its WHERE clause; a case of another unit is unknown.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from adapters.postgres import codecs, hazard_lists
from adapters.postgres.database import Database
from adapters.postgres.hazard_lists import Filters
from domain.audit import Entry
from domain.hazard import Case

ONE: Final = """
SELECT snapshot - 'terms' AS fields, snapshot -> 'terms' AS terms FROM hazards
WHERE id = $1 AND ($2::text[] IS NULL OR unit_id = ANY ($2))
"""
"""One case that the asker may see."""

_WORK: Final = """
WITH last AS (
    SELECT coalesce(due_at, 'infinity') AS due_at, id FROM hazards
    WHERE id = $2 AND ($4::text[] IS NULL OR unit_id = ANY ($4))
), waiting AS (
    SELECT waits.* FROM (SELECT DISTINCT unnest($1::text[])) AS mine (post) CROSS JOIN LATERAL (
        SELECT due_at, id, snapshot FROM hazards
        WHERE is_open AND waiting_post = mine.post AND ($4::text[] IS NULL OR unit_id = ANY ($4))
            AND ($2::text IS NULL OR (coalesce(due_at, 'infinity'), id) > (SELECT due_at, id FROM last))
        ORDER BY due_at, id LIMIT $3
    ) AS waits
), told AS (
    SELECT due_at, id, snapshot FROM hazards
    WHERE is_open AND told_posts && $1 AND coalesce(waiting_post <> ALL ($1), true)
        AND ($4::text[] IS NULL OR unit_id = ANY ($4))
        AND ($2::text IS NULL OR (coalesce(due_at, 'infinity'), id) > (SELECT due_at, id FROM last))
    ORDER BY due_at, id LIMIT $3
)
SELECT snapshot - 'terms' AS fields, snapshot -> 'terms' AS terms
FROM (
    SELECT snapshot FROM (SELECT * FROM waiting UNION ALL SELECT * FROM told) AS mine
    ORDER BY coalesce(due_at, 'infinity'), id LIMIT $3
) AS shown
"""
"""What waits on these posts or was escalated to them and may be seen, by due instant, from behind a case."""

_TIMELINE: Final = "SELECT entry FROM changes WHERE case_id = $1 AND seq > $2 ORDER BY seq LIMIT $3"
"""A page of a case's record, in order."""


class PostgresReadModel:
    """Answers every question about cases; the engine is never asked."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def case(self, case_id: str, visible: Iterable[str] | None) -> Case | None:
        """One case, or ``None`` when there is none that the asker may see."""
        async with self._database.connection() as connection:
            row = await connection.fetchrow(ONE, case_id, _ids(visible))
        return None if row is None else codecs.case_of_parts(row["fields"], row["terms"])

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
            found = await hazard_lists.page(
                connection, _units(visible, filters.unit_id), filters, now, after, limit
            )
        return [codecs.case_of_parts(fields, terms) for fields, terms in found]

    async def work(
        self, posts: Iterable[str], visible: Iterable[str] | None, after: str | None, limit: int
    ) -> list[Case]:
        """At most ``limit`` open cases that wait on the posts, the one due first at the front."""
        async with self._database.connection() as connection:
            rows = await connection.fetch(_WORK, list(posts), after, limit, _ids(visible))
        return [codecs.case_of_parts(row["fields"], row["terms"]) for row in rows]

    async def timeline(self, case_id: str, after: int, limit: int) -> list[Entry]:
        """At most ``limit`` entries of the record, from behind number ``after``."""
        async with self._database.connection() as connection:
            rows = await connection.fetch(_TIMELINE, case_id, after, limit)
        return [codecs.entry(row["entry"]) for row in rows]


def _ids(visible: Iterable[str] | None) -> list[str] | None:
    return None if visible is None else sorted(visible)


def _units(visible: Iterable[str] | None, asked: str | None) -> list[str] | None:
    """The units whose cases may be listed, ``None`` for all: what the asker sees, narrowed to the unit asked for."""
    if asked is None:
        return _ids(visible)
    return [asked] if visible is None or asked in visible else []
