"""Routing of notices (通知寻址): who holds the post of a notice at this moment, and by which channel each is told first.

Invariant: a notice leaves the queue in the transaction that writes its messages and why they go to whom; whoever is told by
several posts is told once of a step. The inbox has everything, whatever becomes of other channels.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import asyncpg

from adapters.postgres import held
from adapters.postgres.database import Connection, Database
from domain import delivery
from domain.delivery import ChannelName, DeliveryState, Told
from domain.notices import Notice, NoticeKind

BATCH: Final = 500
LOOK_BACK: Final = timedelta(days=30)
"""How far back the reason names who held the post before."""

_DUE: Final = """
SELECT notices.* FROM notice_queue JOIN notices ON notices.id = notice_queue.notice_id
WHERE notice_queue.leaves_at <= $1
ORDER BY notices.urgent DESC, notice_queue.leaves_at, notices.case_id, notices.seq LIMIT $2
FOR UPDATE OF notice_queue
"""
"""What has come due, the urgent first; held until it is routed."""

_NEXT: Final = "SELECT min(leaves_at) FROM notice_queue"
"""When the next one comes due."""

HOLDERS: Final = f"SELECT post_id, person_id, on_behalf_of FROM ({held.AT}) AS held WHERE post_id = ANY ($2)"  # noqa: S608
"""Who may act by these posts at an instant."""

_BEFORE: Final = """
SELECT posts.id AS post_id, holders.person_id, holders.valid_to
FROM posts JOIN holders ON holders.post_id = coalesce(posts.bound_to, posts.id)
WHERE posts.id = ANY ($1) AND holders.valid_to <= $2 AND holders.valid_to > $3
ORDER BY holders.valid_to DESC
"""
"""Who held them until lately."""

AROUND: Final = """
SELECT posts.id AS post_id, posts.unit_id, unit_teams.team_post, coalesce(posts.area_id, units.area_id) AS area_id
FROM posts LEFT JOIN units ON units.id = posts.unit_id LEFT JOIN unit_teams ON unit_teams.unit_id = posts.unit_id
WHERE posts.id = ANY ($1)
"""
"""The team and the area to which these posts belong, for the robots of their groups."""

_CONTACTS: Final = """
SELECT DISTINCT ON (owner) id, owner_kind || ':' || owner_id AS owner, channel
FROM (
    SELECT *, owner_kind || ':' || owner_id AS owner FROM contact_points
    WHERE retired_at IS NULL AND verified_at IS NOT NULL AND channel = ANY ($2)
) AS points
WHERE owner = ANY ($1) ORDER BY owner, place
"""
"""The first verified contact point of each of these owners."""

_INSERT: Final = """
INSERT INTO deliveries (key, notice_id, case_id, seq, kind, post_id, recipient, channel, contact_id, state, reason,
    queued_at, settled_at)
