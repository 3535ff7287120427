"""Noting who entered, saw, exported, changed or was refused what, and reading it back.

Invariant: rows are appended by the database's own function only, which chains them; a note given a connection stands or
falls with that transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from adapters.postgres.database import Connection, Database
from domain.access_log import Access, AccessKind

_NOTE: Final = "SELECT note_access($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
"""Append one row and give its number; waits for whoever is appending."""

_NOTE_ONCE: Final = """
SELECT note_access($1, $2, 'ok', $3, $4, $5, $6, 'api', $7, NULL)
WHERE NOT EXISTS (SELECT FROM access_log WHERE request_id = $7)
"""
"""Append one row unless this request is noted already."""

_PAGE: Final = """
SELECT * FROM access_log
WHERE ($1::bigint IS NULL OR seq < $1) AND ($2::text IS NULL OR kind = $2) AND ($3::text IS NULL OR person_id = $3)
    AND ($4::text IS NULL OR subject = $4) AND ($5::text IS NULL OR outcome = $5)
    AND ($6::timestamptz IS NULL OR at >= $6) AND ($7::timestamptz IS NULL OR at < $7)
ORDER BY seq DESC LIMIT $8
"""
"""A page of the log, the last rows first."""

_LATEST: Final = (
    "SELECT at FROM access_log WHERE person_id = $1 AND kind = $2 AND outcome = 'ok' AND at > $3 ORDER BY at"
)
"""When a person did something since an instant."""


@dataclass(frozen=True, kw_only=True)
class Sought:
    """Which rows are asked for: each that is given narrows; ``since`` and ``until`` are aware, ``until`` not included."""

    kind: AccessKind | None = None
    person_id: str | None = None
    subject: str | None = None
    outcome: str | None = None
    since: datetime | None = None
    until: datetime | None = None


class AccessLog:
    """Appends to the access log and reads it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def note(
        self,
        connection: Connection | None,
        *,
        at: datetime,
        kind: AccessKind | str,
        person_id: str | None = None,
        post_id: str | None = None,
        on_behalf_of: str | None = None,
        subject: str | None = None,
        outcome: str = "ok",
        channel: str = "api",
        request_id: str | None = None,
        reason: str | None = None,
    ) -> int:
        """Append one row, in the transaction of ``connection`` where one is given, and give its number.

        ``at`` is aware; everything else is ids and short words, never names or numbers of people. Keep the transaction
        short and note last: others wait for its end. Raises ``ValueError`` for an unknown kind, ``Temporary``.
        """
        told = (
            *(at, AccessKind(kind).value, outcome, person_id, post_id, on_behalf_of),
            *(subject, channel, request_id, reason),
        )
        if connection is not None:
            return int(await connection.fetchval(_NOTE, *told))
        async with self._database.connection() as own:
            return int(await own.fetchval(_NOTE, *told))

    async def note_once(
        self,
        *,
        at: datetime,
        kind: AccessKind,
        person_id: str | None,
        post_id: str | None,
        on_behalf_of: str | None = None,
        subject: str,
        request_id: str | None,
    ) -> None:
        """Append a row of something that came off, unless there is one of this request. Raises ``Temporary``."""
        told = (at, kind.value, person_id, post_id, on_behalf_of, subject, request_id)
        async with self._database.connection() as connection:
            await connection.execute(_NOTE_ONCE, *told)

    async def page(self, sought: Sought, before: int | None, limit: int) -> list[Access]:
        """A page of the log, the last rows first, from in front of row ``before``."""
        told = (sought.kind, sought.person_id, sought.subject, sought.outcome, sought.since, sought.until)
        async with self._database.connection() as connection:
            return _rows(await connection.fetch(_PAGE, before, *told, limit))

    async def times(
        self, connection: Connection, person_id: str, kind: AccessKind, since: datetime
    ) -> list[datetime]:
        """When a person did something of this kind, and it came off, since an instant (aware), in order."""
        return [row["at"] for row in await connection.fetch(_LATEST, person_id, kind.value, since)]


def _rows(rows: Sequence[object]) -> list[Access]:
    return [Access(**dict(row)) for row in rows]  # type: ignore[call-overload]
