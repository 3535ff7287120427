"""The notices that wait in the in-app inbox (站内通知), and who took note of them.

Invariant: a notice belongs to a post; whoever holds the post when it is read sees it, and nobody else does.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import asyncpg

from adapters.postgres.database import Database
from domain.notices import Notice, NoticeKind

_COLUMNS: Final = """
SELECT notices.id, case_id, seq, kind, notices.post_id, notices.at, due_at, leaves_at, urgent, late, text,
    notice_acks.at AS acknowledged_at
FROM notices LEFT JOIN notice_acks ON notice_acks.notice_id = notices.id
"""

_INBOX: Final = f"""
{_COLUMNS}
WHERE notices.post_id = ANY ($1) AND leaves_at <= $2 AND ($3::boolean IS NULL OR (notice_acks.at IS NOT NULL) = $3)
    AND ($4::text IS NULL OR (leaves_at, notices.at, case_id, seq, notices.id)
        < (SELECT leaves_at, at, case_id, seq, id FROM notices WHERE id = $4 AND post_id = ANY ($1)))
ORDER BY leaves_at DESC, notices.at DESC, case_id DESC, seq DESC, notices.id DESC LIMIT $5
"""  # noqa: S608 - the columns above
"""A page of what has left for these posts, newest first, from behind a notice; of one opening, in the order of steps."""

_ONE: Final = f"{_COLUMNS} WHERE notices.id = $1 AND notices.post_id = ANY ($2) AND leaves_at <= $3"
"""One notice to one of these posts."""

_ACKNOWLEDGE: Final = """
INSERT INTO notice_acks (notice_id, at, person_id, post_id) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING
"""
"""That somebody took note of a notice; the first one counts."""


@dataclass(frozen=True, kw_only=True)
class Received:
    """A notice in an inbox, and when its post took note of it, if it did (aware UTC)."""

    notice: Notice
    acknowledged_at: datetime | None


class PostgresNotices:
    """Reads the outbox as inboxes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def inbox(
        self,
        posts: Iterable[str],
        now: datetime,
        *,
        acknowledged: bool | None,
        after: str | None,
        limit: int,
    ) -> list[Received]:
        """At most ``limit`` notices to ``posts`` that have left by ``now``, newest first, from behind ``after``."""
        async with self._database.connection() as connection:
            rows = await connection.fetch(_INBOX, list(posts), now, acknowledged, after, limit)
        return [_received(row) for row in rows]

    async def one(self, notice_id: str, posts: Iterable[str], now: datetime) -> Received | None:
        """One notice that has left for one of ``posts``, or ``None``."""
        async with self._database.connection() as connection:
            row = await connection.fetchrow(_ONE, notice_id, list(posts), now)
        return None if row is None else _received(row)

    async def acknowledge(self, notice: Notice, person_id: str, now: datetime) -> None:
        """Note that somebody took note; a repeat changes nothing."""
        async with self._database.connection() as connection:
            await connection.execute(_ACKNOWLEDGE, notice.id, now, person_id, notice.post_id)


def _received(row: asyncpg.Record) -> Received:
    fields = dict(row)
    acknowledged_at = fields.pop("acknowledged_at")
    return Received(
        notice=Notice(**fields | {"kind": NoticeKind(fields["kind"])}), acknowledged_at=acknowledged_at
    )
