"""Auditing the delivery from the record: notices recomputed from the chains, recipients from the directory as it was.

Invariant: it reads only; each batch is read in one snapshot of the database. What the record says is recomputed and not believed.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import asyncpg
from pydantic import ValidationError

from adapters.postgres import audit as tables
from adapters.postgres import calendar_rows, codecs, dictionary
from adapters.postgres.database import Connection, Database
from adapters.postgres.overtaking import Standing, standing
from adapters.postgres.routing import AROUND, HOLDERS, groups_of, holders_of
from domain import audit
from domain.delivery import SPECS, ChannelName, DeliveryState
from domain.delivery.auditing import Expected, Finding, Flaw, Found, compared, judge
from domain.errors import Refused
from domain.hazard import retelling
from domain.notices import Notice, NoticeKind
from domain.workdays import Calendar

BATCH: Final = 200
_SNAPSHOT: Final[dict[str, Any]] = {"isolation": "repeatable_read", "readonly": True}
TOLD: Final = 200

_BEGAN: Final = """
SELECT least(
    (SELECT began_at FROM delivery_channels WHERE channel = 'inbox'),
    (SELECT min(leaves_at) FROM notice_queue),
    (SELECT min(leaves_at) FROM notice_routes JOIN notices ON notices.id = notice_routes.notice_id))
"""
"""Since when there is a delivery: its first cycle, or the first notice that came into its queue."""

_NOTICES: Final = """
SELECT notices.*, notice_routes.at AS routed_at FROM notices LEFT JOIN notice_routes ON notice_routes.notice_id = notices.id
WHERE leaves_at >= $1 AND leaves_at <= $2 AND notices.id > $3 ORDER BY notices.id LIMIT $4
"""
"""A batch of notices that should have left."""

_CASES: Final = """
SELECT * FROM hazards WHERE id > $2 AND EXISTS (SELECT FROM changes WHERE case_id = hazards.id AND at >= $1)
ORDER BY id LIMIT $3
"""
"""A batch of cases in which something happened since an instant."""

_KEPT: Final = "SELECT * FROM notices WHERE case_id = ANY ($1) AND at >= $2"
"""The notices of some cases since an instant."""

_ROWS: Final = """
SELECT deliveries.*, coalesce(
    (SELECT array_agg(at ORDER BY number) FROM delivery_attempts
     WHERE bundle_id = deliveries.bundle_id AND outcome IN ('sent', 'unknown') AND key = ANY (items)), '{}') AS begun,
    coalesce(
    (SELECT array_agg(resent ORDER BY number) FROM delivery_attempts
     WHERE bundle_id = deliveries.bundle_id AND outcome IN ('sent', 'unknown') AND key = ANY (items)), '{}') AS marked
FROM deliveries WHERE case_id = ANY ($1)
"""
"""The ledger of some cases with the attempts that may have arrived."""

_POINTS: Final = """
SELECT owner_kind || ':' || owner_id AS owner, channel, verified_at, retired_at FROM contact_points
WHERE verified_at IS NOT NULL ORDER BY place
"""
"""Every contact point that was ever verified, in the order of place."""

_KEEP: Final = """
INSERT INTO delivery_audits (at, since, notices, missing, extra, sentences) VALUES ($1, $2, $3, $4, $5, $6)
"""
"""What an audit found."""


@dataclass(frozen=True, kw_only=True)
class Audited:
    """What an audit came to: since when (aware), how many notices, and everything that was wrong."""

    since: datetime
    notices: int
    findings: Sequence[Finding]

    def count(self, flaw: Flaw) -> int:
        """How many findings of one kind."""
        return sum(one.flaw is flaw for one in self.findings)


class PostgresDeliveryAudit:
    """Audits the delivery."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def audit(self, since: datetime | None, now: datetime) -> Audited:
        """Compare what should have been sent since an instant (or since there is a delivery) with what was. Raises ``Temporary``."""
        async with self._database.connection() as connection:
            began: datetime | None = await connection.fetchval(_BEGAN)
            calendar = await _calendar(connection, now)
        since = max(since or began or now, began or now)
        findings: list[Finding] = []
        async for recomputed in self._recomputed(since):
            findings += recomputed
        notices, after = 0, ""
        while True:
            async with self._database.connection() as connection, connection.transaction(**_SNAPSHOT):
                rows = await connection.fetch(_NOTICES, since, now, after, BATCH)
                findings += await _judged(connection, rows, calendar, now)
            notices += len(rows)
            if len(rows) < BATCH:
                return Audited(since=since, notices=notices, findings=findings)
            after = rows[-1]["id"]

    async def audited(self, since: datetime, now: datetime) -> tuple[int, Sequence[Finding]]:
        """Audit and keep what was found. Raises ``Temporary``."""
        done = await self.audit(since, now)
        await self.keep(done, now)
        return done.notices, done.findings

    async def keep(self, audited: Audited, now: datetime) -> None:
        """Keep what an audit found, at most so many sentences of it. Raises ``Temporary``."""
        sentences = [f"{one.flaw.label} {one.notice_id} {one.sentence}" for one in audited.findings[:TOLD]]
        missing, extra = audited.count(Flaw.MISSING), audited.count(Flaw.EXTRA)
        async with self._database.connection() as connection:
            await connection.execute(_KEEP, now, audited.since, audited.notices, missing, extra, sentences)

    async def _recomputed(self, since: datetime) -> AsyncIterator[list[Finding]]:
        after = ""
        while True:
            async with self._database.connection() as connection, connection.transaction(**_SNAPSHOT):
                rows = await connection.fetch(_CASES, since, after, BATCH)
                kept = await tables.kept(connection, rows)
                found = await connection.fetch(_KEPT, [row["id"] for row in rows], since)
            should = [notice for one in kept for notice in _must_have(one) if notice.at >= since]
            yield list(compared(should, map(_notice, found)))
            if len(rows) < BATCH:
                return
            after = rows[-1]["id"]


