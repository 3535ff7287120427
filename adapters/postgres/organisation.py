"""Changing the organisation (调整): looked at first, then made whole or not at all.

Invariant: one transaction reads all of it, decides, and writes; changes come one after another, are numbered without a gap,
and one that changes a row which somebody else changed since it was looked at is refused by that row.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any, Final

from adapters.postgres import dictionary, organisation_rows, requests, restamps
from adapters.postgres.access_log import AccessLog
from adapters.postgres.database import Connection, Database
from domain import organisation
from domain.access_log import AccessKind
from domain.errors import Kind, Refused
from domain.organisation import Difference, Organisation, Proposal
from domain.requests import Answer, Request
from domain.restamps import of_teams
from domain.terms import Terms

_EDIT: Final = "SELECT pg_advisory_xact_lock(20268)"
"""No other change of the organisation until the transaction ends."""

_STILL: Final = "SELECT pg_advisory_xact_lock_shared(20268)"
"""No change of the organisation until the transaction ends: every statement of it sees the same one."""

_VERSION: Final = "SELECT coalesce(max(version), 0) FROM organisation_edits"
"""The number of the last change."""

_TOUCHED: Final = "SELECT version, touched FROM organisation_edits WHERE version > $1 ORDER BY version"
"""Which rows were changed since a change."""

_PUT: Final = """
INSERT INTO organisation_edits (version, at, person_id, post_id, on_behalf_of, channel, reason, touched, differences)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""
"""One change."""

_PAGE: Final = """
SELECT version, at, person_id, post_id, on_behalf_of, channel, reason, differences FROM organisation_edits
WHERE $1::integer IS NULL OR version < $1 ORDER BY version DESC LIMIT $2
"""
"""A page of the changes, the last first."""

_WAITING: Final = """
SELECT post_id, count(DISTINCT id) AS cases
FROM (
    SELECT id, unnest(told_posts || waiting_post) AS post_id FROM hazards WHERE is_open
    UNION ALL SELECT id, snapshot ->> 'contact_post' FROM collections WHERE is_open
    UNION ALL SELECT collections.id, members.post_id
        FROM collections JOIN collection_members AS members ON members.collection_id = collections.id
        WHERE collections.is_open AND NOT members.exempt AND members.counted_at IS NULL
    UNION ALL SELECT id, snapshot ->> CASE state WHEN 'reviewed' THEN 'leader_post' ELSE 'office_post' END
        FROM bulletins WHERE state IN ('draft', 'reviewed', 'signed')
) AS lying
WHERE post_id IS NOT NULL GROUP BY post_id
"""
"""How much open work lies with each post: cases that wait on it or of which it was told that they are late, collections that it
answers for or still owes, and bulletins that it is to review, sign or issue (``domain/bulletin/telling.py``)."""

_LOCAL: Final = timezone(timedelta(hours=8))
"""Days without a policy are those of China."""


@dataclass(frozen=True, kw_only=True)
class Amendment:
    """A change of the organisation: what is proposed, by whom, why, and the last change that was seen (``None``: any).

    ``now`` is aware; ``person_id`` is ``None`` for a file that an administrator of the machine applies.
    """

    proposal: Proposal
    now: datetime
    channel: str
    reason: str | None = None
    person_id: str | None = None
    post_id: str | None = None
    on_behalf_of: str | None = None
    seen: int | None = None


@dataclass(frozen=True, kw_only=True)
class Amended:
    """What a change does, its number (the last one's where nothing was made), and which units move to another team."""

    differences: tuple[Difference, ...]
    version: int
    moved: tuple[str, ...] = ()


@dataclass(frozen=True)
class Kept:
    """The request that a change answers, and how; claimed and answered in the transaction of the change."""

    request: Request
    render: Callable[[Amended], Answer]


