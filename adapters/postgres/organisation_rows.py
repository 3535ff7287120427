"""The organisation as it stands in its tables: read whole, and written row by row where it differs.

Invariant: an open end is ``None`` here and infinite in the tables; nothing is written but the differences.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from adapters.postgres.database import Connection
from domain.organisation import (
    Area,
    Difference,
    Organisation,
    Post,
    Span,
    Substitution,
    Tenure,
    Unit,
    UnitKind,
)
from domain.people import Role

_KINDS: Final = "SELECT code, label, inspected FROM unit_kinds ORDER BY code"
_AREAS: Final = "SELECT id, name, team_post FROM areas ORDER BY id"
_UNITS: Final = "SELECT id, name, kind, district, unit_post, team_post, area_id FROM units ORDER BY id"
_PEOPLE: Final = "SELECT id, name FROM people ORDER BY id"
_DESKS: Final = "SELECT name, post_id FROM desks ORDER BY name"
"""The tables without spans, whole."""

_POSTS: Final = """
SELECT id, title, role, unit_id, seats, bound_to, area_id, nullif(bound_from, '-infinity') AS bound_from,
    nullif(valid_from, '-infinity') AS since, nullif(valid_to, 'infinity') AS until
FROM posts ORDER BY id
"""
_HOLDERS: Final = """
SELECT post_id, person_id, nullif(valid_from, '-infinity') AS since, nullif(valid_to, 'infinity') AS until
FROM holders ORDER BY post_id, valid_from, person_id
"""
_SUBSTITUTIONS: Final = """
SELECT post_id, absent_id, substitute_id, valid_from AS since, valid_to AS until
FROM substitutions ORDER BY post_id, valid_from, absent_id, substitute_id
"""
"""The tables with spans, whole."""

_PUT_KIND: Final = """
INSERT INTO unit_kinds (code, label, inspected) VALUES ($1, $2, $3)
ON CONFLICT (code) DO UPDATE SET label = excluded.label, inspected = excluded.inspected
"""
_PUT_AREA: Final = """
INSERT INTO areas (id, name, team_post) VALUES ($1, $2, $3)
ON CONFLICT (id) DO UPDATE SET name = excluded.name, team_post = excluded.team_post
"""
_PUT_UNIT: Final = """
INSERT INTO units (id, name, kind, district, unit_post, team_post, area_id) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (id) DO UPDATE SET name = excluded.name, kind = excluded.kind, district = excluded.district,
    unit_post = excluded.unit_post, team_post = excluded.team_post, area_id = excluded.area_id
"""
_PUT_POST: Final = """
INSERT INTO posts (id, title, role, unit_id, seats, bound_to, area_id, bound_from, valid_from, valid_to)
VALUES ($1, $2, $3, $4, $5, $6, $7, coalesce($8::timestamptz, '-infinity'), coalesce($9::timestamptz, '-infinity'),
    coalesce($10::timestamptz, 'infinity'))
ON CONFLICT (id) DO UPDATE SET title = excluded.title, role = excluded.role, unit_id = excluded.unit_id,
    seats = excluded.seats, bound_to = excluded.bound_to, area_id = excluded.area_id, bound_from = excluded.bound_from,
    valid_from = excluded.valid_from, valid_to = excluded.valid_to
"""
_PUT_PERSON: Final = """
INSERT INTO people (id, name) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET name = excluded.name
"""
_PUT_HOLDER: Final = """
INSERT INTO holders (post_id, person_id, valid_from, valid_to)
VALUES ($1, $2, coalesce($3::timestamptz, '-infinity'), coalesce($4::timestamptz, 'infinity'))
ON CONFLICT (post_id, person_id, valid_from) DO UPDATE SET valid_to = excluded.valid_to
"""
_PUT_SUBSTITUTION: Final = """
INSERT INTO substitutions (post_id, absent_id, substitute_id, valid_from, valid_to) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (post_id, absent_id, substitute_id, valid_from) DO UPDATE SET valid_to = excluded.valid_to
"""
_PUT_DESK: Final = """
INSERT INTO desks (name, post_id) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET post_id = excluded.post_id
"""
"""One row as it shall be."""

_DROP_HOLDER: Final = """
DELETE FROM holders
WHERE post_id = $1 AND person_id = $2 AND valid_from = coalesce($3::timestamptz, '-infinity')
"""
_DROP_SUBSTITUTION: Final = """
DELETE FROM substitutions WHERE post_id = $1 AND absent_id = $2 AND substitute_id = $3 AND valid_from = $4
"""
"""What had not begun, or lasts otherwise."""

_PUT: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "unit_kinds": (_PUT_KIND, ("code", "label", "inspected")),
    "areas": (_PUT_AREA, ("id", "name", "team_post")),
    "units": (_PUT_UNIT, ("id", "name", "kind", "district", "unit_post", "team_post", "area_id")),
    "posts": (
        _PUT_POST,
        (
            "id",
            "title",
            "role",
            "unit_id",
            "seats",
            "bound_to",
            "area_id",
            "bound_from",
            "valid_from",
            "valid_to",
        ),
    ),
    "people": (_PUT_PERSON, ("id", "name")),
    "holders": (_PUT_HOLDER, ("post_id", "person_id", "valid_from", "valid_to")),
    "substitutions": (
        _PUT_SUBSTITUTION,
        ("post_id", "absent_id", "substitute_id", "valid_from", "valid_to"),
    ),
    "desks": (_PUT_DESK, ("name", "post_id")),
}
_DROP: Final[Mapping[str, str]] = {"holders": _DROP_HOLDER, "substitutions": _DROP_SUBSTITUTION}


async def read(connection: Connection) -> Organisation:
    """The whole organisation, with all that is over."""
    return Organisation(
        kinds={row["code"]: UnitKind(**row) for row in await connection.fetch(_KINDS)},
        areas={row["id"]: Area(**row) for row in await connection.fetch(_AREAS)},
        units={row["id"]: Unit(**row) for row in await connection.fetch(_UNITS)},
        posts={row["id"]: _post(dict(row)) for row in await connection.fetch(_POSTS)},
        people={row["id"]: row["name"] for row in await connection.fetch(_PEOPLE)},
        tenures=tuple(Tenure(**_timed(row)) for row in await connection.fetch(_HOLDERS)),
        substitutions=tuple(Substitution(**_timed(row)) for row in await connection.fetch(_SUBSTITUTIONS)),
        desks={row["name"]: row["post_id"] for row in await connection.fetch(_DESKS)},
    )


async def write(connection: Connection, differences: Iterable[Difference]) -> None:
    """Make the tables differ so; what is gone goes first, so that its place is free."""
    found = tuple(differences)
    for one in found:
        if one.after is None:
            await connection.execute(_DROP[one.table], *one.key)
    for table, (sql, columns) in _PUT.items():
        put = [
            [one.after[column] for column in columns]
            for one in found
            if one.table == table and one.after is not None
        ]
        if put:
            await connection.executemany(sql, put)


def _post(row: dict[str, Any]) -> Post:
    return Post(**_timed(row) | {"role": Role(row["role"])})


def _timed(row: Any) -> dict[str, Any]:
    fields = dict(row)
    return fields | {"span": Span(since=fields.pop("since"), until=fields.pop("until"))}
