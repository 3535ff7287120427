"""What is to be sent to whom (推送队列): one lane per subscription and case, the oldest event first.

Invariant: an attempt is on record before anything is sent, and only the round that holds a subscription begins one; of one
case nothing is begun before the event before it is done with.
"""

from collections.abc import AsyncGenerator
from datetime import datetime, timedelta
from typing import Final

import asyncpg

from adapters.postgres import events
from adapters.postgres.database import Database
from adapters.postgres.webhook_rows import COLUMNS, found, subscription
from domain.webhooks import Due, Judged, SendOutcome, Subscription, Tally, WebhookState

_ACTIVE: Final = "SELECT id FROM webhooks WHERE state = 'active' ORDER BY id"
"""The subscriptions that should run."""

_HOLD: Final = f"UPDATE webhooks SET holder = $2 WHERE id = $1 RETURNING {COLUMNS}"  # noqa: S608 - the columns
"""Take a subscription over from whatever round held it."""

_BEHIND: Final = """
SELECT id FROM webhooks
WHERE state = 'active' AND EXISTS (SELECT FROM events WHERE position IS NULL OR position > webhooks.cursor) ORDER BY id
"""
"""The subscriptions that have not taken over all events."""

_TAKE: Final = """
WITH fresh AS (
    SELECT events.position, events.id, subject, kind, kinds, generation
    FROM (SELECT * FROM webhooks WHERE id = $1 AND state = 'active' FOR UPDATE) AS hook JOIN events ON events.position > hook.cursor
    ORDER BY events.position LIMIT $2
), queued AS (
    INSERT INTO webhook_deliveries (webhook_id, generation, position, event_id, subject, state)
    SELECT $1, generation, position, id, subject, 'pending' FROM fresh WHERE kinds IS NULL OR kind = ANY (kinds)
)
UPDATE webhooks SET cursor = greatest(cursor, (SELECT max(position) FROM fresh)) WHERE id = $1
RETURNING (SELECT count(*) FROM fresh)
"""
"""The next events of the feed as deliveries, and the cursor behind them, in one statement."""

_LANES: Final = """
SELECT subject FROM (
    SELECT DISTINCT ON (subject) subject, position, next_at FROM webhook_deliveries
    WHERE webhook_id = $1 AND state = 'pending' ORDER BY subject, position
) AS first WHERE next_at IS NULL OR next_at <= $2
ORDER BY next_at NULLS FIRST, position LIMIT $3
"""
"""The cases whose oldest pending event may be sent now: those that were not tried yet first, so that the refused ones starve nobody."""

_FIRST: Final = """
SELECT event.position, event.id, event.kind, action, event.subject, seq, event.at, unit_id, units.name AS unit_name, data,
    generation, attempts, tries, tried_since
FROM webhook_deliveries AS first JOIN events AS event ON event.position = first.position
    LEFT JOIN units ON units.id = event.unit_id
WHERE first.webhook_id = $1 AND first.subject = $2 AND first.state = 'pending'
    AND NOT EXISTS (SELECT FROM webhook_deliveries AS earlier WHERE earlier.webhook_id = $1 AND earlier.subject = $2
        AND earlier.state = 'pending' AND (earlier.position, earlier.generation) < (first.position, first.generation))
    AND (next_at IS NULL OR next_at <= $3)
"""
"""The oldest pending event of a case, if it may be sent now."""

_BEGIN: Final = """
WITH counted AS (
    UPDATE webhook_deliveries SET attempts = attempts + 1, tries = tries + 1, tried_since = coalesce(tried_since, $5)
    WHERE webhook_id = $1 AND position = $2 AND generation = $3 AND state = 'pending'
        AND EXISTS (SELECT FROM webhooks WHERE id = $1 AND state = 'active' AND holder = $4)
    RETURNING attempts
)
INSERT INTO webhook_attempts (webhook_id, position, generation, number, at)
SELECT $1, $2, $3, attempts, $5 FROM counted RETURNING number
"""
"""An attempt, if this round still holds the subscription and the event still waits."""

_END: Final = """
WITH noted AS (
    UPDATE webhook_attempts SET outcome = $5, status = $6, took_ms = $7
    WHERE webhook_id = $1 AND position = $2 AND generation = $3 AND number = $4
)
UPDATE webhook_deliveries SET
    state = CASE WHEN $5 = 'accepted' THEN 'delivered' ELSE state END, next_at = $8,
    done_at = CASE WHEN $5 = 'accepted' THEN $9::timestamptz END
WHERE webhook_id = $1 AND position = $2 AND generation = $3 AND state = 'pending'
"""
"""What came of an attempt."""

_QUIET: Final = """
UPDATE webhooks SET quiet_until = $2, quiet_rounds = CASE WHEN $2::timestamptz IS NULL THEN 0 ELSE quiet_rounds + 1 END
WHERE id = $1
"""
"""That the whole receiver is left alone until an instant, or no longer."""

