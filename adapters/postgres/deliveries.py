"""The ledger of messages (送达台账): claimed before they leave, settled after, by one dispatcher per channel at a time.

Invariant: an attempt is on record before anything leaves, and only by the dispatcher that has the channel; so whatever is killed
at whatever moment, the next one knows what may have arrived, and sends it again under the same id, marked as a repeat.
"""

import secrets
from collections import defaultdict
from collections.abc import AsyncGenerator, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import asyncpg

from activities.delivery_ports import Attempt, Counts, Overtaken, Waiting
from adapters.postgres import delivery_rows as rows
from adapters.postgres.database import Connection, Database
from adapters.postgres.overtaking import standing
from adapters.postgres.routing import HOLDERS, holders_of
from domain import delivery
from domain.delivery import SPECS, Brake, Bundle, ChannelName, Message
from domain.delivery.sending import PermanentFailure, Receipt, TemporaryFailure
from domain.errors import Temporary


@dataclass(frozen=True, kw_only=True)
class Stands:
    """How a channel stands, and when its last cycle ended (aware)."""

    counts: Counts
    cycle_at: datetime


class PostgresDeliveries:
    """Fits ``activities.delivery_ports.Ledger``; ``channels`` are those that are set up."""

    def __init__(self, database: Database, channels: Collection[ChannelName]) -> None:
        self._database = database
        self._channels = [channel.value for channel in channels]

    async def begin(self, channel: ChannelName, now: datetime) -> int:
        """Take the channel over: attempts without an end may have arrived and go again. Raises ``Temporary``."""
        async with self._database.transaction() as connection:
            epoch: int = await connection.fetchval(rows.BEGIN, channel.value, now)
            await connection.execute(rows.RECOVER, channel.value, now)
        return epoch

    async def cycle(self, channel: ChannelName, epoch: int, now: datetime) -> Counts:
        """Note that a cycle ended, and give how the channel stands. Raises ``Overtaken`` or ``Temporary``."""
        async with self._database.connection() as connection:
            if await connection.fetchval(rows.CYCLE, channel.value, epoch, now) is None:
                raise Overtaken
            return Counts(**await connection.fetchrow(rows.COUNTS, channel.value))  # type: ignore[arg-type]

    async def stands(self, channel: ChannelName) -> Stands | None:
        """How a channel stands, ``None`` for one that was never dispatched. Raises ``Temporary``."""
        async with self._database.connection() as connection:
            row = await connection.fetchrow(rows.COUNTS, channel.value)
            cycle_at = await connection.fetchval(rows.CYCLED, channel.value)
        return None if row is None else Stands(counts=Counts(**row), cycle_at=cycle_at)

    async def waiting(self, channel: ChannelName, now: datetime) -> Waiting:
        """What waits for the channel, and what the rules need to know of it. Raises ``Temporary``."""
        longest = SPECS[channel].limits.longest
        async with self._database.connection() as connection:
            found = await connection.fetch(rows.WAITING, channel.value, self._channels, rows.MOST)
            sent = await connection.fetch(rows.SENT, channel.value, now - longest)
            released_at = await connection.fetchval(rows.RELEASED, channel.value)
        history: dict[str, list[datetime]] = defaultdict(list)
        for row in sent:
            history[row["contact_id"]].append(row["at"])
        return Waiting(
            messages=[rows.message(row) for row in found if not row["gone"]],
            gone=[rows.message(row) for row in found if row["gone"]],
            sent=history,
            rests={row["contact_id"]: row["rests_until"] for row in found if row["rests_until"]},
            muted={row["contact_id"]: row["muted_until"] for row in found if row["muted_until"]},
            brake=Brake(released_at=released_at),
        )

    async def claim(self, bundle: Bundle, epoch: int, now: datetime) -> Attempt | None:
        """Put an attempt on record for what may still leave of a bundle; ``None`` when nothing may.

        The posts are resolved at this moment, and what the record has overtaken is taken out. Raises ``Overtaken`` or
        ``Temporary``.
        """
        async with self._database.transaction() as connection:
            if await connection.fetchval(rows.HOLD, bundle.channel.value, epoch) is None:
                raise Overtaken
            messages = await self._still_right(connection, bundle.messages, now)
            if not messages:
                return None
            return await _attempt(connection, replace(bundle, messages=messages), epoch, now)

    async def _still_right(
        self, connection: Connection, messages: tuple[Message, ...], now: datetime
    ) -> tuple[Message, ...]:
        posts = sorted({message.post_id for message in messages})
        holders = holders_of(await connection.fetch(HOLDERS, now, posts))
        left = [one for one in messages if not _holds(one, holders)]
        if left:
            keys = [one.key for one in left]
            reason = f"发送时（{now:%Y-%m-%dT%H:%M:%SZ}）已不在岗，改发接任者"
            await connection.execute(rows.SUPERSEDE, keys, now, reason)
            await connection.execute("NOTIFY notices")
        stays = [one for one in messages if _holds(one, holders)]
        steps = ((one.notice_id, one.case_id, one.seq) for one in stays)
        stand = await standing(connection, steps)
        moot = {
            one.key: why[0]
            for one in stays
            if (why := stand.overtaken(one.notice_id, one.case_id, one.seq, one.kind))
        }
        if moot:
            await connection.execute(rows.MOOT, list(moot), list(moot.values()), now)
        return tuple(one for one in stays if one.key not in moot)

    async def sent(self, attempt: Attempt, receipt: Receipt, now: datetime) -> None:
        """The receiver took it. One who was overtaken meanwhile changes nothing. Raises ``Temporary``."""
        async with self._database.transaction() as connection:
            ended = (attempt.bundle_id, attempt.number, now, "sent", "", receipt.provider_id)
            if await connection.fetchval(rows.END, *ended) is not None:
                await connection.execute(rows.ARE_SENT, [one.key for one in attempt.messages], now)

    async def failed(
        self, attempt: Attempt, failure: TemporaryFailure | PermanentFailure, now: datetime
    ) -> None:
        """The receiver did not take it: another attempt, the next channel, or the end, as the rules say."""
        temporary = failure if isinstance(failure, TemporaryFailure) else None
        word = "permanent" if temporary is None else "unknown" if temporary.ambiguous else "temporary"
        rest = temporary.retry_after if temporary else None
        async with self._database.transaction() as connection:
            ended = (attempt.bundle_id, attempt.number, now, word, failure.code, "")
            if await connection.fetchval(rows.END, *ended) is None:
                return
            if rest:
                await connection.execute(rows.REST, attempt.contact_id, now + rest)
            first = replace(attempt.messages[0], urgent=attempt.urgent, attempts=attempt.number)
            outcome = delivery.after_failure(first, now, permanent=temporary is None, retry_after=rest)
            keys = [one.key for one in attempt.messages]
            if outcome.again_at is not None:
                await connection.execute(rows.AGAIN, keys, outcome.again_at)
                return
            await connection.execute(rows.FAIL, keys, now, failure.code)
            await self._next(connection, attempt.messages, failure.code, now)

    async def fall(self, messages: Sequence[Message], now: datetime) -> None:
        """The contact point of these is gone; the next channel is theirs. Raises ``Temporary``."""
        async with self._database.transaction() as connection:
            await connection.execute(rows.FAIL, [one.key for one in messages], now, "contact_retired")
            await self._next(connection, messages, "contact_retired", now)

    async def _next(
        self, connection: Connection, messages: Iterable[Message], code: str, now: datetime
    ) -> None:
        added: list[tuple[Any, ...]] = []
        for one in messages:
            row = await connection.fetchrow(rows.NEXT_CONTACT, one.contact_id, self._channels)
            if row is None:
                continue
            key = delivery.key_of(one.case_id, one.seq, one.kind, one.recipient, row["channel"])
            reason = f"{one.channel.label}未送达（{code}），改走{ChannelName(row['channel']).label}"
            added.append((key, one.key, row["channel"], row["id"], reason, now))
        await connection.executemany(rows.FALL, added)
        for channel in sorted({row[2] for row in added}):
            await connection.execute(f"NOTIFY deliveries_{ChannelName(channel).value}")

    async def mute(self, keys: Sequence[str], now: datetime) -> None:
        """These messages are kept to the inbox. Raises ``Temporary``."""
        async with self._database.connection() as connection:
            await connection.execute(rows.MUTE, list(keys), now)

    async def announcements(self, channel: ChannelName) -> AsyncGenerator[bool]:
        """``True`` at once and whenever something may wait for the channel. Raises ``Temporary`` at the end."""
        name = "notices" if channel is ChannelName.INBOX else f"deliveries_{channel.value}"
        async with self._database.listening(name) as heard:
            yield True
            while await heard.get():
                while not heard.empty():
                    if not heard.get_nowait():
                        raise Temporary("database")
                yield True
        raise Temporary("database")


def _holds(message: Message, holders: dict[str, set[str]]) -> bool:
    """Whether a message is still for its recipient; what is reached for a post itself stays with the post."""
    kind, _, who = message.recipient.partition(":")
    return kind != "person" or who in holders[message.post_id]


async def _attempt(connection: Connection, bundle: Bundle, epoch: int, now: datetime) -> Attempt:
    before: asyncpg.Record | None = None
    if bundle.id is not None:
        before = await connection.fetchrow(rows.BEFORE, bundle.id)
    attempt = Attempt(
        bundle_id=bundle.id or f"m-{secrets.token_hex(16)}",
        number=before["number"] + 1 if before else 1,
        first_at=before["first_at"] if before else now,
        at=now,
        messages=bundle.messages,
        contact_id=bundle.contact_id,
        resent=bool(before and before["unknown"] and not SPECS[bundle.channel].knows_ids),
    )
    row = (attempt.bundle_id, attempt.number, bundle.channel.value, bundle.contact_id, epoch, now)
    await connection.execute(rows.ATTEMPT, *row, bundle.keys, attempt.resent)
    await connection.execute(rows.SENDING, bundle.keys, attempt.bundle_id)
    return attempt