def _must_have(kept: tables.Kept) -> list[Notice]:
    """Every notice that the chain of a case must have made."""
    made: list[Notice] = []
    before, entries = None, kept.chain.entries
    for number, entry in enumerate(entries, 1):
        try:
            after = codecs.case_of(audit.rebuild(entries[:number]))
        except ValidationError:
            break
        made += retelling.notices(before, after, entry)
        before = after
    return made


async def _judged(
    connection: Connection, rows: Sequence[asyncpg.Record], calendar: Calendar, now: datetime
) -> list[Finding]:
    notices = [(_notice(row), row["routed_at"]) for row in rows]
    ledger: dict[tuple[str, int, str], list[asyncpg.Record]] = defaultdict(list)
    for row in await connection.fetch(_ROWS, [one.case_id for one, _ in notices]):
        ledger[(row["case_id"], row["seq"], row["kind"])].append(row)
    past = _Past(connection, await connection.fetch(_POINTS))
    stand = await standing(connection, ((one.id, one.case_id, one.seq) for one, _ in notices))
    findings: list[Finding] = []
    for notice, routed_at in notices:
        found = [await past.found(row) for row in ledger[(notice.case_id, notice.seq, notice.kind)]]
        expected = await past.expected(notice, routed_at, stand)
        told = {*expected.people, *expected.reached}
        mine = [one for one in found if one.notice == notice.id or one.row.recipient in told]
        findings += judge(expected, [one.row for one in mine], calendar, now)
    return findings


@dataclass(frozen=True, kw_only=True)
class _Row:
    """A row of the ledger, and the notice that it was made for."""

    notice: str
    row: Found


class _Past:
    """Who held a post and how people were reached at certain instants; each is asked once."""

    def __init__(self, connection: Connection, points: Sequence[asyncpg.Record]) -> None:
        self._connection = connection
        self._points: dict[str, list[asyncpg.Record]] = defaultdict(list)
        for row in points:
            self._points[row["owner"]].append(row)
        self._holders: dict[tuple[str, datetime], set[str]] = {}
        self._groups: dict[str, list[str]] = {}

    async def expected(self, notice: Notice, routed_at: datetime | None, stand: Standing) -> Expected:
        """What should have become of a notice."""
        over = stand.overtaken(notice.id, notice.case_id, notice.seq, notice.kind)
        people: frozenset[str] = frozenset()
        reached: Mapping[str, Sequence[ChannelName]] = {}
        if routed_at is not None:
            people = frozenset(f"person:{one}" for one in await self._held(notice.post_id, routed_at))
            owners = [*people, f"post:{notice.post_id}", *await self._around(notice.post_id)]
            reached = {owner: channels for owner in owners if (channels := self._reached(owner, routed_at))}
        return Expected(
            notice=notice,
            routed_at=routed_at,
            people=people,
            reached=reached,
            overtaken_at=over[1] if over else None,
        )

    async def found(self, row: asyncpg.Record) -> _Row:
        """A row of the ledger as the auditor reads it."""
        channel = ChannelName(row["channel"])
        kind, _, who = row["recipient"].partition(":")
        asked = max(row["begun"], default=row["settled_at"] or row["queued_at"])
        held = kind != "person" or who in await self._held(row["post_id"], asked)
        marks = [one or SPECS[channel].knows_ids for one in row["marked"]]
        found = Found(
            recipient=row["recipient"],
            channel=channel,
            state=DeliveryState(row["state"]),
            queued_at=row["queued_at"],
            settled_at=row["settled_at"],
            held=held,
            begun=tuple(zip(row["begun"], marks, strict=True)),
        )
        return _Row(notice=row["notice_id"], row=found)

    def _reached(self, owner: str, at: datetime) -> list[ChannelName]:
        return [
            ChannelName(row["channel"])
            for row in self._points[owner]
            if row["verified_at"] <= at and (row["retired_at"] is None or row["retired_at"] > at)
        ]

    async def _held(self, post_id: str, at: datetime) -> set[str]:
        if (post_id, at) not in self._holders:
            rows = await self._connection.fetch(HOLDERS, at, [post_id])
            self._holders[(post_id, at)] = holders_of(rows)[post_id]
        return self._holders[(post_id, at)]

    async def _around(self, post_id: str) -> list[str]:
        if post_id not in self._groups:
            self._groups[post_id] = groups_of(await self._connection.fetch(AROUND, [post_id]))[post_id]
        return self._groups[post_id]


def _notice(row: asyncpg.Record) -> Notice:
    fields = {key: value for key, value in row.items() if key != "routed_at"}
    return Notice(**fields | {"kind": NoticeKind(fields["kind"])})


async def _calendar(connection: Connection, now: datetime) -> Calendar:
    try:
        terms = await dictionary.in_force(connection, now)
        return calendar_rows.merged(await calendar_rows.layers(connection, terms.region))
    except Refused:
        return Calendar(region="plain", version="0", official_years=())
