"""Subscriptions to events as an administrator keeps them, and the log of what was sent (推送订阅与记录).

Invariant: every change is one transaction with the answer to its request; the secret is kept sealed and never read back.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from adapters.postgres import requests
from adapters.postgres.database import Connection, Database
from adapters.postgres.webhook_rows import COLUMNS, found, subscription
from domain.errors import Kind, Refused
from domain.events import EventKind
from domain.requests import Answer, Request
from domain.webhooks import SendOutcome, Subscription, WebhookState

MOST: Final = 50
"""Subscriptions at once: each has its workflow and its watch."""

_COUNT: Final = "SELECT count(*) FROM webhooks WHERE state <> 'removed'"
"""How many subscriptions there are."""

_CREATE: Final = f"""
INSERT INTO webhooks (id, name, url, kinds, secret, secret_at, secret_by, state, state_at, created_at, created_by, cursor)
VALUES ($1, $2, $3, $4, $5, $6, $7, 'active', $6, $6, $7, $8)
RETURNING {COLUMNS}
"""  # noqa: S608 - the columns
"""A subscription, from a position on."""

_LOCK: Final = f"SELECT {COLUMNS} FROM webhooks WHERE id = $1 AND state <> 'removed' FOR UPDATE"  # noqa: S608 - the columns
"""One subscription that is about to be changed."""

_LIST: Final = f"SELECT {COLUMNS} FROM webhooks WHERE state <> 'removed' ORDER BY created_at, id"  # noqa: S608 - the columns
"""All subscriptions, the oldest first."""

_ONE: Final = f"SELECT {COLUMNS} FROM webhooks WHERE id = $1 AND state <> 'removed'"  # noqa: S608 - the columns
"""One subscription."""

_CHANGE: Final = "UPDATE webhooks SET name = $2, url = $3, kinds = $4 WHERE id = $1"
"""Another name, address or choice; what is pending goes to the new address."""

_SET_STATE: Final = (
    "UPDATE webhooks SET state = $2, reason = NULL, state_at = $3, state_by = $4 WHERE id = $1"
)
"""Paused, resumed or removed by a person."""

_RESIGN: Final = """
UPDATE webhooks SET secret = $2, former_secret = $3, former_until = $4, secret_at = $5, secret_by = $6 WHERE id = $1
"""
"""Another secret, and until when the one before it signs too."""

_FRESH: Final = """
WITH loud AS (UPDATE webhooks SET quiet_until = NULL, quiet_rounds = 0 WHERE id = $1)
UPDATE webhook_deliveries SET next_at = NULL, tries = 0, tried_since = NULL WHERE webhook_id = $1 AND state = 'pending'
"""
"""What is pending may be sent at once, with patience anew."""

_SKIP: Final = """
UPDATE webhook_deliveries SET state = 'skipped', done_at = $2 WHERE webhook_id = $1 AND state = 'pending' AND tries > 0
"""
"""What was tried in vain is given up by a person."""

_SUPERSEDE: Final = """
UPDATE webhook_deliveries SET state = 'superseded', done_at = $3 WHERE webhook_id = $1 AND state = 'pending' AND position > $2
"""
"""What is pending behind a position comes again with the replay."""

_REWIND: Final = "UPDATE webhooks SET cursor = $2, generation = generation + 1 WHERE id = $1"
"""The feed is taken over once more from there."""

_LOG: Final = """
SELECT deliveries.position, generation, event_id, subject, state, attempts, next_at, done_at, (
    SELECT coalesce(json_agg(json_build_object('number', number, 'at', at, 'outcome', outcome, 'status', status, 'took_ms', took_ms)
        ORDER BY number DESC), '[]')
    FROM (SELECT * FROM webhook_attempts AS one WHERE one.webhook_id = $1 AND one.position = deliveries.position
        AND one.generation = deliveries.generation ORDER BY number DESC LIMIT 20) AS latest
) AS latest
FROM webhook_deliveries AS deliveries
WHERE webhook_id = $1 AND ($2::bigint IS NULL OR (position, generation) < ($2, $3::integer)) AND ($4::text IS NULL OR state = $4)
    AND ($5::text IS NULL OR subject = $5)
