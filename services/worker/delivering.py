"""Wiring of the delivery: its activities over a pool of their own, since each dispatcher keeps a connection that listens."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from prometheus_client import CollectorRegistry

from activities.delivery import DeliveryActivities
from activities.delivery_audit import DeliveryAuditActivities
from activities.delivery_ports import Means
from adapters.channels import registry
from adapters.postgres.database import Database
from adapters.postgres.deliveries import PostgresDeliveries
from adapters.postgres.delivery_audit import PostgresDeliveryAudit
from adapters.postgres.office import PostgresOffice
from adapters.postgres.routing import PostgresRouting
from domain.delivery import ChannelName, Pace
from domain.errors import Temporary
from services import bootstrap, clock
from services.metrics import DeliveryMetrics
from services.settings import Settings
from workflows.schedules import Schedules

CONNECTIONS: Final = 24
"""One that listens per channel, and some for what they do."""
ROUND: Final = 60.0
"""Seconds between two looks at the schedule of the audit."""
PATIENCE: Final = 20.0
"""Seconds for a batch."""


@dataclass(frozen=True, kw_only=True)
class Delivering:
    """The activities, and the channels that are set up, the inbox first."""

    activities: DeliveryActivities
    audit: DeliveryAuditActivities
    channels: tuple[ChannelName, ...]

    @property
    def methods(self) -> tuple[Callable[..., Any], ...]:
        """The activities, for a worker."""
        return self.activities.dispatch, self.audit.audit


@asynccontextmanager
async def opened(
    settings: Settings, metrics: CollectorRegistry | None = None, now: clock.Clock = clock.real
) -> AsyncIterator[Delivering]:
    """The delivery from the settings. Raises ``ValueError`` for a server's address that cannot be used."""
    servers = bootstrap.servers(settings)
    url = settings.database_url.get_secret_value()
    async with Database.opened(url, size=CONNECTIONS, timeout=PATIENCE) as database:
        means = Means(
            routing=PostgresRouting(database, servers.channels),
            ledger=PostgresDeliveries(database, servers.channels),
            office=PostgresOffice(database, bootstrap.sealer(settings)),
            channels=registry.channels(servers, bootstrap.outgoing(settings)),
            meter=DeliveryMetrics(metrics or CollectorRegistry()),
            clock=now,
            pace=Pace(window=timedelta(seconds=settings.bundling_seconds)),
        )
        yield Delivering(
            activities=DeliveryActivities(means),
            audit=DeliveryAuditActivities(PostgresDeliveryAudit(database), now),
            channels=(ChannelName.INBOX, *servers.channels),
        )


async def keep(schedules: Schedules) -> None:
    """See to the schedule of the audit, again and again, until cancelled."""
    while True:
        with contextlib.suppress(Temporary):
            await schedules.ensure_delivery_audit()
        await asyncio.sleep(ROUND)
