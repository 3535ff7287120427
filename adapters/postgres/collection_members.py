"""The units on the lists of collections, and how they stand.

Invariant: what SQL counts here is what :func:`domain.collection.outcome` says of each row; a test compares them.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Final

import asyncpg

from adapters.postgres.database import Connection
from domain.collection import Audience, Counts, Member, Outcome, Window
from domain.errors import Kind, Refused

_ENLIST: Final = """
INSERT INTO collection_members (collection_id, unit_id, unit_name, post_id, exempt, basis, outstanding)
SELECT $1, units.id, units.name, units.unit_post, given.reason IS NOT NULL, given.reason, given.reason IS NULL
FROM units LEFT JOIN unnest($7::text[], $8::text[]) AS given (unit_id, reason) ON given.unit_id = units.id
WHERE units.kind <> 'bureau' AND units.district = $2
    AND ($3::text[] = '{}' OR units.kind = ANY ($3)) AND ($4::text[] = '{}' OR units.id = ANY ($4))
    AND ($5::timestamptz IS NULL OR EXISTS (
        SELECT FROM hazards WHERE hazards.unit_id = units.id AND reported_at >= $5
            AND reported_at < coalesce($6::timestamptz, 'infinity')))
"""
"""The list of units that a query finds, frozen; those that need not submit from the start are on it as exempt."""

_STRANGERS: Final = """
SELECT given.unit_id FROM unnest($2::text[]) AS given (unit_id)
WHERE NOT EXISTS (SELECT FROM collection_members WHERE collection_id = $1 AND unit_id = given.unit_id)
"""
"""Units that were named and are not on the list."""

_COUNTED: Final = """
SELECT count(*) FILTER (WHERE exempt) AS exempt,
    count(*) FILTER (WHERE NOT exempt AND counted_at IS NULL) AS missing,
    count(*) FILTER (WHERE NOT exempt AND counted_at IS NOT NULL AND returned) AS defective,
    count(*) FILTER (WHERE NOT exempt AND NOT returned AND counted_at <= coalesce(due_at, $2) + $3) AS on_time,
    count(*) FILTER (WHERE NOT exempt AND NOT returned AND counted_at > coalesce(due_at, $2) + $3) AS late,
    coalesce(bool_or(outstanding), false) AS outstanding
FROM collection_members WHERE collection_id = $1
"""
"""How many units are what, and whether anybody is outstanding."""

COLUMNS: Final = """
collection_id, unit_id, unit_name, post_id, due_at, exempt, version, counted_at, returned, accepted, returns, basis, last_hash
"""
"""The columns of a member, by their names in the domain."""

_ALL: Final = f"SELECT {COLUMNS} FROM collection_members WHERE collection_id = $1"  # noqa: S608 - names of columns
"""Every unit of a list."""

_ONE: Final = f"SELECT {COLUMNS} FROM collection_members WHERE collection_id = $1 AND unit_id = $2"  # noqa: S608
"""One unit of a list."""

_LOCKED: Final = f"""
SELECT {COLUMNS} FROM collection_members WHERE collection_id = $1 AND unit_id = $2 FOR NO KEY UPDATE
"""  # noqa: S608
"""One unit of a list that is about to be decided about."""

_PAGE: Final = f"""
SELECT {COLUMNS} FROM collection_members
WHERE collection_id = $1 AND unit_id > $2 AND ($3::text[] IS NULL OR unit_id = ANY ($3)) AND CASE $4::text
    WHEN 'exempt' THEN exempt
    WHEN 'missing' THEN NOT exempt AND counted_at IS NULL
    WHEN 'defective' THEN NOT exempt AND counted_at IS NOT NULL AND returned
    WHEN 'on_time' THEN NOT exempt AND NOT returned AND counted_at <= coalesce(due_at, $5) + $6
    WHEN 'late' THEN NOT exempt AND NOT returned AND counted_at > coalesce(due_at, $5) + $6
    ELSE true END
