"""Making the daily seal and reading seals back.

Invariant: the heads of all chains are read in one snapshot of the database; a day has one seal, whoever asks how often.
"""

from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import Final, Protocol

import asyncpg

from adapters.postgres.database import Connection, Database
from domain import seals
from domain.errors import Temporary
from domain.seals import Head, Seal

_OF_DAY: Final = "SELECT * FROM daily_seals WHERE day = $1"
"""The seal of a day."""

_LAST: Final = "SELECT * FROM daily_seals ORDER BY number DESC LIMIT 1"
"""The last seal."""

_PAGE: Final = (
    "SELECT * FROM daily_seals WHERE ($1::integer IS NULL OR number < $1) ORDER BY number DESC LIMIT $2"
)
"""A page of seals, the last first."""

_AFTER: Final = "SELECT * FROM daily_seals WHERE number > $1 ORDER BY number LIMIT 1"
"""The next seal."""

_LISTED: Final = "SELECT chain, seq, head FROM sealed_heads WHERE number = $1"
"""The heads that a seal lists."""

_GROWN: Final = """
WITH sealed AS (SELECT chain, max(seq) AS seq FROM sealed_heads GROUP BY chain)
SELECT heads.chain, heads.seq, heads.head FROM (
    SELECT id AS chain, seq, head FROM hazards
    UNION ALL SELECT id, seq, head FROM collections
    UNION ALL SELECT id, seq, head FROM bulletins
    UNION ALL SELECT 'access_log', seq, head FROM access_chain
) AS heads LEFT JOIN sealed ON sealed.chain = heads.chain
WHERE heads.seq > coalesce(sealed.seq, 0)
"""
"""The heads of the chains that grew since they were sealed last."""

_INSERT: Final = "INSERT INTO daily_seals VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
"""Put a seal on file."""


class Signs(Protocol):
    """Who signs: the public key (hex), and a signature (hex) of a text."""

    public: str

    def sign(self, text: str) -> str:
        """The signature of a text."""
        ...


class PostgresSeals:
    """Makes seals and reads them."""

    def __init__(self, database: Database, signer: Signs | None = None) -> None:
        """``signer`` is needed by :meth:`make` alone."""
        self._database = database
        self._signer = signer

    async def make(self, now: datetime) -> Seal:
        """The seal of the local day of ``now`` (aware), made unless there is one. Raises ``Temporary``."""
        try:
            async with (
                self._database.connection() as connection,
                connection.transaction(isolation="repeatable_read"),
            ):
                made = await connection.fetchrow(_OF_DAY, seals.day_of(now))
                return _seal(made) if made else await self._made(connection, now)
        except (asyncpg.UniqueViolationError, asyncpg.SerializationError) as met:
            # another worker makes it at this moment: asking again gives its
            raise Temporary("database") from met

    async def last(self) -> Seal | None:
        """The last seal."""
        async with self._database.connection() as connection:
            row = await connection.fetchrow(_LAST)
        return _seal(row) if row else None

    async def page(self, before: int | None, limit: int) -> list[Seal]:
        """A page of seals, the last first, from in front of number ``before``."""
        async with self._database.connection() as connection:
            return [_seal(row) for row in await connection.fetch(_PAGE, before, limit)]

    async def all(self) -> AsyncIterator[tuple[Seal, list[Head]]]:
        """Every seal with what it lists, in order."""
        number = 0
        while True:
            async with self._database.connection() as connection:
                row = await connection.fetchrow(_AFTER, number)
                listed = await connection.fetch(_LISTED, row["number"]) if row else []
            if row is None:
                return
            yield _seal(row), [Head(**one) for one in listed]
            number = row["number"]

    async def _made(self, connection: Connection, now: datetime) -> Seal:
        if self._signer is None:
            raise ValueError("nobody signs")
        last = await connection.fetchrow(_LAST)
        heads = sorted(Head(**row) for row in await connection.fetch(_GROWN))
        seal = _new(_seal(last) if last else None, heads, now, self._signer.public, self._signer.sign)
        await connection.execute(_INSERT, *(vars(seal).values()))
        rows = [(one.chain, one.seq, one.head, seal.number) for one in heads]
        await connection.copy_records_to_table("sealed_heads", records=rows)
        return seal


def _new(last: Seal | None, heads: list[Head], now: datetime, key: str, sign: Callable[[str], str]) -> Seal:
    number, prev, day = (
        (last.number + 1, last.hash, seals.day_of(now)) if last else (1, seals.GENESIS, seals.day_of(now))
    )
    digest = seals.digest(heads)
    told = seals.hash_of(number=number, day=day, at=now, prev=prev, chains=len(heads), heads=digest)
    return Seal(
        number=number,
        day=day,
        at=now,
        prev=prev,
        chains=len(heads),
        heads=digest,
        hash=told,
        key=key,
        signature=sign(told),
    )


def _seal(row: asyncpg.Record) -> Seal:
    return Seal(**row)
