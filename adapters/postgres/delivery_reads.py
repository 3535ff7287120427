"""Reading the ledger of messages, and letting go of the brake.

Invariant: an address is in no row that is read here.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from adapters.postgres.database import Database
from adapters.postgres.delivery_rows import RELEASE
from domain.delivery import ChannelName, DeliveryState
from domain.notices import NoticeKind

_PAGE: Final = """
SELECT key AS id, notice_id, case_id, kind, post_id, recipient, channel, state, attempts, queued_at, settled_at,
    reason AS why, outcome
FROM deliveries
WHERE ($1::text IS NULL OR case_id = $1) AND ($2::text IS NULL OR state = $2)
    AND ($3::text IS NULL OR (queued_at, key) < (SELECT queued_at, key FROM deliveries WHERE key = $3))
ORDER BY queued_at DESC, key DESC LIMIT $4
"""
"""A page of the ledger, the latest first."""

_CYCLES: Final = "SELECT channel, cycle_at FROM delivery_channels"
"""When each channel ended a cycle last."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One notice to one recipient by one channel; instants are aware."""

    id: str
    notice_id: str
    case_id: str
    kind: NoticeKind
    post_id: str
    recipient: str
    channel: ChannelName
    state: DeliveryState
    attempts: int
    queued_at: datetime
    settled_at: datetime | None
    why: str
    outcome: str | None


class PostgresDeliveryReads:
    """Reads the ledger."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(
        self, case_id: str | None, state: DeliveryState | None, after: str | None, limit: int
    ) -> list[Row]:
        """A page of the ledger, the latest first, from behind ``after``. Raises ``Temporary``."""
        async with self._database.connection() as connection:
            rows = await connection.fetch(_PAGE, case_id, state, after, limit)
        return [
            Row(
                **dict(row)
                | {
                    "kind": NoticeKind(row["kind"]),
                    "channel": ChannelName(row["channel"]),
                    "state": DeliveryState(row["state"]),
                }
            )
            for row in rows
        ]

    async def cycles(self) -> dict[ChannelName, datetime]:
        """When each channel ended a cycle last (aware). Raises ``Temporary``."""
        async with self._database.connection() as connection:
            rows = await connection.fetch(_CYCLES)
        return {ChannelName(row["channel"]): row["cycle_at"] for row in rows}

    async def release(self, channel: ChannelName | None, by: str, now: datetime) -> None:
        """What is braked by ``now`` (aware) leaves, on one channel or all. Raises ``Temporary``."""
        async with self._database.transaction() as connection:
            await connection.execute(RELEASE, channel, now, by)
            for one in ChannelName:
                if one is not ChannelName.INBOX:
                    await connection.execute(f"NOTIFY deliveries_{one.value}")
