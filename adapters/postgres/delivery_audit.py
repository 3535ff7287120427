"""Auditing the delivery from the record: notices recomputed from the chains, recipients from the directory as it was.

Invariant: it reads only; each batch is read in one snapshot of the database. What the record says is recomputed and not believed.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import asyncpg

from adapters.postgres import editions
from adapters.postgres.database import Connection, Database
from adapters.postgres.delivery_owed import BATCH, SNAPSHOT, PostgresOwed
from adapters.postgres.delivery_past import Past
from adapters.postgres.overtaking import standing
from domain.delivery.auditing import Finding, Flaw, judge
from domain.notices import Notice, NoticeKind
from domain.workdays import Calendar

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
            calendar = await editions.business(connection, now)
        since = max(since or began or now, began or now)
        findings = [one async for one in PostgresOwed(self._database).findings(since, now)]
        notices, after = 0, ""
        while True:
            async with self._database.connection() as connection, connection.transaction(**SNAPSHOT):
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


async def _judged(
    connection: Connection, rows: Sequence[asyncpg.Record], calendar: Calendar, now: datetime
) -> list[Finding]:
    notices = [(_notice(row), row["routed_at"]) for row in rows]
    ledger: dict[tuple[str, int, str], list[asyncpg.Record]] = defaultdict(list)
    for row in await connection.fetch(_ROWS, [one.case_id for one, _ in notices]):
        ledger[(row["case_id"], row["seq"], row["kind"])].append(row)
    past = Past(connection, await connection.fetch(_POINTS))
    stand = await standing(connection, ((one.id, one.case_id, one.seq) for one, _ in notices))
    findings: list[Finding] = []
    for notice, routed_at in notices:
        found = [await past.found(row) for row in ledger[(notice.case_id, notice.seq, notice.kind)]]
        expected = await past.expected(notice, routed_at, stand)
        told = {*expected.people, *expected.reached}
        mine = [one for one in found if one.notice == notice.id or one.row.recipient in told]
        findings += judge(expected, [one.row for one in mine], calendar, now)
    return findings


def _notice(row: asyncpg.Record) -> Notice:
    fields = {key: value for key, value in row.items() if key != "routed_at"}
    return Notice(**fields | {"kind": NoticeKind(fields["kind"])})