ORDER BY position DESC, generation DESC LIMIT $6
"""
"""A page of what was or is to be sent, newest first, each with its latest attempts."""


@dataclass(frozen=True, kw_only=True)
class Wish:
    """A subscription as an administrator describes it."""

    name: str
    url: str
    kinds: tuple[EventKind, ...] | None


Render = Callable[[Subscription], Answer]


class PostgresWebhooks:
    """Keeps subscriptions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> list[Subscription]:
        """Every subscription, the oldest first."""
        async with self._database.connection() as connection:
            return [subscription(dict(row)) for row in await connection.fetch(_LIST)]

    async def one(self, webhook_id: str) -> Subscription:
        """One subscription. Raises ``Refused`` (unknown)."""
        async with self._database.connection() as connection:
            return subscription(dict(found(await connection.fetchrow(_ONE, webhook_id))))

    async def create(
        self,
        webhook_id: str,
        wish: Wish,
        secret: bytes,
        begin: int,
        request: Request,
        now: datetime,
        render: Render,
    ) -> tuple[Answer, bool]:
        """Subscribe to what is behind a position (``begin``) of the feed. Gives the answer and whether it is new."""
        async with self._database.transaction() as connection:
            if earlier := await requests.claim(connection, request, now):
                return earlier, False
            if await connection.fetchval(_COUNT) >= MOST:
                raise Refused(Kind.CONFLICT, "webhooks_too_many", f"推送订阅最多 {MOST} 个")
            columns = (wish.name, wish.url, _kinds(wish), secret, now, request.principal, begin)
            row = await connection.fetchrow(_CREATE, webhook_id, *columns)
            answer = render(subscription(dict(found(row))))
            await requests.keep(connection, request, answer)
            return answer, True

    async def edit(
        self, webhook_id: str, edit: "Edit", request: Request, now: datetime, render: Render
    ) -> tuple[Answer, bool]:
        """Change a subscription. Gives the answer and whether it is new. Raises ``Refused``."""
        async with self._database.transaction() as connection:
            if earlier := await requests.claim(connection, request, now):
                return earlier, False
            before = subscription(dict(found(await connection.fetchrow(_LOCK, webhook_id))))
            await edit(connection, before, request.principal, now)
            row = await connection.fetchrow(_ONE, webhook_id) or await connection.fetchrow(_LOCK, webhook_id)
            answer = render(before if row is None else subscription(dict(row)))
            await requests.keep(connection, request, answer)
            return answer, True

    async def log(
        self,
        webhook_id: str,
        before: tuple[int, ...] | None,
        limit: int,
        *,
        state: str | None,
        subject: str | None,
    ) -> list[Mapping[str, Any]]:
        """At most ``limit`` deliveries, newest first, from before a position, each with its latest attempts."""
        async with self._database.connection() as connection:
            place = before or (None, None)
            rows = await connection.fetch(_LOG, webhook_id, *place, state, subject, limit)
        return [dict(row) for row in rows]


Edit = Callable[[Connection, Subscription, str, datetime], Any]
"""A change inside a transaction: the connection, the subscription as it was, by whom, and when."""


def changed(wish: Wish) -> Edit:
    """Another name, address or choice."""

    async def edit(connection: Connection, before: Subscription, _by: str, _now: datetime) -> None:
        await connection.execute(_CHANGE, before.id, wish.name, wish.url, _kinds(wish))

    return edit


def secret_replaced(
    secret: bytes, retired: Callable[[Subscription], bytes | None], until: datetime | None
) -> Edit:
    """Another secret, sealed; ``retired`` seals the one before it, which signs too ``until`` then (``None``: no more)."""

    async def edit(connection: Connection, before: Subscription, by: str, now: datetime) -> None:
        former = None if until is None else retired(before)
        kept = None if former is None else until
        await connection.execute(_RESIGN, before.id, secret, former, kept, now, by)

    return edit


def put_into(state: WebhookState) -> Edit:
    """Paused or removed."""

    async def edit(connection: Connection, before: Subscription, by: str, now: datetime) -> None:
        await connection.execute(_SET_STATE, before.id, state, now, by)

    return edit


def resumed(*, skip_tried: bool) -> Edit:
    """Sent to again, at once; ``skip_tried`` gives up what was tried in vain."""

    async def edit(connection: Connection, before: Subscription, by: str, now: datetime) -> None:
        if skip_tried:
            await connection.execute(_SKIP, before.id, now)
        await connection.execute(_FRESH, before.id)
        await connection.execute(_SET_STATE, before.id, WebhookState.ACTIVE, now, by)

    return edit


def replayed(position: int) -> Edit:
    """Everything from behind a position once more; what was pending before it stays pending."""

    async def edit(connection: Connection, before: Subscription, _by: str, now: datetime) -> None:
        if position > before.cursor:
            raise Refused(Kind.CONFLICT, "cursor_unknown", "重放只能从已推送过的位置开始", field="cursor")
        await connection.execute(_SUPERSEDE, before.id, position, now)
        await connection.execute(_REWIND, before.id, position)

    return edit


def _kinds(wish: Wish) -> list[str] | None:
    return None if wish.kinds is None else [kind.value for kind in wish.kinds]


def reason_of(text: str | None) -> str | None:
    """The words for the outcome of an attempt; one without was cut off."""
    return None if text is None else SendOutcome(text).label
