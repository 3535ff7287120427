"""A district with its delivery at work: real receivers, a real engine, and a clock that tests wind."""

import asyncio
import contextlib
import itertools
import uuid
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import asyncpg
from prometheus_client import CollectorRegistry
from pydantic import SecretStr
from temporalio.client import Client, WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import Worker

from adapters.postgres.contact_points import PostgresContactPoints
from adapters.postgres.delivery_audit import PostgresDeliveryAudit
from domain.delivery import ChannelName
from domain.delivery.auditing import Finding
from domain.delivery.sending import Address
from domain.notices import NoticeKind
from services import bootstrap
from services.settings import Settings
from services.worker import delivering
from tests.delivery.receivers import Mailbox
from tests.harness import World
from tests.stack import eventually
from workflows.delivery import DeliveryWorkflow, workflow_id
from workflows.gateway import HazardGateway
from workflows.sandbox import runner

_NUMBERS = itertools.count(900_000)
_PUT = """
INSERT INTO notices (id, case_id, seq, kind, post_id, at, due_at, leaves_at, urgent, late, text)
SELECT id, split_part(id, '.', 1), $2, $3, $4, $5, $5, $6, $7, $8, text
FROM unnest($1::text[], $9::text[]) AS given (id, text)
"""
_ON_RECORD = "SELECT id FROM hazards UNION ALL SELECT id FROM collections UNION ALL SELECT id FROM bulletins"
STRAY = "待发表中的通知没有留痕依据"
_TABLES = (
    "notice_queue, notice_routes, delivery_attempts, deliveries, contact_codes, contact_points, delivery_channels, "
    "message_templates, delivery_audits, notice_acks"
)


@dataclass
class Office:
    """The district; ``settings`` are those of the delivery."""

    world: World
    settings: Settings
    box: Mailbox
    owner_url: str
    handles: dict[ChannelName, WorkflowHandle[Any, Any]] = field(default_factory=dict)
    known: frozenset[str] = frozenset()
    """What was on record before the test began."""

    @property
    def contacts(self) -> PostgresContactPoints:
        return PostgresContactPoints(self.world.database, bootstrap.sealer(self.settings))

    async def reach(
        self, owner: str, channel: ChannelName, to: str, secret: str = "", *, verified: bool = True
    ) -> str:
        kind, _, who = owner.partition(":")
        now = self.world.clock()
        contact = await self.contacts.add(kind, who, channel, Address(to=to, secret=secret), "test", now)
        if verified:
            await self.contacts.verify(contact, await self.contacts.new_code(contact, now), now)
        return contact

    async def put(
        self, post: str, kind: NoticeKind = NoticeKind.OVERDUE, *, count: int = 1, **more: Any
    ) -> list[str]:
        """Notices in the outbox, as a step would write them; gives their case numbers."""
        at = more.get("at", self.world.clock())
        seq = more.get("seq", 2)
        cases = more.get("cases") or [f"YH-2026-{next(_NUMBERS)}" for _ in range(count)]
        ids = [f"{case}.{seq}.{more.get('number', 1)}" for case in cases]
        row = (at, more.get("leaves_at", at), more.get("urgent", False), more.get("late", False))
        texts = [f"{case} 康宁养老院（示例）：已逾期" for case in cases]
        async with self.world.database.connection() as connection:
            await connection.execute(_PUT, ids, seq, kind.value, post, *row, texts)
        return list(cases)

    async def rows(self, cases: Iterable[str], *, channel: str | None = None) -> list[asyncpg.Record]:
        """The ledger of some cases, without the inbox unless asked for."""
        async with self.world.database.connection() as connection:
            return await connection.fetch(
                "SELECT * FROM deliveries WHERE case_id = ANY ($1) "
                "AND (channel = $2 OR $2::text IS NULL AND channel <> 'inbox') ORDER BY queued_at, key",
                list(cases),
                channel,
            )

    async def attempts(self) -> list[asyncpg.Record]:
        async with self.world.database.connection() as connection:
            return await connection.fetch("SELECT * FROM delivery_attempts ORDER BY at")

    async def states(self, cases: Iterable[str]) -> list[tuple[str, str, str]]:
        return sorted((row["recipient"], row["channel"], row["state"]) for row in await self.rows(cases))

    async def settled(self, cases: Iterable[str], within: float = 90) -> list[tuple[str, str, str]]:
        """Wait until nothing of these cases waits; gives (recipient, channel, state)."""
        wanted = list(cases)

        async def done() -> list[tuple[str, str, str]] | None:
            routed = {row["case_id"] for row in await self.rows(wanted, channel="inbox")}
            rows = await self.states(wanted)
            waits = any(state in ("pending", "sending") for _, _, state in rows)
            return None if waits or not routed >= set(wanted) else [*rows]

        async def answered() -> tuple[list[tuple[str, str, str]]] | None:
            rows = await done()
            return None if rows is None else (rows,)

        (rows,) = await eventually(answered, within=within)
        return rows

    async def acknowledge(self, case: str) -> None:
        """Somebody of the post takes note, as the inbox would write it."""
        async with self.world.database.connection() as connection:
            await connection.execute(
                "INSERT INTO notice_acks (notice_id, at, person_id, post_id) VALUES ($1, $2, 'p', 'post')",
                f"{case}.2.1",
                self.world.clock(),
            )

    def environment(self) -> dict[str, str]:
        """The settings as another process is told them."""
        told = self.settings.model_dump(exclude_unset=True)
        return {f"BIHUAN_{name.upper()}": _plain(value) for name, value in told.items() if value is not None}

    async def clear(self) -> None:
        owner = await asyncpg.connect(self.owner_url)
        await owner.execute(f"TRUNCATE {_TABLES}")
        self.known = frozenset(row["id"] for row in await owner.fetch(_ON_RECORD))
        await owner.close()

    async def audited(self, ahead: timedelta = timedelta(hours=2)) -> list[Finding]:
        """What an audit finds some time ahead; of what was there before, or was put into the outbox by hand, it is not asked."""
        auditor = PostgresDeliveryAudit(self.world.database)
        audited = await auditor.audit(None, self.world.clock() + ahead)
        assert audited.notices > 0
        strays = [one for one in audited.findings if one.sentence == STRAY and "YH-2026-9" in one.notice_id]
        mine = [one for one in audited.findings if one.notice_id.partition(".")[0] not in self.known]
        return [one for one in mine if one not in strays]

    async def sound(self, ahead: timedelta = timedelta(hours=2)) -> None:
        assert [(one.notice_id, one.sentence) for one in await self.audited(ahead)] == []

    async def wind(self, ahead: timedelta) -> None:
        """Let time pass, and have every dispatcher look at the clock."""
        self.world.clock.ahead += ahead
        await self.nudge()

    async def nudge(self) -> None:
        async with self.world.database.connection() as connection:
            for channel in ChannelName:
                name = "notices" if channel is ChannelName.INBOX else f"deliveries_{channel.value}"
                await connection.execute(f"NOTIFY {name}")

    async def until(self, instant: datetime) -> None:
        await self.wind(instant - self.world.clock())

    async def details(self, channel: ChannelName) -> str:
        """What the Temporal UI shows of a channel."""
        found: str = await self.handles[channel].query("__temporal_workflow_metadata")
        return str(found)


