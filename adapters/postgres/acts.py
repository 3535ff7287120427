"""A command on its way to its case and back: the key is taken with the case read, the answer kept with the case read again.

Invariant: nobody waits for the disk here. A key that is taken is bound to what was asked and stops nobody; one that the database
loses before the change is on record comes back with the answer. The answer to a change that is on record can be given from
the record again, to the letter, so one that is lost with the database's last moment is lost to nobody.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from adapters.postgres import codecs, requests
from adapters.postgres.database import Connection, Database
from adapters.postgres.read_model import ONE
from domain import audit
from domain.hazard import Case
from domain.requests import Answer, Request

_TAKE_UP: Final = f"""
WITH seen AS (
    SELECT snapshot FROM hazards WHERE id = $5 AND ($6::text[] IS NULL OR unit_id = ANY ($6))
), claimed AS (
    INSERT INTO requests (principal, key, fingerprint, created_at)
    SELECT $1, $2, $3, $4 FROM seen WHERE {requests.LAZILY}
    ON CONFLICT DO NOTHING RETURNING key
)
SELECT snapshot - 'terms' AS fields, snapshot -> 'terms' AS terms, EXISTS (SELECT FROM claimed) AS is_new FROM seen
"""  # noqa: S608 - a constant
"""One case that the asker may see, and the key taken for what is to be done to it."""

_UNTIL: Final = """
SELECT changes.entry, requests.created_at FROM changes, requests
WHERE changes.case_id = $1 AND requests.principal = $2 AND requests.key = $3
    AND changes.seq <= (SELECT seq FROM changes WHERE case_id = $1 AND request_id = $4)
ORDER BY changes.seq
"""
"""The record of a case up to what a request changed, nothing if it did not; and when it was asked."""


@dataclass(frozen=True, kw_only=True)
class Stood:
    """A case as it stood after what a request changed, and when that was asked."""

    case: Case
    asked_at: datetime


@dataclass(frozen=True, kw_only=True)
class TakenUp:
    """The case; the answer kept for this very request, or else what is on record of it, if it was asked before."""

    case: Case
    earlier: Answer | None = None
    stood: Stood | None = None


class PostgresActs:
    """What a command needs of the tables before it goes to the engine, and after."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def take_up(
        self, case_id: str, visible: Iterable[str] | None, request: Request, now: datetime
    ) -> TakenUp | None:
        """The case with the key taken, or ``None`` when there is none that the asker may see.

        Raises ``Refused`` when the key was used for another request.
        """
        asked = (request.principal, request.key, request.fingerprint, now)
        async with self._database.connection() as connection:
            row = await connection.fetchrow(_TAKE_UP, *asked, case_id, _ids(visible))
            if row is None:
                return None
            case = codecs.case_of_parts(row["fields"], row["terms"])
            if row["is_new"]:
                return TakenUp(case=case)
            if earlier := await requests.taken(connection, request):
                return TakenUp(case=case, earlier=earlier)
            return TakenUp(case=case, stood=await _stood(connection, case_id, request))

    async def stood(self, case_id: str, request: Request) -> Stood | None:
        """The case as it stood after what the request changed; ``None`` when that is not on record."""
        async with self._database.connection() as connection:
            return await _stood(connection, case_id, request)

    async def answered(
        self,
        case_id: str,
        visible: Iterable[str] | None,
        request: Request,
        asked_at: datetime,
        render: Callable[[Case], Answer],
    ) -> Answer | None:
        """The answer to a change that is on record, made of the case as it is now, and kept; ``None`` for an unseen case."""
        async with self._database.connection() as connection:
            row = await connection.fetchrow(ONE, case_id, _ids(visible))
            if row is None:
                return None
            answer = render(codecs.case_of_parts(row["fields"], row["terms"]))
            await requests.keep_lazily(connection, request, answer, asked_at)
            return answer


async def _stood(connection: Connection, case_id: str, request: Request) -> Stood | None:
    rows = await connection.fetch(_UNTIL, case_id, request.principal, request.key, request.id)
    if not rows:
        return None
    entries = [codecs.entry(row["entry"]) for row in rows]
    return Stood(case=codecs.case_of(audit.rebuild(entries)), asked_at=rows[0]["created_at"])


def _ids(visible: Iterable[str] | None) -> list[str] | None:
    return None if visible is None else sorted(visible)