ORDER BY unit_id LIMIT $7
"""  # noqa: S608
"""A page of a list, by unit, of those who stand in one way, or of all."""

_MISSING: Final = f"""
SELECT {COLUMNS} FROM collection_members
WHERE collection_id = $1 AND counted_at IS NULL AND NOT exempt AND unit_id > $2
    AND ($3::text[] IS NULL OR unit_id = ANY ($3))
ORDER BY unit_id LIMIT $4
"""  # noqa: S608
"""A page of those who have submitted nothing, through their own index."""

_SET: Final = """
UPDATE collection_members SET due_at = $3, exempt = $4, basis = $5, returned = $6, accepted = $7, returns = $8,
    outstanding = $9
WHERE collection_id = $1 AND unit_id = $2
"""
"""What was decided about one unit."""

_COMPLETE: Final = "SELECT collection_is_complete($1)"
"""Whether nobody is outstanding, in any unit."""


async def enlist(connection: Connection, collection_id: str, audience: Audience, district: str) -> int:
    """Freeze the list that the query finds; gives how many units are on it. Raises ``Refused`` naming the field."""
    exempt = {one.unit_id: one.reason for one in audience.exempt}
    done = await connection.execute(
        _ENLIST,
        collection_id,
        district,
        list(audience.kinds),
        list(audience.units),
        audience.inspected_from,
        audience.inspected_before,
        list(exempt),
        list(exempt.values()),
        timeout=60,
    )
    for field, named in (("audience.units", audience.units), ("audience.exempt", tuple(exempt))):
        if await connection.fetchval(_STRANGERS, collection_id, list(named)):
            raise Refused(Kind.CONFLICT, "unit_unknown", "名单中没有所写的单位", field=field)
    return int(done.rpartition(" ")[2])


async def counted(connection: Connection, collection_id: str, window: Window) -> tuple[Counts, bool]:
    """How many units are what now, and whether nobody is outstanding."""
    grace = timedelta(seconds=window.grace_seconds)
    row = dict(await connection.fetchrow(_COUNTED, collection_id, window.due_at, grace, timeout=60) or {})
    outstanding = row.pop("outstanding")
    return Counts(**row), not outstanding


async def everybody(connection: Connection, collection_id: str) -> list[Member]:
    """Every unit of a list, in no order."""
    return [_member(row) for row in await connection.fetch(_ALL, collection_id, timeout=60)]


async def one(
    connection: Connection, collection_id: str, unit_id: str, *, lock: bool = False
) -> Member | None:
    """One unit of a list; with ``lock`` it is about to be decided about."""
    row = await connection.fetchrow(_LOCKED if lock else _ONE, collection_id, unit_id)
    return None if row is None else _member(row)


async def page(
    connection: Connection,
    collection_id: str,
    window: Window,
    units: Iterable[str] | None,
    outcome: Outcome | None,
    after: str,
    limit: int,
) -> list[Member]:
    """A page of a list by unit, from behind ``after``; ``units`` are those that may be on it, ``None`` for all."""
    seen = None if units is None else sorted(units)
    if outcome is Outcome.MISSING:
        rows = await connection.fetch(_MISSING, collection_id, after, seen, limit)
    else:
        asked = None if outcome is None else outcome.value
        grace = timedelta(seconds=window.grace_seconds)
        rows = await connection.fetch(_PAGE, collection_id, after, seen, asked, window.due_at, grace, limit)
    return [_member(row) for row in rows]


async def keep(connection: Connection, member: Member, *, outstanding: bool) -> None:
    """Write what was decided about a unit."""
    await connection.execute(
        _SET,
        member.collection_id,
        member.unit_id,
        member.due_at,
        member.exempt,
        member.basis,
        member.returned,
        member.accepted,
        member.returns,
        outstanding,
    )


async def is_complete(connection: Connection, collection_id: str) -> bool:
    """Whether nobody is outstanding."""
    return bool(await connection.fetchval(_COMPLETE, collection_id))


def _member(row: asyncpg.Record) -> Member:
    fields: dict[str, Any] = dict(row)
    return Member(**fields)