@contextlib.asynccontextmanager
async def dispatching(
    office: Office, *channels: ChannelName, metrics: CollectorRegistry | None = None, queue: str = ""
) -> AsyncIterator[None]:
    """The inbox and these channels at work in a worker of their own, or beside others on their ``queue``."""
    client, queue = office.world.client, queue or f"delivery-{uuid.uuid4().hex[:8]}"
    gateway = HazardGateway(client, task_queue=queue, timeout=20)
    async with delivering.opened(office.settings, metrics, office.world.clock) as delivery:
        worker = Worker(
            client,
            task_queue=queue,
            workflows=[DeliveryWorkflow],
            activities=[delivery.activities.dispatch],
            workflow_runner=runner(),
            graceful_shutdown_timeout=timedelta(seconds=5),
        )
        async with worker:
            for channel in (ChannelName.INBOX, *channels):
                await gateway.start_delivery(channel)
                office.handles[channel] = client.get_workflow_handle(workflow_id(channel))
            try:
                yield
            finally:
                await terminate(client, *office.handles)
                office.handles.clear()


async def terminate(client: Client, *channels: ChannelName) -> None:
    """End these dispatchers; one that has ended already is left so."""
    handles = [client.get_workflow_handle(workflow_id(channel)) for channel in channels]
    ends = await asyncio.gather(
        *(handle.terminate("the test is over") for handle in handles), return_exceptions=True
    )
    for end in ends:
        if isinstance(end, BaseException) and not _has_ended(end):
            raise end


def _has_ended(error: BaseException) -> bool:
    return isinstance(error, RPCError) and error.status is RPCStatusCode.NOT_FOUND


def _plain(value: Any) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, tuple):
        return " ".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)
