"""What an administrator should know before it hurts (提醒): vacant posts, ladders that reach nobody, calendars that end, long
pauses, subscriptions and contact points that are not reached.

Invariant: a warning names the row that it is about; nothing here stops a case.
"""

from datetime import datetime, timedelta
from typing import Final

import asyncpg

from adapters.postgres import held, organisation_rows
from adapters.postgres.calendar import PostgresCalendar
from adapters.postgres.database import Database
from adapters.postgres.dictionary import PostgresDictionary
from domain import organisation
from domain.delivery import ChannelName
from domain.errors import Refused
from domain.ladder import Addressee
from domain.policy import unreachable
from domain.terms import Terms
from domain.warnings import Warned
from domain.webhooks import PATIENCE, SendOutcome, WebhookState

_VACANT: Final = f"""
WITH held AS ({held.AT})
SELECT id, title FROM posts
WHERE valid_from <= $1 AND $1 < valid_to AND NOT EXISTS (SELECT FROM held WHERE post_id = posts.id) ORDER BY id
"""  # noqa: S608 - the reading of who holds what
"""Posts that nobody holds at an instant."""

_UNCOVERED: Final = """
SELECT units.id, units.name FROM units JOIN unit_kinds ON unit_kinds.code = units.kind
WHERE unit_kinds.inspected AND NOT EXISTS (SELECT FROM unit_teams WHERE unit_id = units.id) ORDER BY units.id
"""
"""Inspected units that no team covers."""

_OF_FORMER_TEAMS: Final = """
SELECT units.id, units.name, posts.title, count(*) AS cases
FROM hazards JOIN posts ON posts.id = waiting_post AND posts.role = 'inspector' JOIN units ON units.id = hazards.unit_id
    LEFT JOIN unit_teams ON unit_teams.unit_id = units.id
WHERE is_open AND waiting_post IS DISTINCT FROM unit_teams.team_post
GROUP BY units.id, units.name, posts.title ORDER BY units.id, posts.title
"""
"""Units of which open cases wait on a team that covers them no more."""

_HEADLESS: Final = """
SELECT id, name FROM units
WHERE kind IN (SELECT code FROM unit_kinds WHERE inspected)
    AND NOT EXISTS (SELECT 1 FROM posts WHERE unit_id = units.id AND role = 'unit_head')
ORDER BY id
"""
"""Inspected units without a post of their head."""

_RESTING: Final = """
SELECT id FROM hazards
WHERE is_open AND due_at IS NULL AND (snapshot #>> '{running,hold,since}')::timestamptz < $1
    AND snapshot #>> '{running,hold,until}' IS NULL
ORDER BY id LIMIT 100
"""
"""Open cases whose time has stood still since before an instant, with no day on which it goes on."""

_NOT_SENT: Final = """
SELECT id, name, state, reason, tried_since FROM webhooks LEFT JOIN LATERAL (
    SELECT min(tried_since) AS tried_since FROM webhook_deliveries WHERE webhook_id = webhooks.id AND state = 'pending'
) AS pending ON true
WHERE state = 'failed' OR (state = 'active' AND tried_since < $1)
ORDER BY id
"""
"""Subscriptions to events that were stopped, or that were first refused an event before an instant and still are."""

_NOT_REACHED: Final = """
SELECT points.id, points.channel, coalesce(people.name, posts.title, areas.name, points.owner_id) AS owner
FROM (
    SELECT DISTINCT ON (contact_id) contact_id, state FROM deliveries
    WHERE channel = ANY ($2) AND state IN ('sent', 'failed') AND settled_at >= $1 ORDER BY contact_id, settled_at DESC
) AS last JOIN contact_points AS points ON points.id = last.contact_id
    LEFT JOIN people ON owner_kind = 'person' AND people.id = owner_id
    LEFT JOIN posts ON owner_kind IN ('post', 'team') AND posts.id = owner_id
    LEFT JOIN areas ON owner_kind = 'area' AND areas.id = owner_id
WHERE last.state = 'failed' AND retired_at IS NULL ORDER BY points.id LIMIT 100
"""
"""Contact points at which the last of what was sent since an instant by these channels was given up."""

_DESKS: Final = "SELECT name FROM desks"
"""Which posts stand for the district."""

REFUSED_LONG: Final = timedelta(hours=1)
"""An event that a subscriber does not take is warned of after this."""

LATELY: Final = timedelta(days=7)
"""A contact point that takes nothing any more is warned of for so long."""

RESTS_LONG: Final = timedelta(days=30)
"""A pause without an end is warned of after this."""


