"""Metrics of the API process: its requests, and how the delivery stands as the database says, even while no worker runs.

Invariant: they are served on a port of their own at an address inside; the public port knows nothing of them.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from prometheus_client import CollectorRegistry

from adapters.postgres.database import Database
from adapters.postgres.deliveries import PostgresDeliveries
from domain.delivery import ChannelName
from domain.errors import Temporary
from services import clock, metrics
from services.metrics import DeliveryMetrics
from services.settings import Settings


@asynccontextmanager
async def wanted(settings: Settings, now: clock.Clock, registry: CollectorRegistry) -> AsyncIterator[None]:
    """Serve what is in the registry where the settings name a port for it."""
    if settings.metrics_port is None:
        yield
        return
    async with served(settings, settings.metrics_port, now, registry):
        yield


@asynccontextmanager
async def served(
    settings: Settings, port: int, now: clock.Clock, registry: CollectorRegistry
) -> AsyncIterator[int]:
    """Serve what is in the registry, and the delivery, until the end; gives the port (of 0, the one that was free)."""
    meter = DeliveryMetrics(registry)
    url = settings.database_url.get_secret_value()
    async with Database.opened(url, size=1, timeout=settings.database_timeout) as database:
        ledger = PostgresDeliveries(database, ())

        async def refresh() -> None:
            try:
                for channel in ChannelName:
                    if standing := await ledger.stands(channel):
                        meter.stands(channel, standing.counts, now(), standing.cycle_at)
            except Temporary:
                meter.blind()

        async with metrics.served(registry, settings.metrics_host, port, refresh) as taken:
            yield taken
