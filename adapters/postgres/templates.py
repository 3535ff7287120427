"""Wording of messages (通知模板) by channel and version.

Invariant: an edit is a new version on top of the one that its author saw; older ones stay, to know what was said when.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import asyncpg

from adapters import wording
from adapters.postgres.database import Database
from adapters.wording import DEFAULT, Part, Wording
from domain.delivery import SPECS, ChannelName
from domain.errors import Kind, Refused

_CURRENT: Final = """
SELECT DISTINCT ON (channel, part) channel, part, version, text, at, person_id, post_id FROM message_templates
ORDER BY channel, part, version DESC
"""
"""The version of each part of each channel that counts."""

_ADD: Final = """
INSERT INTO message_templates (channel, part, version, text, at, person_id, post_id)
SELECT $1, $2, $3 + 1, $4, $5, $6, $7
WHERE $3 = (SELECT coalesce(max(version), 0) FROM message_templates WHERE channel = $1 AND part = $2)
RETURNING version
"""
"""A version on top of the one that its author saw."""


@dataclass(frozen=True, kw_only=True)
class Template:
    """One part of a channel's wording; version 0 is as delivered, by nobody."""

    channel: ChannelName
    part: Part
    version: int
    text: str
    at: datetime | None = None
    post_id: str | None = None


class PostgresTemplates:
    """Keeps the wording."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def current(self) -> list[Template]:
        """Every part of every channel's wording as it counts now."""
        async with self._database.connection() as connection:
            rows = await connection.fetch(_CURRENT)
        kept = {(row["channel"], row["part"]): row for row in rows}
        return [
            _template(channel, part, kept.get((channel.value, part.value)))
            for channel in ChannelName
            if channel is not ChannelName.INBOX
            for part in Part
        ]

    async def wording(self, channel: ChannelName) -> Wording:
        """The wording of one channel."""
        title, body = (one for one in await self.current() if one.channel is channel)
        return Wording(
            title=title.text, body=body.text, title_version=title.version, body_version=body.version
        )

    async def edit(
        self,
        channel: ChannelName,
        part: Part,
        text: str,
        *,
        seen: int,
        person_id: str,
        post_id: str,
        now: datetime,
    ) -> int:
        """A new version on top of the one ``seen``; gives its number.

        Raises ``Refused``: see :func:`adapters.wording.check`, ``channel_without_template`` or ``version_outdated``.
        """
        if channel is ChannelName.INBOX:
            message = "站内通知按原文显示，没有模板"
            raise Refused(Kind.CONFLICT, "channel_without_template", message, field="channel")
        wording.check(part, text, SPECS[channel].bytes)
        try:
            async with self._database.connection() as connection:
                row = (channel.value, part.value, seen, text, now, person_id, post_id)
                version: int | None = await connection.fetchval(_ADD, *row)
        except asyncpg.UniqueViolationError:
            version = None
        if version is None:
            raise Refused(Kind.CONFLICT, "version_outdated", "模板已被他人修改，请刷新后再改")
        return version


def _template(channel: ChannelName, part: Part, row: asyncpg.Record | None) -> Template:
    if row is None:
        text = DEFAULT.title if part is Part.TITLE else DEFAULT.body
        return Template(channel=channel, part=part, version=0, text=text)
    return Template(
        channel=channel,
        part=part,
        version=row["version"],
        text=row["text"],
        at=row["at"],
        post_id=row["post_id"],
    )
