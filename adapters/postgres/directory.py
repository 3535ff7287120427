"""The directory: units, posts and who holds them at an instant.

Invariant: who holds a post is read for an instant that the caller names, and names of people when somebody looks; neither is
copied into a case.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import asyncpg

from adapters.postgres import held, standing
from adapters.postgres.database import Database
from domain.people import Actor, Holding, Role

_HOLDINGS: Final = f"""
WITH held AS ({held.AT})
SELECT people.id AS person_id, people.name, held.post_id, held.role, held.unit_id, held.title, held.on_behalf_of,
    held.barred_units, absent.name AS principal,
    CASE held.role WHEN 'inspector' THEN
        ARRAY(SELECT unit_id FROM unit_teams WHERE team_post = held.post_id ORDER BY unit_id)
    END AS covers
FROM people LEFT JOIN held ON held.person_id = people.id LEFT JOIN people AS absent ON absent.id = held.on_behalf_of
WHERE people.id = $2 AND ({standing.STANDS}) ORDER BY held.on_behalf_of NULLS FIRST, held.post_id
"""  # noqa: S608 - the reading above
"""A person and the posts held at an instant, the person's own before those covered for others; a team's post with its units;
nobody whose token is void."""

_HOLDERS: Final = f"""
WITH held AS ({held.AT})
SELECT person_id FROM held WHERE post_id = $2 GROUP BY person_id ORDER BY min(on_behalf_of) IS NOT NULL, person_id
"""  # noqa: S608 - the reading above
"""Who may act by a post at an instant, its holders before their substitutes."""

_UNITS: Final = """
SELECT units.id, units.name, units.kind, units.district, units.unit_post, unit_teams.team_post
FROM units LEFT JOIN unit_teams ON unit_teams.unit_id = units.id
WHERE ($1::text[] IS NULL OR units.id = ANY ($1)) AND units.id > $2 ORDER BY units.id LIMIT $3
"""
"""A page of the units that the asker may see."""

_POSTS: Final = f"""
WITH held AS ({held.AT})
SELECT posts.id, posts.title, posts.role, posts.unit_id,
    coalesce(array_agg(people.name ORDER BY people.name) FILTER (WHERE held.on_behalf_of IS NULL), '{{}}') AS holders
FROM (
    SELECT * FROM posts
    WHERE ($2::text[] IS NULL OR unit_id = ANY ($2) OR role NOT IN ('unit_staff', 'unit_head')) AND id > $3
        AND $1 < valid_to
    ORDER BY id LIMIT $4
) AS posts
LEFT JOIN (held JOIN people ON people.id = held.person_id) ON held.post_id = posts.id
GROUP BY posts.id, posts.title, posts.role, posts.unit_id ORDER BY posts.id
"""  # noqa: S608 - the reading above
"""A page of posts with the names of their holders at an instant; posts of units that the asker may not see are left out."""

_UNIT: Final = """
SELECT units.id, units.name, units.kind, units.district, units.unit_post,
    coalesce(
        (SELECT team_post FROM unit_teams WHERE unit_id = units.id), (SELECT post_id FROM desks WHERE name = 'office')
    ) AS team_post,
    (SELECT post_id FROM desks WHERE name = 'office') AS office_post,
    (SELECT post_id FROM desks WHERE name = 'closing_authority') AS closing_authority,
    (SELECT id FROM posts WHERE unit_id = units.id AND role = 'unit_head' ORDER BY valid_to DESC, id LIMIT 1) AS head_post,
    (SELECT post_id FROM desks WHERE name = 'deputy') AS deputy_post,
    (SELECT post_id FROM desks WHERE name = 'leader') AS leader_post,
    (SELECT inspected FROM unit_kinds WHERE code = units.kind) AS inspected
