"""The open cases, for whoever has to know that each of them runs.

Invariant: read only; the order is that of the case numbers.
"""

from typing import Final

from pydantic import ValidationError

from adapters.postgres import codecs
from adapters.postgres.database import Database
from domain.hazard import Case

_OPEN: Final = "SELECT id, snapshot FROM hazards WHERE is_open AND id > $1 ORDER BY id LIMIT $2"
"""A batch of open cases, by number, from behind a number."""


class PostgresOpenCases:
    """Fits ``activities.ports.OpenCases``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def open_cases(self, limit: int, *, after: str) -> list[Case]:
        """At most ``limit`` open cases, by number, from behind ``after``; none only at the end. Raises ``Temporary``.

        One whose snapshot cannot be read is left out: it must not keep the others from being started.
        """
        async with self._database.connection() as connection:
            while rows := await connection.fetch(_OPEN, after, limit):
                if cases := [case for row in rows if (case := _read(row["snapshot"]))]:
                    return cases
                after = rows[-1]["id"]
        return []


def _read(snapshot: str) -> Case | None:
    try:
        return codecs.case(snapshot)
    except ValidationError:
        return None
