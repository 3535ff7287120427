"""Who held a post when (任职沿革), what teams cover (分片包点包联), and who was told by a notice.

Invariant: names are read when somebody looks; who held a post at an instant of the past is read for that instant.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from adapters.postgres import held
from adapters.postgres.database import Database

_TENURES: Final = """
SELECT holders.post_id, people.name AS person, nullif(holders.valid_from, '-infinity') AS valid_from,
    nullif(holders.valid_to, 'infinity') AS valid_to
FROM holders JOIN people ON people.id = holders.person_id WHERE holders.post_id = ANY ($1)
UNION ALL
SELECT posts.id, people.name, nullif(greatest(holders.valid_from, posts.bound_from), '-infinity'),
    nullif(holders.valid_to, 'infinity')
FROM posts JOIN holders ON holders.post_id = posts.bound_to JOIN people ON people.id = holders.person_id
WHERE posts.id = ANY ($1) AND holders.valid_to > posts.bound_from
ORDER BY 3 NULLS FIRST, 2
"""
"""Who held these posts, from when to when, in order; those of a bound post from the binding on."""

_SUBSTITUTIONS: Final = """
SELECT absent.name AS absent, substitute.name AS substitute, valid_from, valid_to
FROM substitutions JOIN people AS absent ON absent.id = absent_id JOIN people AS substitute ON substitute.id = substitute_id
WHERE post_id = $1 ORDER BY valid_from, absent.name
"""
"""Who stood in by a post, for whom and when."""

_POST: Final = """
SELECT posts.id, posts.title, posts.role, posts.unit_id, posts.seats, posts.bound_to, posts.area_id,
    nullif(posts.valid_from, '-infinity') AS valid_from, nullif(posts.valid_to, 'infinity') AS valid_to
FROM posts WHERE posts.id = $1
    AND ($2::text[] IS NULL OR posts.unit_id = ANY ($2) OR posts.role NOT IN ('unit_staff', 'unit_head'))
"""
"""One post that the asker may see."""

_TEAMS: Final = f"""
WITH held AS ({held.AT})
SELECT posts.id, posts.title,
    ARRAY (
        SELECT DISTINCT people.name FROM held JOIN people ON people.id = held.person_id
        WHERE held.post_id = posts.id AND held.on_behalf_of IS NULL ORDER BY 1) AS members,
    ARRAY (SELECT areas.name FROM areas WHERE areas.team_post = posts.id ORDER BY areas.id) AS areas,
    ARRAY (
        SELECT unit_teams.unit_id FROM unit_teams
        WHERE unit_teams.team_post = posts.id AND ($2::text[] IS NULL OR unit_teams.unit_id = ANY ($2))
        ORDER BY 1) AS units
FROM posts WHERE posts.role = 'inspector' AND posts.valid_from <= $1 AND $1 < posts.valid_to ORDER BY posts.id
"""  # noqa: S608 - the reading of who holds what
"""The teams at an instant: who is in them, and which areas and units, of those that the asker may see, they cover."""

_NOTICES: Final = f"""
SELECT notices.id, notices.seq, notices.kind, notices.post_id, posts.title AS post, notices.at, notices.due_at,
    notices.leaves_at, notices.text, notice_acks.at AS acknowledged_at, acknowledged.name AS acknowledged_by,
    ARRAY (
        SELECT DISTINCT people.name FROM ({held.at("notices.due_at")}) AS held JOIN people ON people.id = held.person_id
        WHERE held.post_id = notices.post_id ORDER BY 1) AS held_when_due,
    ARRAY (
        SELECT DISTINCT people.name FROM ({held.AT}) AS held JOIN people ON people.id = held.person_id
        WHERE held.post_id = notices.post_id ORDER BY 1) AS hold_now
FROM notices LEFT JOIN posts ON posts.id = notices.post_id
    LEFT JOIN notice_acks ON notice_acks.notice_id = notices.id
    LEFT JOIN people AS acknowledged ON acknowledged.id = notice_acks.person_id
WHERE notices.case_id = $2 AND notices.seq IN (
    SELECT DISTINCT seq FROM notices WHERE case_id = $2 AND seq > $3 ORDER BY seq LIMIT $4)
ORDER BY notices.seq, notices.id
"""  # noqa: S608 - the reading of who holds what
"""A page of what was told of a case: to which post, who held it when that was due, and who holds it at an instant."""


class PostgresSuccession:
    """Reads what has been and what is."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def post(self, post_id: str, visible: Iterable[str] | None) -> dict[str, Any] | None:
        """A post with its ``tenures`` and ``substitutions``, or ``None`` where there is none that the asker may see."""
        units = None if visible is None else sorted(visible)
        async with self._database.connection() as connection:
            row = await connection.fetchrow(_POST, post_id, units)
            if row is None:
                return None
            tenures = await connection.fetch(_TENURES, [post_id])
            standing = await connection.fetch(_SUBSTITUTIONS, post_id)
        return dict(row) | {
            "tenures": [dict(one) for one in tenures],
            "substitutions": [dict(one) for one in standing],
        }

    async def teams(self, at: datetime, visible: Iterable[str] | None) -> list[dict[str, Any]]:
        """The teams at ``at`` (aware) with their members, areas and units."""
        async with self._database.connection() as connection:
            rows = await connection.fetch(_TEAMS, at, None if visible is None else sorted(visible))
        return [dict(row) for row in rows]

    async def notices(self, case_id: str, now: datetime, after: int, limit: int) -> list[dict[str, Any]]:
        """What was told of a case in the ``limit`` steps behind ``after``, with the ``tenures`` of each post that was told."""
        async with self._database.connection() as connection:
            rows = [dict(row) for row in await connection.fetch(_NOTICES, now, case_id, after, limit)]
            tenures = await connection.fetch(_TENURES, sorted({row["post_id"] for row in rows}))
        return [
            row | {"tenures": [dict(one) for one in tenures if one["post_id"] == row["post_id"]]}
            for row in rows
        ]
