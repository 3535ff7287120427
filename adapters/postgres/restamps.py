"""Orders to bring running cases under newer days, a newer policy or another team, and the cases that they are about.

Invariant: an order is written in the transaction of the edit that it follows from, and stays wanted until it is done.
"""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Final

from adapters.postgres import calendar_rows, codecs
from adapters.postgres.database import Connection, Database
from domain.errors import Kind, Refused
from domain.hazard import Case
from domain.restamps import RestampOrder
from domain.terms import Terms
from domain.workdays import Calendar

_ANNOUNCE: Final = "NOTIFY hazard_starts"
"""Wakes the relay when the transaction commits."""

_PUT: Final = """
INSERT INTO restamps (id, regions, policy_version, unit_ids, reason, person_id, post_id, wanted_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING
"""
"""An order, once."""

_ONE: Final = """
SELECT id, regions, policy_version, unit_ids, reason, person_id, post_id, wanted_at FROM restamps WHERE id = $1
"""
"""One order."""

_WANTED: Final = "SELECT id FROM restamps WHERE done_at IS NULL ORDER BY wanted_at, id"
"""The orders that are not carried out yet, the oldest first."""

_DONE: Final = "UPDATE restamps SET done_at = $2, cases = $3 WHERE id = $1 AND done_at IS NULL"
"""An order is carried out."""

_OPEN: Final = "SELECT snapshot FROM hazards WHERE is_open AND id > $1 ORDER BY id LIMIT $2"
"""A batch of open cases, by number."""

_IN_FORCE_BY: Final = "SELECT version FROM policies WHERE valid_from <= $1 AND version <> $2 ORDER BY version"
"""The other versions of the policy that were in force by an instant."""

_TEAMS: Final = """
SELECT units.id, coalesce(unit_teams.team_post, (SELECT post_id FROM desks WHERE name = 'office')) AS team_post
FROM units LEFT JOIN unit_teams ON unit_teams.unit_id = units.id WHERE units.id = ANY ($1)
"""
"""The team that covers each of some units, or the office where none does, as at an intake."""

_POLICY: Final = "SELECT terms FROM policies WHERE version = $1"
"""One version of the policy."""


class PostgresRestamps:
    """Keeps orders; fits ``activities.ports.Restamps``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def order(self, order_id: str) -> RestampOrder:
        """One order. Raises ``Refused`` for one that is unknown."""
        async with self._database.connection() as connection:
            row = await connection.fetchrow(_ONE, order_id)
        if row is None:
            raise Refused(Kind.UNKNOWN, "restamp_unknown", "没有这项重算")
        lists = {name: row[name] and tuple(row[name]) for name in ("regions", "unit_ids")}
        return RestampOrder(**{**row, **lists})

    async def wanted(self) -> list[str]:
        """The ids of the orders that are not carried out yet, the oldest first."""
        async with self._database.connection() as connection:
            return [row["id"] for row in await connection.fetch(_WANTED)]

    async def done(self, order_id: str, cases: int, now: datetime) -> None:
        """Note that an order is carried out, and how many cases it changed."""
        async with self._database.connection() as connection:
            await connection.execute(_DONE, order_id, now, cases)

    async def open_cases(self, after: str, limit: int) -> list[Case]:
        """At most ``limit`` open cases, by number, from behind ``after``."""
        async with self._database.connection() as connection:
            return [codecs.case(row["snapshot"]) for row in await connection.fetch(_OPEN, after, limit)]

    async def every_open_case(self, batch: int = 200) -> AsyncIterator[Case]:
        """Every open case, by number."""
        after = ""
        while cases := await self.open_cases(after, batch):
            for case in cases:
                yield case
            after = cases[-1].id

    async def policy(self, version: str) -> Terms:
        """One version of the policy, without days. Raises ``Refused`` for one that is unknown."""
        async with self._database.connection() as connection:
            text = await connection.fetchval(_POLICY, version)
        if text is None:
            raise Refused(Kind.UNKNOWN, "policy_unknown", "没有这个版本的政策")
        return codecs.terms(text)

    async def older(self, version: str, by: datetime) -> tuple[str, ...]:
        """The other versions of the policy that were in force by an instant (aware): those that give way to this one."""
        async with self._database.connection() as connection:
            return tuple(row["version"] for row in await connection.fetch(_IN_FORCE_BY, by, version))

    async def calendar(self, region: str) -> Calendar:
        """The calendar of a region as it is now. Raises ``Refused`` (``calendar_region_unknown``)."""
        async with self._database.connection() as connection:
            return calendar_rows.merged(await calendar_rows.layers(connection, region))

    async def teams(self, unit_ids: Sequence[str]) -> dict[str, str]:
        """The post of the team that covers each of some units now, by unit; the office's where none does."""
        async with self._database.connection() as connection:
            rows = await connection.fetch(_TEAMS, list(unit_ids))
        return {row["id"]: row["team_post"] for row in rows if row["team_post"]}


async def put(connection: Connection, order: RestampOrder) -> None:
    """Want an order, in the caller's transaction; a repeat changes nothing."""
    regions, units = (None if one is None else list(one) for one in (order.regions, order.unit_ids))
    await connection.execute(
        _PUT,
        order.id,
        regions,
        order.policy_version,
        units,
        order.reason,
        order.person_id,
        order.post_id,
        order.wanted_at,
    )
    await connection.execute(_ANNOUNCE)
