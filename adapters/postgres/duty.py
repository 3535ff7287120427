"""Who is on duty (值班): the shifts of the rosters as they were last accepted or submitted, read at an instant.

Invariant: of a unit's rosters only the last version of each collection counts; numbers stay masked here.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from adapters.postgres.database import Database

_CURRENT: Final = """
SELECT duty_shifts.collection_id, duty_shifts.unit_id, unit_name, number, starts_at, ends_at, duty_name, duty_masked,
    leader_name, leader_masked, landline
FROM duty_shifts JOIN collection_members
    ON collection_members.collection_id = duty_shifts.collection_id AND collection_members.unit_id = duty_shifts.unit_id
        AND collection_members.version = duty_shifts.version AND NOT collection_members.returned
"""

_OF_UNIT: Final = f"""
{_CURRENT}
WHERE duty_shifts.unit_id = $1 AND ends_at > $2 AND starts_at < $3
ORDER BY starts_at, number LIMIT $4
"""
"""The shifts of a unit within a span, in order."""

_NOW: Final = f"""
{_CURRENT}
WHERE starts_at <= $1 AND ends_at > $1 AND ($2::text[] IS NULL OR duty_shifts.unit_id = ANY ($2))
    AND (duty_shifts.unit_id, duty_shifts.collection_id, number) > ($3, $4, $5)
ORDER BY duty_shifts.unit_id, duty_shifts.collection_id, number LIMIT $6
"""
"""Who is on duty at an instant in these units, by unit."""

MOST: Final = 1000
"""Shifts of a unit that one answer holds."""


class PostgresDuty:
    """Reads rosters as duty."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of_unit(self, unit_id: str, since: datetime, until: datetime) -> list[dict[str, Any]]:
        """The shifts of a unit that touch a span, in order."""
        async with self._database.connection() as connection:
            return [dict(row) for row in await connection.fetch(_OF_UNIT, unit_id, since, until, MOST)]

    async def at(
        self, now: datetime, units: Iterable[str] | None, after: tuple[str, str, int], limit: int
    ) -> list[dict[str, Any]]:
        """Who is on duty at an instant, by unit; ``units=None`` means all."""
        seen = None if units is None else sorted(units)
        async with self._database.connection() as connection:
            return [dict(row) for row in await connection.fetch(_NOW, now, seen, *after, limit)]