_QUIET_ROUNDS: Final = "SELECT quiet_rounds FROM webhooks WHERE id = $1"
"""How often in a row the whole receiver was left alone."""

_STOP: Final = """
UPDATE webhooks SET state = 'failed', reason = $3, state_at = $4, state_by = NULL WHERE id = $1 AND state = 'active' AND holder = $2
"""
"""That a person must look."""

_TALLY: Final = """
SELECT state, reason, quiet_until, count(subject) AS pending, count(DISTINCT subject) FILTER (WHERE next_at IS NOT NULL) AS blocked,
    min(next_at) AS next_at
FROM webhooks LEFT JOIN (
    SELECT subject, next_at FROM webhook_deliveries WHERE webhook_id = $1 AND state = 'pending'
) AS pending ON true
WHERE id = $1 GROUP BY id
"""
"""How a subscription stands."""


class WebhookQueue:
    """Fits ``activities.webhooks.Queue``."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._events = events.PostgresEvents(database)

    async def active(self) -> list[str]:
        """The ids of the subscriptions that should run."""
        async with self._database.connection() as connection:
            return [row["id"] for row in await connection.fetch(_ACTIVE)]

    def announcements(self) -> AsyncGenerator[None]:
        """One item at once, then one whenever something happened. Raises ``Temporary``."""
        return self._events.announcements()

    async def behind(self) -> list[str]:
        """The ids of the subscriptions that have not taken over all events."""
        async with self._database.connection() as connection:
            return [row["id"] for row in await connection.fetch(_BEHIND)]

    async def hold(self, webhook_id: str, holder: str) -> Subscription:
        """Take a subscription over for one round."""
        async with self._database.connection() as connection:
            row = await connection.fetchrow(_HOLD, webhook_id, holder)
        return subscription(dict(found(row)))

    async def take(self, webhook_id: str, limit: int) -> int:
        """Make deliveries of the next events; how many events were looked at."""
        async with self._database.connection() as connection:
            await events.number(connection)
            return int(await connection.fetchval(_TAKE, webhook_id, limit) or 0)

    async def lanes(self, webhook_id: str, now: datetime, limit: int) -> list[str]:
        """The cases of which something may be sent at ``now`` (aware), the longest waiting first."""
        async with self._database.connection() as connection:
            return [row["subject"] for row in await connection.fetch(_LANES, webhook_id, now, limit)]

    async def first(self, webhook_id: str, subject: str, now: datetime) -> Due | None:
        """The oldest pending event of a case, if it may be sent at ``now``."""
        async with self._database.connection() as connection:
            row = await connection.fetchrow(_FIRST, webhook_id, subject, now)
        return None if row is None else _due(row)

    async def begin(self, webhook_id: str, due: Due, holder: str, at: datetime) -> int | None:
        """Put an attempt on record and give its number; ``None`` when this round may not send it any more."""
        async with self._database.connection() as connection:
            number: int | None = await connection.fetchval(
                _BEGIN, webhook_id, due.event.position, due.generation, holder, at
            )
        return number

    async def end(
        self, webhook_id: str, due: Due, number: int, judged: Judged, at: datetime, next_at: datetime | None
    ) -> None:
        """Put on record what came of an attempt, and when the next may be."""
        took = judged.took // timedelta(milliseconds=1)
        place = (webhook_id, due.event.position, due.generation, number)
        async with self._database.connection() as connection:
            await connection.execute(_END, *place, judged.outcome, judged.status, took, next_at, at)

    async def quiet(self, webhook_id: str, until: datetime | None) -> None:
        """Leave the whole receiver alone until then, or no longer."""
        async with self._database.connection() as connection:
            await connection.execute(_QUIET, webhook_id, until)

    async def quiet_rounds(self, webhook_id: str) -> int:
        """How often in a row the whole receiver was left alone."""
        async with self._database.connection() as connection:
            return int(await connection.fetchval(_QUIET_ROUNDS, webhook_id))

    async def stop(self, webhook_id: str, holder: str, reason: SendOutcome, at: datetime) -> None:
        """Send nothing more until a person resumes it."""
        async with self._database.connection() as connection:
            await connection.execute(_STOP, webhook_id, holder, reason, at)

    async def tally(self, webhook_id: str) -> Tally:
        """How a subscription stands."""
        async with self._database.connection() as connection:
            row = await connection.fetchrow(_TALLY, webhook_id)
        return _tally(found(row))


def _tally(row: asyncpg.Record) -> Tally:
    instants = [row["quiet_until"], row["next_at"]]
    return Tally(
        state=WebhookState(row["state"]),
        reason=SendOutcome(row["reason"]) if row["reason"] else None,
        pending=row["pending"],
        blocked=row["blocked"],
        next_at=max((one for one in instants if one is not None), default=None),
    )


def _due(row: asyncpg.Record) -> Due:
    fields = dict(row)
    own = {name: fields.pop(name) for name in ("generation", "attempts", "tries", "tried_since")}
    return Due(event=events.event_of(fields), **own)