SELECT given.*, $12::timestamptz, CASE WHEN given.state = 'sent' THEN $12::timestamptz END
FROM unnest($1::text[], $2::text[], $3::text[], $4::int[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
    $10::text[], $11::text[]) AS given (key, notice_id, case_id, seq, kind, post_id, recipient, channel, contact_id, state,
    reason)
ON CONFLICT (key) DO UPDATE
SET notice_id = excluded.notice_id, post_id = excluded.post_id, state = excluded.state, reason = excluded.reason,
    queued_at = excluded.queued_at, contact_id = excluded.contact_id, bundle_id = NULL, next_at = NULL, settled_at = NULL
WHERE deliveries.state = 'superseded'
RETURNING channel
"""
"""New messages; one that was withdrawn because its recipient had left the post waits again when the recipient holds it again."""

_ROUTED: Final = """
WITH gone AS (DELETE FROM notice_queue WHERE notice_id = ANY ($1))
INSERT INTO notice_routes (notice_id, at, vacant, reason)
SELECT given.id, $4, given.vacant, given.reason FROM unnest($1::text[], $2::boolean[], $3::text[]) AS given (id, vacant, reason)
ON CONFLICT (notice_id) DO UPDATE SET at = excluded.at, vacant = excluded.vacant, reason = excluded.reason
"""
"""They are routed, and why so."""

_VACANT_AGAIN: Final = f"""
INSERT INTO notice_queue (notice_id, leaves_at)
SELECT notice_routes.notice_id, $1 FROM notice_routes JOIN notices ON notices.id = notice_routes.notice_id
WHERE vacant AND notices.post_id IN (SELECT post_id FROM ({held.AT}) AS held) ON CONFLICT DO NOTHING
"""  # noqa: S608 - the reading of the directory
"""Notices of posts that nobody held and that somebody holds now."""


@dataclass(frozen=True, kw_only=True)
class Routed:
    """What a batch came to: notices routed, notices whose post nobody holds, and whether more wait."""

    notices: int
    vacant: int
    more: bool


class PostgresRouting:
    """Routes what has come due; ``channels`` are those that are set up."""

    def __init__(self, database: Database, channels: Collection[ChannelName]) -> None:
        self._database = database
        self._channels = [channel.value for channel in channels]

    async def route(self, now: datetime) -> Routed:
        """Route a batch of what is due at ``now`` (aware). Raises ``Temporary``."""
        async with self._database.transaction() as connection:
            rows = await connection.fetch(_DUE, now, BATCH)
            notices = [Notice(**dict(row) | {"kind": NoticeKind(row["kind"])}) for row in rows]
            if not notices:
                return Routed(notices=0, vacant=0, more=False)
            posts = await _read(connection, {notice.post_id for notice in notices}, now)
            vacant = await self._write(connection, notices, posts, now)
        return Routed(notices=len(notices), vacant=vacant, more=len(notices) == BATCH)

    async def next_at(self) -> datetime | None:
        """When the next notice comes due."""
        async with self._database.connection() as connection:
            at: datetime | None = await connection.fetchval(_NEXT)
        return at

    async def look_at_vacant(self, now: datetime) -> None:
        """Queue the notices again whose post was vacant and is held at ``now`` (aware)."""
        async with self._database.connection() as connection:
            await connection.execute(_VACANT_AGAIN, now)

    async def _write(
        self, connection: Connection, notices: Sequence[Notice], posts: "_Posts", now: datetime
    ) -> int:
        owners = {owner for notice in notices for owner in posts.recipients(notice.post_id)}
        first = {
            row["owner"]: (row["id"], ChannelName(row["channel"]))
            for row in await connection.fetch(_CONTACTS, sorted(owners), self._channels)
        }
        told = delivery.distinct(_told(notices, posts, first))
        rows = [_row(key, one, first, posts) for key, one in told.items()]
        written = await connection.fetch(_INSERT, *_columns(rows), now)
        vacant = [not posts.holders[notice.post_id] for notice in notices]
        reasons = [posts.reason(notice.post_id) for notice in notices]
        await connection.execute(_ROUTED, [notice.id for notice in notices], vacant, reasons, now)
        for channel in sorted({row["channel"] for row in written} - {ChannelName.INBOX}):
            await connection.execute(f"NOTIFY deliveries_{ChannelName(channel).value}")
        return sum(vacant)


class _Posts:
    """Who is told for each of some posts, and why."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.holders: dict[str, list[tuple[str, str | None]]] = defaultdict(list)
        self.before: dict[str, list[tuple[str, datetime]]] = defaultdict(list)
        self.groups: dict[str, list[str]] = defaultdict(list)

    def recipients(self, post_id: str) -> list[str]:
        """Those who may act by the post, then what is reached for the post itself, its team and its area."""
        people = [f"person:{person}" for person, _ in self.holders[post_id]]
        return [*people, f"post:{post_id}", *self.groups[post_id]]

    def reason(self, post_id: str) -> str:
        """Why these people, with who held the post before."""
        stand_in = dict(self.holders[post_id])
        now = "、".join(
            f"{person}（代{absent}）" if absent else person for person, absent in stand_in.items()
        )
        before = "、".join(
            f"{person}（任至{until:%Y-%m-%dT%H:%M:%SZ}）"
            for person, until in self.before[post_id]
            if person not in stand_in
        )
        text = f"岗位 {post_id} 于 {self.at:%Y-%m-%dT%H:%M:%SZ} 的任职者：{now or '无人在任'}"
        return text + (f"；此前：{before}" if before else "")


async def _read(connection: Connection, wanted: set[str], now: datetime) -> _Posts:
    posts, ids = _Posts(now), sorted(wanted)
    for row in await connection.fetch(HOLDERS, now, ids):
        posts.holders[row["post_id"]].append((row["person_id"], row["on_behalf_of"]))
    for row in await connection.fetch(_BEFORE, ids, now, now - LOOK_BACK):
        posts.before[row["post_id"]].append((row["person_id"], row["valid_to"]))
    posts.groups = groups_of(await connection.fetch(AROUND, ids))
    return posts


def groups_of(rows: Iterable[asyncpg.Record]) -> dict[str, list[str]]:
    """The team and the area of each post, of rows of :data:`AROUND`."""
    found: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        found[row["post_id"]].append(f"team:{row['team_post'] or row['post_id']}")
        if row["area_id"]:
            found[row["post_id"]].append(f"area:{row['area_id']}")
    return found


def _told(
    notices: Iterable[Notice], posts: _Posts, first: Mapping[str, tuple[str, ChannelName]]
) -> Iterable[Told]:
    for notice in notices:
        for recipient in posts.recipients(notice.post_id):
            if recipient.startswith("person:"):
                yield Told(notice=notice, recipient=recipient, channel=ChannelName.INBOX)
            if recipient in first:
                yield Told(notice=notice, recipient=recipient, channel=first[recipient][1])


def _row(
    key: str, told: Told, first: Mapping[str, tuple[str, ChannelName]], posts: _Posts
) -> tuple[Any, ...]:
    notice, inbox = told.notice, told.channel == ChannelName.INBOX
    return (
        key,
        notice.id,
        notice.case_id,
        notice.seq,
        notice.kind.value,
        notice.post_id,
        told.recipient,
        str(told.channel),
        None if inbox else first[told.recipient][0],
        DeliveryState.SENT.value if inbox else DeliveryState.PENDING.value,
        posts.reason(notice.post_id),
    )


def _columns(rows: Sequence[tuple[Any, ...]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(11)]


def holders_of(rows: Iterable[asyncpg.Record]) -> dict[str, set[str]]:
    """The people of each post, of rows of :data:`HOLDERS`."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        found[row["post_id"]].add(row["person_id"])
    return found
