"""Versions of the policy (时限政策): which there are, and adding one.

Invariant: a version is never edited; adding one and wanting running cases under it is one transaction.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import asyncpg

from adapters.postgres import codecs, editions, requests, restamps
from adapters.postgres.calendar_edits import Editor
from adapters.postgres.database import Connection, Database
from domain.errors import Kind, Refused
from domain.requests import Answer, Request
from domain.restamps import RestampOrder
from domain.terms import Terms

_ALL: Final = """
SELECT version, valid_from, terms FROM policies ORDER BY valid_from DESC, version DESC LIMIT 200
"""
"""The versions, the one that took or takes effect last first."""

_PUT: Final = "INSERT INTO policies (version, valid_from, terms) VALUES ($1, $2, $3)"
"""A new version."""

_EXISTS: Final = "SELECT EXISTS (SELECT 1 FROM policies WHERE version = $1)"
"""Whether there is such a version."""

_OTHERS: Final = """
SELECT count(*) FROM hazards WHERE is_open AND snapshot #>> '{terms,version}' <> $1
    AND snapshot #>> '{terms,version}' IN (SELECT version FROM policies WHERE valid_from <= $2)
"""
"""How many open cases run under another version that was in force by an instant."""


@dataclass(frozen=True, kw_only=True)
class PolicyVersion:
    """One version, and from when it is in force for cases that open (aware UTC)."""

    valid_from: datetime
    terms: Terms


@dataclass(frozen=True, kw_only=True)
class Addition:
    """A version to add: ``confirmed`` running cases are brought under it too, where that is a number."""

    version: PolicyVersion
    confirmed: int | None
    request: Request

    @property
    def order_id(self) -> str | None:
        """The id of the order to bring running cases under it, if they are to be."""
        return None if self.confirmed is None else f"policy-{self.version.terms.version}"


class PostgresPolicies:
    """Keeps versions of the policy."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> list[PolicyVersion]:
        """Every version, the one that took or takes effect last first."""
        async with self._database.connection() as connection:
            rows = await connection.fetch(_ALL)
        return [PolicyVersion(valid_from=row["valid_from"], terms=codecs.terms(row["terms"])) for row in rows]

    async def others(self, version: str, now: datetime) -> int:
        """How many open cases run under another version that is in force by ``now``."""
        async with self._database.connection() as connection:
            return await _others(connection, version, now)

    async def check_new(self, version: str) -> None:
        """Refuse a version that there is. Raises ``Refused`` (``policy_exists``)."""
        async with self._database.connection() as connection:
            if await connection.fetchval(_EXISTS, version):
                raise _exists()

    async def add(self, wanted: Addition, by: Editor, render: Callable[[], Answer]) -> tuple[Answer, bool]:
        """Add a version; gives the answer, and whether it is new (not answered before).

        Raises:
            Refused: ``policy_exists``, or ``confirm_count_differs`` when other than the confirmed number of cases
                would be brought under it; then nothing is added.
        """
        async with self._database.transaction() as connection:
            await editions.lock_for_edit(connection)
            if earlier := await requests.claim(connection, wanted.request, by.now):
                return earlier, False
            await _put(connection, wanted.version)
            if wanted.order_id is not None:
                await _check_count(connection, wanted, by.now)
                await restamps.put(connection, _order(wanted, wanted.order_id, by))
            answer = render()
            await requests.keep(connection, wanted.request, answer)
            return answer, True


async def _put(connection: Connection, added: PolicyVersion) -> None:
    terms = added.terms
    try:
        await connection.execute(_PUT, terms.version, added.valid_from, codecs.dump(terms))
    except asyncpg.UniqueViolationError as error:
        raise _exists() from error


def _exists() -> Refused:
    message = "该版本已有政策，版本一经载入不再更改"
    return Refused(Kind.CONFLICT, "policy_exists", message, field="version")


async def _check_count(connection: Connection, wanted: Addition, now: datetime) -> None:
    if await _others(connection, wanted.version.terms.version, now) != wanted.confirmed:
        message = "在办案数与所确认的不同，请重新试算后再确认"
        raise Refused(Kind.CONFLICT, "confirm_count_differs", message, field="confirm_count")


def _order(wanted: Addition, order_id: str, by: Editor) -> RestampOrder:
    version = wanted.version.terms.version
    return RestampOrder(
        id=order_id,
        reason=f"适用时限政策 {version}",
        person_id=by.person_id,
        post_id=by.post_id,
        wanted_at=by.now,
        policy_version=version,
    )


async def _others(connection: Connection, version: str, now: datetime) -> int:
    count: int = await connection.fetchval(_OTHERS, version, now)
    return count
