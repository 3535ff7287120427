"""Removing the mobile numbers of duty people whose shift is over for long (保存期满清除).

Invariant: nothing but sealed numbers goes: names, times, landlines and the masked form stay, and with them every hash, for none
was ever made over a whole number. What went is noted in the access log in the same transaction.
Source: PIPL art. 19 (the shortest time that the purpose needs); domain facts 2.10.
"""

from datetime import datetime, timedelta
from typing import Final

from adapters.postgres.access_log import AccessLog
from adapters.postgres.database import Database
from domain.access_log import AccessKind

BATCH: Final = 10_000
"""Shifts of one transaction: the days behind a holiday of a large district are more than one waits for."""

_PURGE: Final = """
WITH over AS (
    SELECT collection_id, unit_id, version, number FROM duty_shifts
    WHERE ends_at < $1 AND (duty_mobile IS NOT NULL OR leader_mobile IS NOT NULL) ORDER BY ends_at LIMIT $2
)
UPDATE duty_shifts SET duty_mobile = NULL, leader_mobile = NULL FROM over
WHERE duty_shifts.collection_id = over.collection_id AND duty_shifts.unit_id = over.unit_id
    AND duty_shifts.version = over.version AND duty_shifts.number = over.number
"""
"""Forget the numbers of some of the shifts that ended before an instant."""


class PostgresRosterNumbers:
    """Fits ``activities.ports.RosterNumbers``; ``days`` is how long numbers are kept behind the end of their shift."""

    def __init__(self, database: Database, days: int, *, batch: int = BATCH) -> None:
        self._database = database
        self._days = days
        self._batch = batch
        self._log = AccessLog(database)

    async def purge(self, now: datetime) -> int:
        """Remove the numbers whose time is over at ``now`` (aware); gives of how many shifts. Raises ``Temporary``."""
        purged = 0
        while shifts := await self._purge_some(now):
            purged += shifts
        return purged

    async def _purge_some(self, now: datetime) -> int:
        before = now - timedelta(days=self._days)
        async with self._database.transaction() as connection:
            done = await connection.execute(_PURGE, before, self._batch)
            shifts = int(done.rpartition(" ")[2])
            if shifts:
                await self._log.note(
                    connection,
                    at=now,
                    kind=AccessKind.WRITE,
                    subject="duty_shifts/numbers",
                    channel="engine",
                    reason=f"值班结束满 {self._days} 日，清除 {shifts} 个班次的手机号",
                )
            return shifts