class PostgresWarnings:
    """Looks at directory, policy and calendar."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self, now: datetime) -> list[Warned]:
        """Every warning at ``now`` (aware), by kind. Raises ``Temporary``."""
        return [
            *await self._organisation(now),
            *await self._ladders(now),
            *await self._calendars(now),
            *await self._pauses(now),
            *await self._webhooks(now),
            *await self._contact_points(now),
        ]

    async def _organisation(self, now: datetime) -> list[Warned]:
        async with self._database.connection() as connection:
            vacant = await connection.fetch(_VACANT, now)
            headless, uncovered = await connection.fetch(_HEADLESS), await connection.fetch(_UNCOVERED)
            former = await connection.fetch(_OF_FORMER_TEAMS)
        return [
            *(
                Warned(
                    code="post_vacant", about=row["id"], message=f"岗位“{row['title']}”无人在任，通知无人可收"
                )
                for row in vacant
            ),
            *(
                Warned(code="unit_without_head", about=row["id"], message=f"{row['name']}没有主要负责人岗位")
                for row in headless
            ),
            *(
                Warned(code="unit_without_team", about=row["id"], message=f"{row['name']}没有督导组包联")
                for row in uncovered
            ),
            *map(_of_former_team, former),
        ]

    async def _ladders(self, now: datetime) -> list[Warned]:
        try:
            terms = await PostgresDictionary(self._database).terms(now)
        except Refused as missing:
            return [Warned(code=missing.code, about="policies", message=missing.message)]
        async with self._database.connection() as connection:
            desks = {row["name"] for row in await connection.fetch(_DESKS)}
        lacking = [one for one in _OF_DISTRICT if one.value not in desks]
        reached = frozenset(Addressee) - frozenset(lacking)
        return [
            *(
                Warned(
                    code="desk_missing",
                    about=one.value,
                    message=f"没有指定“{one.label}”是哪个岗位，督办到不了这一级",
                )
                for one in lacking
            ),
            *(
                Warned(
                    code="ladder_reaches_nobody",
                    about=level,
                    message=f"等级 {level} 的督办阶梯到不了任何岗位",
                )
                for level in unreachable(terms, reached)
            ),
            *await self._units(terms, frozenset(unreachable(terms, reached)), now),
        ]

    async def _units(self, terms: Terms, known: frozenset[str], now: datetime) -> list[Warned]:
        """Units of which no ladder finds anybody, because nobody holds the posts; and substitutes who may do nothing."""
        async with self._database.connection() as connection:
            found = await organisation_rows.read(connection)
        inspected = [unit for unit in found.units.values() if found.kinds[unit.kind].inspected]
        return [
            *(
                Warned(
                    code="ladder_reaches_nobody",
                    about=unit.id,
                    message=f"{unit.name}的等级 {level} 督办阶梯上无人在任",
                )
                for unit in inspected
                for level in unreachable(terms, organisation.reached(found, unit.id, now))
                if level not in known
            ),
            *(
                Warned(
                    code="substitution_moot",
                    about=f"{one.post_id}/{one.absent_id}/{one.substitute_id}",
                    message="被代理人已不任该岗位，代理没有效力",
                )
                for one in organisation.moot(found, now)
            ),
        ]

    async def _pauses(self, now: datetime) -> list[Warned]:
        async with self._database.connection() as connection:
            rows = await connection.fetch(_RESTING, now - RESTS_LONG)
        message = f"暂停计时已超过 {RESTS_LONG.days} 日，其间不提醒也不督办，请恢复计时或改为暂缓到日"
        return [
            Warned(code="case_paused_long", about=row["id"], message=f"{row['id']} {message}") for row in rows
        ]

    async def _webhooks(self, now: datetime) -> list[Warned]:
        async with self._database.connection() as connection:
            rows = await connection.fetch(_NOT_SENT, now - REFUSED_LONG)
        return [_of_webhook(row) for row in rows]

    async def _contact_points(self, now: datetime) -> list[Warned]:
        outside = [channel.value for channel in ChannelName if channel is not ChannelName.INBOX]
        async with self._database.connection() as connection:
            rows = await connection.fetch(_NOT_REACHED, now - LATELY, outside)
        return [_of_contact_point(row) for row in rows]

    async def _calendars(self, now: datetime) -> list[Warned]:
        warnings = await PostgresCalendar(self._database).warnings(now)
        return [Warned(code="calendar_ends", about=one.region, message=one.message) for one in warnings]


_OF_DISTRICT: Final = (Addressee.OFFICE, Addressee.DEPUTY, Addressee.LEADER)


def _of_former_team(row: asyncpg.Record) -> Warned:
    message = f"{row['name']}有 {row['cases']} 件隐患仍在等候已不包联的{row['title']}，请现包联的督导组在隐患清单中办理"
    return Warned(code="work_of_former_team", about=row["id"], message=message)


def _of_contact_point(row: asyncpg.Record) -> Warned:
    message = f"{row['owner']}的{ChannelName(row['channel']).label}收不到通知，请核对或停用这一通知渠道"
    return Warned(code="contact_not_reached", about=row["id"], message=message)


def _of_webhook(row: asyncpg.Record) -> Warned:
    if row["state"] == WebhookState.FAILED:
        why = SendOutcome(row["reason"]).label
        message = f"事件推送“{row['name']}”已停止：{why}；事件照常积存，处理后请恢复推送"
        return Warned(code="webhook_failed", about=row["id"], message=message)
    message = f"事件推送“{row['name']}”有事件反复未被接收，仍在重试；满 {PATIENCE.days} 日将停止推送"
    return Warned(code="webhook_refused", about=row["id"], message=message)
