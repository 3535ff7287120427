"""Removing rows of the access log whose time is over, as the owner of the tables; the application's role cannot.

Invariant: rows go up to one that a seal names, so that what is left is still verified from there.
"""

from datetime import datetime
from typing import Final

import asyncpg

from domain import seals
from domain.errors import Temporary

_UP_TO: Final = """
SELECT sealed_heads.seq, sealed_heads.head, sealed_heads.number FROM sealed_heads
WHERE chain = $1 AND seq < coalesce((SELECT min(seq) FROM access_log WHERE at >= $2), 9223372036854775807)
    AND EXISTS (SELECT FROM access_log WHERE access_log.seq = sealed_heads.seq AND access_log.hash = sealed_heads.head)
ORDER BY seq DESC LIMIT 1
"""
"""The last sealed row before the first that is too young; its hash must be the one that was sealed."""

_REMOVE: Final = "DELETE FROM access_log WHERE seq <= $1"
"""Remove rows."""

_KEEP: Final = "INSERT INTO access_purges VALUES ($1, $2, $3, $4, $5)"
"""Keep up to where, and by which seal."""

_NOTE: Final = "SELECT note_access($1, 'write', 'ok', NULL, NULL, NULL, $2, 'cli', NULL, NULL)"
"""Note it in the log itself."""


async def purge(owner_url: str, before: datetime, now: datetime) -> int:
    """Remove the rows from before an instant (aware) that a seal covers; give how many. Raises ``Temporary``."""
    try:
        connection = await asyncpg.connect(owner_url, timeout=10)
    except (OSError, TimeoutError, asyncpg.PostgresConnectionError) as away:
        raise Temporary("database") from away
    try:
        async with connection.transaction():
            found = await connection.fetchrow(_UP_TO, seals.ACCESS_LOG, before)
            if found is None:
                return 0
            removed = int((await connection.execute(_REMOVE, found["seq"])).rpartition(" ")[2])
            await connection.execute(_KEEP, found["seq"], found["head"], found["number"], now, removed)
            await connection.fetchval(_NOTE, now, f"audit/purge/{found['seq']}")
            return removed
    finally:
        connection.terminate()
