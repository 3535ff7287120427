"""Who held a post, and how people were reached, at the instants that an audit asks about.

Invariant: it reads the directory and the contact points as they were, which both keep; each question is asked once.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from adapters.postgres.database import Connection
from adapters.postgres.overtaking import Standing
from adapters.postgres.routing import AROUND, HOLDERS, groups_of, holders_of
from domain.delivery import SPECS, ChannelName, DeliveryState
from domain.delivery.auditing import Expected, Found
from domain.notices import Notice


@dataclass(frozen=True, kw_only=True)
class Row:
    """A row of the ledger, and the notice that it was made for."""

    notice: str
    row: Found


class Past:
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

    async def found(self, row: asyncpg.Record) -> Row:
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
        return Row(notice=row["notice_id"], row=found)

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
