"""The directory: units, posts and who holds them now.

Invariant: names of people are read from here when somebody looks, and are never copied into a case.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import asyncpg

from adapters.postgres.database import Database
from domain.people import Actor, Holding, Role

_HOLDINGS: Final = """
SELECT people.id AS person_id, people.name, posts.id AS post_id, posts.role, posts.unit_id, posts.title,
    CASE posts.role WHEN 'inspector' THEN ARRAY(SELECT id FROM units WHERE team_post = posts.id ORDER BY id) END AS covers
FROM people LEFT JOIN holders ON holders.person_id = people.id LEFT JOIN posts ON posts.id = holders.post_id
WHERE people.id = $1 ORDER BY posts.id
"""
"""A person and the posts held now, a team's post with the units that it owns."""

_UNITS: Final = """
SELECT id, name, kind, district, unit_post, team_post FROM units
WHERE ($1::text[] IS NULL OR id = ANY ($1)) AND id > $2 ORDER BY id LIMIT $3
"""
"""A page of the units that the asker may see."""

_POSTS: Final = """
SELECT posts.id, posts.title, posts.role, posts.unit_id,
    coalesce(array_agg(people.name ORDER BY people.name) FILTER (WHERE people.id IS NOT NULL), '{}') AS holders
FROM posts LEFT JOIN holders ON holders.post_id = posts.id LEFT JOIN people ON people.id = holders.person_id
WHERE ($1::text[] IS NULL OR posts.unit_id = ANY ($1) OR posts.role NOT IN ('unit_staff', 'unit_head')) AND posts.id > $2
GROUP BY posts.id ORDER BY posts.id LIMIT $3
"""
"""A page of posts with the names of their holders; posts of units that the asker may not see are left out."""

_UNIT: Final = """
SELECT units.id, units.name, units.kind, units.district, units.unit_post, units.team_post,
    (SELECT post_id FROM desks WHERE name = 'office') AS office_post,
    (SELECT post_id FROM desks WHERE name = 'closing_authority') AS closing_authority,
    (SELECT id FROM posts WHERE unit_id = units.id AND role = 'unit_head' ORDER BY id LIMIT 1) AS head_post,
    (SELECT post_id FROM desks WHERE name = 'deputy') AS deputy_post,
    (SELECT post_id FROM desks WHERE name = 'leader') AS leader_post
FROM units WHERE units.id = $1
"""
"""A unit with the posts that its cases wait on."""

_POST: Final = "SELECT id, role, unit_id FROM posts WHERE id = $1"
"""One post."""

_FIRST_HOLDER: Final = "SELECT person_id FROM holders WHERE post_id = $1 ORDER BY person_id LIMIT 1"
"""A person who holds the post, for sample tokens."""

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


@dataclass(frozen=True, kw_only=True)
class Person:
    """Who is signed in: the actor for the rules, with name and post titles for the screen."""

    actor: Actor
    name: str
    titles: dict[str, str]


class PostgresDirectory:
    """Reads the directory."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def person(self, person_id: str) -> Person | None:
        """The person and the posts held now, or ``None`` for somebody unknown."""
        async with self._database.connection() as connection:
            rows = await connection.fetch(_HOLDINGS, person_id)
        if not rows:
            return None
        held = [row for row in rows if row["post_id"]]
        holdings = tuple(_holding(row) for row in held)
        return Person(
            actor=Actor(person_id=person_id, holdings=holdings),
            name=rows[0]["name"],
            titles={row["post_id"]: row["title"] for row in held},
        )

    async def units(self, visible: Iterable[str] | None, after: str, limit: int) -> list[dict[str, Any]]:
        """A page of units by id, from behind ``after``; ``visible=None`` means all."""
        async with self._database.connection() as connection:
            return [dict(row) for row in await connection.fetch(_UNITS, _ids(visible), after, limit)]

    async def posts(self, visible: Iterable[str] | None, after: str, limit: int) -> list[dict[str, Any]]:
        """A page of posts by id with the names of their holders."""
        async with self._database.connection() as connection:
            return [dict(row) for row in await connection.fetch(_POSTS, _ids(visible), after, limit)]

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

    async def first_holder(self, post_id: str) -> str | None:
        """The id of a person who holds the post."""
        async with self._database.connection() as connection:
            holder: str | None = await connection.fetchval(_FIRST_HOLDER, post_id)
        return holder

    async def names(self, people: Iterable[str], posts: Iterable[str]) -> dict[str, str]:
        """Names by person id and titles by post id."""
        async with self._database.connection() as connection:
            return {
                row["id"]: row["label"] for row in await connection.fetch(_NAMES, list(people), list(posts))
            }


def _holding(row: asyncpg.Record) -> Holding:
    covers = None if row["covers"] is None else tuple(row["covers"])
    return Holding(post_id=row["post_id"], role=Role(row["role"]), unit_id=row["unit_id"], covers=covers)


def _ids(visible: Iterable[str] | None) -> list[str] | None:
    return None if visible is None else sorted(visible)
