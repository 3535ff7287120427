"""Metrics in the format of Prometheus, on a port of their own that is bound to an address inside.

Invariant: labels are names of channels, codes and kinds, never of cases or people; what stands still is shown as of the last
cycle, with its instant, so that a dispatcher that hangs is seen by its age.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Final

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)

from activities.delivery_ports import Counts
from domain.delivery import ChannelName

_SECONDS: Final = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 30)
_WAITED: Final = (1, 2, 5, 10, 30, 60, 300, 1800, 3600, 43200)
_HEAD_SECONDS: Final = 5.0


class DeliveryMetrics:
    """Fits ``activities.delivery_ports.Meter``."""

    def __init__(self, registry: CollectorRegistry) -> None:
        channel = ["channel"]
        self._queue = Gauge("bihuan_delivery_queue", "Messages that wait", channel, registry=registry)
        self._age = Gauge(
            "bihuan_delivery_queue_age_seconds", "How long the oldest has waited", channel, registry=registry
        )
        self._cycle = Gauge(
            "bihuan_delivery_last_cycle_timestamp_seconds",
            "When a cycle ended last",
            channel,
            registry=registry,
        )
        self._blind = Gauge(
            "bihuan_delivery_unknown", "1 while the database does not answer", registry=registry
        )
        self._sending = Histogram(
            "bihuan_delivery_send_seconds",
            "How long a receiver took",
            channel,
            registry=registry,
            buckets=_SECONDS,
        )
        self._waited = Histogram(
            "bihuan_delivery_wait_seconds",
            "From the queue to the receiver",
            channel,
            registry=registry,
            buckets=_WAITED,
        )
        self._failures = Counter(
            "bihuan_delivery_failures", "Attempts that failed", [*channel, "code"], registry=registry
        )

    def stands(
        self, channel: ChannelName, counts: Counts, now: datetime, cycle_at: datetime | None = None
    ) -> None:
        """How a channel stands at ``now`` (aware), whose last cycle ended then or at ``cycle_at``."""
        age = (now - counts.oldest_at).total_seconds() if counts.oldest_at else 0
        self._queue.labels(channel.value).set(counts.queue)
        self._age.labels(channel.value).set(max(0, age))
        self._cycle.labels(channel.value).set((cycle_at or now).timestamp())
        self._blind.set(0)

    def blind(self) -> None:
        """The database does not answer: what is shown is old."""
        self._blind.set(1)

    def left(self, channel: ChannelName, seconds: float, waited: float) -> None:
        """A message was taken."""
        self._sending.labels(channel.value).observe(seconds)
        self._waited.labels(channel.value).observe(max(0, waited))

    def refused(self, channel: ChannelName, code: str) -> None:
        """An attempt failed."""
        self._failures.labels(channel.value, code).inc()


@asynccontextmanager
async def served(
    registry: CollectorRegistry, host: str, port: int, refresh: Callable[[], Awaitable[None]] | None = None
) -> AsyncIterator[int]:
    """Serve ``GET /metrics`` on a port of its own (0: one that is free); gives the port. ``refresh`` runs before each answer."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(_HEAD_SECONDS):
                asked = await reader.readuntil(b"\r\n\r\n")
            if not asked.startswith(b"GET /metrics "):
                writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            else:
                if refresh is not None:
                    await refresh()
                writer.write(_page(registry))
            await writer.drain()
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            logging.getLogger(__name__).debug("a reader of metrics went away")
        finally:
            writer.close()

    server = await asyncio.start_server(answer, host, port)
    try:
        taken: int = server.sockets[0].getsockname()[1]
        yield taken
    finally:
        server.close()


def _page(registry: CollectorRegistry) -> bytes:
    body = generate_latest(registry)
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {CONTENT_TYPE_LATEST}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    return head.encode() + body
