"""Drift between the tables and the record: found per case in one snapshot of the database, repaired under a lock.

Invariant: only what follows from a sound chain is written (the case's row, its citations, the counter of numbers);
the chain itself is never touched.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import asyncpg
from pydantic import ValidationError

from adapters.postgres import audit as tables
from adapters.postgres import beside_the_chain, codecs, numbering
from adapters.postgres.database import Database
from domain.drift import Drift, DriftKind, Examined, Standing

_BATCH: Final = "SELECT * FROM hazards WHERE id > $1 ORDER BY id LIMIT $2"
"""A batch of cases as they are served."""

_OPEN: Final = """
SELECT id, snapshot, start_wanted_at FROM hazards WHERE is_open AND id > $1 ORDER BY id LIMIT $2
"""
"""A batch of open cases."""

_SOME: Final = "SELECT id, snapshot, start_wanted_at FROM hazards WHERE id = ANY ($1)"
"""Certain cases, whatever their state."""

_FORGET_NOTE: Final = "UPDATE hazards SET start_wanted_at = NULL WHERE id = $1"
"""The start that was wanted happened long ago."""

_NOTE: Final = """
INSERT INTO drifts (kind, subject, first_seen_at, last_seen_at, times, sentence, repaired_at)
VALUES ($1, $2, $3, $3, 1, $4, $5)
ON CONFLICT (kind, subject) WHERE repaired_at IS NULL DO UPDATE
SET last_seen_at = excluded.last_seen_at, times = drifts.times + 1, sentence = excluded.sentence,
    repaired_at = excluded.repaired_at
"""
"""A drift as it was found now; one that lasts is one row."""

_PASSED: Final = """
INSERT INTO reconciler_passes (finished_at, cases, found, repaired) VALUES ($1, $2, $3, $4)
ON CONFLICT (single) DO UPDATE SET finished_at = excluded.finished_at, cases = excluded.cases, found = excluded.found,
    repaired = excluded.repaired
"""
"""That there was a pass."""

_LAST: Final = "SELECT finished_at, cases, found, repaired FROM reconciler_passes"
"""The last pass."""


@dataclass(frozen=True, kw_only=True)
class LastPass:
    """When the reconciler finished its last pass (aware), over how many cases, and what it found."""

    finished_at: datetime
    cases: int
    found: int
    repaired: int


class PostgresDrift:
    """Fits ``activities.drift_ports.DriftRecord``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def examine(self, limit: int, *, after: str) -> Examined:
        """Compare the tables of at most ``limit`` cases with their chains. Raises ``Temporary``."""
        async with (
            self._database.connection() as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            rows = await connection.fetch(_BATCH, after, limit)
            kept = await tables.kept(connection, rows)
        found = [one for each in kept for one in beside_the_chain.drifts(each)]
        return Examined(drifts=found, cases=len(rows), next=rows[-1]["id"] if len(rows) == limit else "")

    async def numbers(self) -> list[Drift]:
        """What is wrong with the case numbers. Raises ``Temporary``."""
        async with self._database.connection() as connection:
            return await numbering.drifts(connection)

    async def standing(self, limit: int, *, after: str) -> dict[str, Standing | None]:
        """At most ``limit`` open cases by number, from behind ``after``; ``None`` for one that cannot be read. Raises ``Temporary``."""
        async with self._database.connection() as connection:
            return _standing(await connection.fetch(_OPEN, after, limit))

    async def look(self, case_ids: list[str]) -> dict[str, Standing]:
        """These cases as they stand now, but for those that cannot be read. Raises ``Temporary``."""
        async with self._database.connection() as connection:
            known = _standing(await connection.fetch(_SOME, case_ids))
        return {each: standing for each, standing in known.items() if standing is not None}

    async def repair(self, drift: Drift) -> bool:
        """Put right what follows from the record; false when it does not, or is right already. Raises ``Temporary``."""
        async with self._database.transaction() as connection:
            match drift.kind:
                case DriftKind.NOTE_LINGERING:
                    return bool(await connection.execute(_FORGET_NOTE, drift.subject))
                case DriftKind.COUNTER_BEHIND:
                    return await numbering.repair(connection, int(drift.subject))
                case DriftKind.CASE_DIFFERS | DriftKind.CITATION_LOST:
                    return await beside_the_chain.repair(connection, drift)
        return False

    async def note(self, drifts: Sequence[Drift], cases: int, now: datetime) -> None:
        """Keep what a pass over so many cases found, and that there was one. Raises ``Temporary``."""
        rows = [(one.kind, one.subject, now, one.sentence, now if one.repaired else None) for one in drifts]
        async with self._database.transaction() as connection:
            await connection.executemany(_NOTE, rows)
            await connection.execute(_PASSED, now, cases, len(rows), sum(one.repaired for one in drifts))

    async def last_pass(self) -> LastPass | None:
        """The reconciler's last pass, ``None`` before the first. Raises ``Temporary``."""
        async with self._database.connection() as connection:
            row = await connection.fetchrow(_LAST)
        return None if row is None else LastPass(**row)


def _standing(rows: Sequence[asyncpg.Record]) -> dict[str, Standing | None]:
    """The cases by number; one whose snapshot cannot be read is the record side's to put right first."""
    known: dict[str, Standing | None] = {}
    for row in rows:
        try:
            case = codecs.case(row["snapshot"])
        except ValidationError:
            known[row["id"]] = None
            continue
        known[row["id"]] = Standing(case=case, start_wanted_at=row["start_wanted_at"])
    return known
