"""How often something was tried: counters over a window, shared by every process.

Invariant: a try is counted before it is made, so that a hundred at once are a hundred; a try that a narrower counter
refuses never counts against a wider one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from adapters.postgres.database import Connection, Database

_TAKE: Final = """
INSERT INTO throttles AS t (key, taken, since) VALUES ($1, 1, $2)
ON CONFLICT (key) DO UPDATE SET
    taken = CASE WHEN t.since <= $2 - $3::interval THEN 1 ELSE least(t.taken + 1, $4 + 1) END,
    since = CASE WHEN t.since <= $2 - $3::interval THEN $2 ELSE t.since END
RETURNING taken, since
"""
"""Count one try; a window that is over begins anew, and tries beyond the most do not prolong it."""

_GIVE_BACK: Final = "UPDATE throttles SET taken = greatest(taken - 1, 0) WHERE key = $1"
"""Take one try back: it was no failure."""

_FORGET: Final = "DELETE FROM throttles WHERE key = $1"
"""Begin anew."""

_SWEEP: Final = "DELETE FROM throttles WHERE since < $1"
"""Counters whose window is long over."""


@dataclass(frozen=True, kw_only=True)
class Bucket:
    """A counter: at most ``most`` tries within ``window`` after the first."""

    key: str
    most: int
    window: timedelta


class PostgresThrottle:
    """Counts tries."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def take(self, buckets: Sequence[Bucket], now: datetime) -> timedelta | None:
        """Count a try in each, the narrowest first, up to the first that is full: then how long until it is not."""
        async with self._database.transaction() as connection:
            for bucket in buckets:
                if (wait := await _taken(connection, bucket, now)) is not None:
                    return wait
        return None

    async def give_back(self, buckets: Sequence[Bucket], now: datetime) -> None:
        """The try was no failure: the narrowest counter begins anew, the wider ones count one less."""
        async with self._database.transaction() as connection:
            await connection.execute(_FORGET, buckets[0].key)
            for bucket in buckets[1:]:
                await connection.execute(_GIVE_BACK, bucket.key)
        async with self._database.connection() as connection:
            await connection.execute(_SWEEP, now - timedelta(days=2))


async def _taken(connection: Connection, bucket: Bucket, now: datetime) -> timedelta | None:
    row = await connection.fetchrow(_TAKE, bucket.key, now, bucket.window, bucket.most)
    if row is None or row["taken"] <= bucket.most:
        return None
    ends: datetime = row["since"] + bucket.window
    return max(ends - now, timedelta(seconds=1))