FROM units WHERE units.id = $1
"""
"""A unit with the posts that its cases wait on; where no team covers it, they wait on the office, which is warned of that."""

_POST: Final = "SELECT id, role, unit_id FROM posts WHERE id = $1"
"""One post."""

_NAMES: Final = """
SELECT id, name AS label FROM people WHERE id = ANY ($1) UNION ALL SELECT id, title FROM posts WHERE id = ANY ($2)
"""
"""Names of people and titles of posts, for reading a record."""


@dataclass(frozen=True, kw_only=True)
class UnitDesk:
    """A unit and the posts that its cases wait on."""

    id: str
    name: str
    kind: str
    district: str
    unit_post: str
    team_post: str
    office_post: str
    closing_authority: str
    head_post: str | None
    deputy_post: str | None
    leader_post: str | None
    inspected: bool


@dataclass(frozen=True, kw_only=True)
class Person:
    """Who is signed in: the actor for the rules, with name, post titles and whom they stand in for for the screen."""

    actor: Actor
    name: str
    titles: Mapping[str, str]
    principals: Mapping[str, str] = field(default_factory=dict)


class PostgresDirectory:
    """Reads the directory."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def person(
        self,
        person_id: str,
        at: datetime,
        *,
        session_id: str | None = None,
        issued_at: datetime | None = None,
    ) -> Person | None:
        """The person and the posts held at ``at`` (aware), or ``None`` for somebody unknown.

        With what a token says (its session, if any, and when it was issued) also ``None`` for a token that is void by then.
        """
        async with self._database.connection() as connection:
            rows = await connection.fetch(_HOLDINGS, at, person_id, session_id, issued_at)
        if not rows:
            return None
        found = [row for row in rows if row["post_id"]]
        return Person(
            actor=Actor(person_id=person_id, holdings=tuple(_holding(row) for row in found)),
            name=rows[0]["name"],
            titles={row["post_id"]: row["title"] for row in found},
            principals={row["on_behalf_of"]: row["principal"] for row in found if row["on_behalf_of"]},
        )

    async def holders(self, post_id: str, at: datetime) -> tuple[str, ...]:
        """The ids of those who may act by a post at ``at`` (aware), its holders before their substitutes."""
        async with self._database.connection() as connection:
            return tuple(row["person_id"] for row in await connection.fetch(_HOLDERS, at, post_id))

    async def units(self, visible: Iterable[str] | None, after: str, limit: int) -> list[dict[str, Any]]:
        """A page of units by id, from behind ``after``; ``visible=None`` means all."""
        async with self._database.connection() as connection:
            return [dict(row) for row in await connection.fetch(_UNITS, _ids(visible), after, limit)]

    async def posts(
        self, visible: Iterable[str] | None, at: datetime, after: str, limit: int
    ) -> list[dict[str, Any]]:
        """A page of posts by id with the names of their holders at ``at`` (aware)."""
        async with self._database.connection() as connection:
            return [dict(row) for row in await connection.fetch(_POSTS, at, _ids(visible), after, limit)]

    async def unit(self, unit_id: str) -> UnitDesk | None:
        """One unit with the posts that its cases wait on."""
        async with self._database.connection() as connection:
            row = await connection.fetchrow(_UNIT, unit_id)
        return UnitDesk(**row) if row else None

    async def post(self, post_id: str) -> Holding | None:
        """One post, by what it may do and where."""
        async with self._database.connection() as connection:
            row = await connection.fetchrow(_POST, post_id)
        return Holding(post_id=row["id"], role=Role(row["role"]), unit_id=row["unit_id"]) if row else None

    async def names(self, people: Iterable[str], posts: Iterable[str]) -> dict[str, str]:
        """Names by person id and titles by post id."""
        async with self._database.connection() as connection:
            return {
                row["id"]: row["label"] for row in await connection.fetch(_NAMES, list(people), list(posts))
            }


def _ids(visible: Iterable[str] | None) -> list[str] | None:
    return None if visible is None else sorted(visible)


def _holding(row: asyncpg.Record) -> Holding:
    return Holding(
        post_id=row["post_id"],
        role=Role(row["role"]),
        unit_id=row["unit_id"],
        on_behalf_of=row["on_behalf_of"],
        substitute=row["on_behalf_of"] is not None,
        barred_units=tuple(row["barred_units"]),
        covers=None if row["covers"] is None else tuple(row["covers"]),
    )
