"""What the clock does about bulletins: reminders of what waits, and chasing who has not read.

Invariant: each step is one transaction that looks again while the row is locked, so two clocks at once, or one that is tried
again, tell nobody twice and chase nobody who has read.
"""

from datetime import datetime
from typing import Final

from adapters.postgres import codecs
from adapters.postgres.bulletins import decoded
from adapters.postgres.database import Connection, Database
from domain import bulletin as rules
from domain.bulletin import Bulletin

_DUE: Final = """
SELECT id FROM bulletins WHERE next_step_at <= $1 ORDER BY next_step_at, id LIMIT $2
"""
"""Bulletins about which something is due."""

_NEXT: Final = "SELECT min(next_step_at) FROM bulletins"
"""When the next thing is due."""

_LOCKED: Final = """
SELECT snapshot FROM bulletins WHERE id = $1 AND next_step_at <= $2 FOR UPDATE SKIP LOCKED
"""
"""A bulletin about which something is due, unless somebody is at it."""

_NUDGED: Final = "UPDATE bulletins SET snapshot = $2, next_step_at = $3 WHERE id = $1"
"""That somebody was told, and when the next time is."""

_REMIND: Final = """
INSERT INTO notices (id, case_id, seq, kind, post_id, text, at, due_at, leaves_at, urgent, late)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $7, false, $9) ON CONFLICT DO NOTHING
"""
"""A reminder to the post that a bulletin waits on."""

_CHASE: Final = """
INSERT INTO notices (id, case_id, seq, kind, post_id, text, at, due_at, leaves_at, urgent, late)
SELECT format('%s.%s.%s', $1::text, $2::int, $3::int + row_number() OVER (ORDER BY unit_id)), $1, $2, 'bulletin_unread',
    bulletin_audience.post_id, $4, $5, $6, $5, false, $7
FROM bulletin_audience
WHERE bulletin_id = $1 AND NOT EXISTS (SELECT 1 FROM notice_acks WHERE notice_acks.notice_id = bulletin_audience.notice_id)
ON CONFLICT DO NOTHING
"""
"""One more notice to every unit that has not read a bulletin."""

_UNREAD: Final = """
SELECT EXISTS (
    SELECT 1 FROM bulletin_audience
    WHERE bulletin_id = $1 AND NOT EXISTS (SELECT 1 FROM notice_acks WHERE notice_acks.notice_id = bulletin_audience.notice_id)
)
"""
"""Whether anybody has not read a bulletin."""

PATIENCE: Final = 60.0
"""Seconds for what touches every unit of an audience."""
_ROOM: Final = 1_000_000
"""Numbers of notices of one step that each round of chasing has to itself."""
_LATE_SECONDS: Final = 60


class PostgresBulletinClock:
    """Fits ``activities.ports.BulletinClock``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def due(self, now: datetime, limit: int) -> list[str]:
        """Bulletins about which something is due at ``now``, the longest due first."""
        async with self._database.connection() as connection:
            return [row["id"] for row in await connection.fetch(_DUE, now, limit)]

    async def next_at(self) -> datetime | None:
        """When the next thing is due, if anything is."""
        async with self._database.connection() as connection:
            at: datetime | None = await connection.fetchval(_NEXT)
        return at

    async def take(self, bulletin_id: str, now: datetime) -> bool:
        """Do what is due about a bulletin; false when nothing was. Raises ``Temporary``."""
        async with self._database.transaction(PATIENCE) as connection:
            snapshot = await connection.fetchval(_LOCKED, bulletin_id, now)
            if snapshot is None:
                return False
            found = decoded(snapshot)
            if found.state.in_force:
                await _chase(connection, found, now)
            else:
                await _remind(connection, found, now)
            await _nudged(connection, found, now)
            return True


async def _remind(connection: Connection, found: Bulletin, now: datetime) -> None:
    post = rules.telling.waiting_post(found)
    if post is None:
        return
    due = rules.waiting.next_at(found, unread=True) or now
    text = f"{found.id}《{found.title}》{rules.telling.waits_for(found)}，请尽快办理"
    place = f"{found.id}.{found.seq}.{found.nudges + 2}"
    late = (now - due).total_seconds() > _LATE_SECONDS
    await connection.execute(_REMIND, place, found.id, found.seq, "reminder", post, text, now, due, late)


async def _chase(connection: Connection, found: Bulletin, now: datetime) -> None:
    due = rules.waiting.next_at(found, unread=True) or now
    late = (now - due).total_seconds() > _LATE_SECONDS
    room = _ROOM * (found.nudges + 1)
    text = rules.telling.chased(found)
    await connection.execute(_CHASE, found.id, found.seq, room, text, now, due, late)


async def _nudged(connection: Connection, found: Bulletin, now: datetime) -> None:
    after = rules.waiting.nudged(found, now)
    unread = await connection.fetchval(_UNREAD, found.id)
    at = rules.waiting.next_at(after, unread=unread)
    await connection.execute(_NUDGED, found.id, codecs.dump(after), at)