class PostgresOrganisation:
    """Reads and changes the organisation."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._log = AccessLog(database)

    async def read(self) -> tuple[Organisation, int]:
        """All of it, and the number of the last change."""
        async with self._database.transaction() as connection:
            await connection.execute(_STILL)
            return await organisation_rows.read(connection), await connection.fetchval(_VERSION)

    async def local(self, now: datetime) -> Callable[[datetime], datetime]:
        """The local time of an instant, by the zone of the policy in force at ``now`` (aware)."""
        async with self._database.connection() as connection:
            terms = await _terms(connection, now)
        return terms.local if terms is not None else lambda instant: instant.astimezone(_LOCAL)

    async def midnight(self, now: datetime) -> Callable[[date], datetime]:
        """When a local day begins (aware UTC)."""
        zone = (await self.local(now))(now).tzinfo
        return lambda day: datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)

    async def preview(self, wanted: Amendment) -> Amended:
        """What a change would do. Raises ``Refused`` as :meth:`apply` does; nothing is written."""
        async with self._database.transaction() as connection:
            await connection.execute(_STILL)
            return await _decide(connection, wanted)

    async def apply(
        self, wanted: Amendment, kept: Kept | None = None
    ) -> tuple[Amended | None, Answer | None]:
        """Make a change; what was answered before is only answered again.

        Raises:
            Refused: ``organisation_version_stale``, ``past_changed``, ``open_work_without_holder``,
                ``ladder_reaches_nobody``, ``substitution_moot`` or a fault, each with ``table``, ``row`` and ``field``;
                then nothing is changed.
        """
        async with self._database.transaction() as connection:
            await connection.execute(_EDIT)
            if kept and (earlier := await requests.claim(connection, kept.request, wanted.now)):
                return None, earlier
            made = await _decide(connection, wanted)
            if made.differences:
                made = await self._write(connection, wanted, made, kept.request.id if kept else None)
            if kept is None:
                return made, None
            answer = kept.render(made)
            await requests.keep(connection, kept.request, answer)
            return made, answer

    async def edits(self, before: int | None, limit: int) -> list[dict[str, Any]]:
        """A page of the changes, the last first, from behind the one numbered ``before``."""
        async with self._database.connection() as connection:
            found = [dict(row) for row in await connection.fetch(_PAGE, before, limit)]
        return [row | {"differences": json.loads(row["differences"])} for row in found]

    async def _write(
        self, connection: Connection, wanted: Amendment, made: Amended, request_id: str | None
    ) -> Amended:
        await organisation_rows.write(connection, made.differences)
        version = made.version + 1
        await connection.execute(
            _PUT,
            version,
            wanted.now,
            wanted.person_id,
            wanted.post_id,
            wanted.on_behalf_of,
            wanted.channel,
            wanted.reason,
            sorted({"/".join(one.touches) for one in made.differences}),
            json.dumps([plain(one) for one in made.differences], ensure_ascii=False),
        )
        await self._log.note(
            connection,
            at=wanted.now,
            kind=AccessKind.ORG_CHANGE,
            person_id=wanted.person_id,
            post_id=wanted.post_id,
            on_behalf_of=wanted.on_behalf_of,
            subject=f"organisation/{version}",
            channel=wanted.channel,
            request_id=request_id,
        )
        if made.moved:
            by = (wanted.person_id, wanted.post_id)
            await restamps.put(connection, of_teams(version, made.moved, by, wanted.reason, wanted.now))
        return Amended(differences=made.differences, version=version)


async def _decide(connection: Connection, wanted: Amendment) -> Amended:
    """What a change does to the organisation as it is. Raises ``Refused``."""
    before, now = await organisation_rows.read(connection), wanted.now
    after = organisation.amend(before, wanted.proposal, now)
    organisation.check(after, before)
    organisation.check_moot(before, after, now)
    waiting = {row["post_id"]: row["cases"] for row in await connection.fetch(_WAITING)}
    organisation.check_open_work(before, after, waiting, now)
    if terms := await _terms(connection, now):
        organisation.check_ladders(before, after, terms, now)
    made = Amended(
        differences=organisation.differences(before, after),
        version=await connection.fetchval(_VERSION),
        moved=organisation.moved(before, after),
    )
    await _check_seen(connection, wanted, made)
    return made


async def _check_seen(connection: Connection, wanted: Amendment, made: Amended) -> None:
    """Refuse a change of a row that somebody changed since the change that was seen."""
    if wanted.seen is None:
        return
    ours = {"/".join(one.touches): one for one in made.differences}
    for row in await connection.fetch(_TOUCHED, wanted.seen):
        if theirs := ours.keys() & set(row["touched"]):
            table, _, key = min(theirs).partition("/")
            raise Refused(
                Kind.CONFLICT,
                "organisation_version_stale",
                f"{table} 的 {key} 已在第 {row['version']} 次调整中改动，请重新查看后再改",
                table=table,
                row=key,
                field="expected_version",
            )


async def _terms(connection: Connection, now: datetime) -> Terms | None:
    try:
        return await dictionary.in_force(connection, now)
    except Refused:
        return None


def plain(one: Difference) -> dict[str, Any]:
    """A difference as JSON values: the fields that differ, instants as RFC 3339 in UTC."""
    return {
        "table": one.table,
        "row": one.row,
        "before": None if one.before is None else {name: _text(one.before[name]) for name in one.changed},
        "after": None if one.after is None else {name: _text(one.after[name]) for name in one.changed},
    }


def _text(value: object) -> Any:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value
