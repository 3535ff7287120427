"""Wiring and life of the watchdog.

Invariant: it uses neither the engine nor the worker; a database that does not answer is a silence like any other, and an alarm that
cannot be sent still stands in the log.
"""

import asyncio
import contextlib
import signal
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import structlog

from adapters.channels import registry
from adapters.channels.registry import Channel
from adapters.postgres.database import Database
from adapters.postgres.delivery_reads import PostgresDeliveryReads
from domain.delivery import ChannelName, watch
from domain.delivery.sending import Address, Outgoing, PermanentFailure, TemporaryFailure
from domain.errors import Temporary
from services import bootstrap, clock
from services.settings import Settings

log = structlog.get_logger()

EVERY_SECONDS: Final = 30.0


@dataclass
class Watchdog:
    """Looks, and alarms once per silence and again every half hour; ``began`` is since when it looks."""

    reads: PostgresDeliveryReads
    wanted: tuple[ChannelName, ...]
    channels: Mapping[ChannelName, Channel]
    to: str
    began: datetime
    known: dict[ChannelName, datetime] = field(default_factory=dict)
    alarmed_at: datetime | None = None

    async def look(self, now: datetime) -> str | None:
        """Look once at ``now`` (aware); gives the alarm that was raised, if any."""
        try:
            self.known = await self.reads.cycles()
        except Temporary:
            log.warning("the database does not answer")
        # what ended before anybody looked says nothing about now, unless it has been silent since
        seen = {name: max(at, self.began) for name, at in self.known.items()}
        quiet = watch.silent(self.wanted, seen, self.began, now)
        if not quiet:
            if self.alarmed_at is not None:
                log.info("the delivery goes on")
            self.alarmed_at = None
            return None
        if self.alarmed_at is not None and now - self.alarmed_at < watch.AGAIN_AFTER:
            return None
        self.alarmed_at = now
        text = watch.alarm(quiet, now)
        log.error("delivery stands still", channels=sorted(quiet), alarm=text)
        await self._tell(text, now)
        return text

    async def _tell(self, text: str, now: datetime) -> None:
        name, _, address = self.to.partition(":")
        if not address:
            return
        letter = Outgoing(
            id=f"watchdog-{now:%Y%m%d%H%M%S}",
            title="通知送达停止",
            text=text,
            first_at=now,
            at=now,
            urgent=True,
        )
        try:
            await self.channels[ChannelName(name)].send(letter, Address(to=address))
        except (TemporaryFailure, PermanentFailure) as failure:
            log.error("the alarm could not be sent", code=failure.code)


async def run(settings: Settings) -> None:
    """Look every half minute until a signal asks to stop."""
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    url = settings.database_url.get_secret_value()
    async with Database.opened(url, size=1, timeout=10) as database:
        dog = watchdog(settings, database, clock.real())
        log.info("watchdog is looking", channels=list(dog.wanted))
        while not stop.is_set():
            await dog.look(clock.real())
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), timeout=EVERY_SECONDS)


def watchdog(settings: Settings, database: Database, now: datetime) -> Watchdog:
    """The watchdog from the settings, looking since ``now`` (aware)."""
    servers = bootstrap.servers(settings)
    return Watchdog(
        reads=PostgresDeliveryReads(database),
        wanted=(ChannelName.INBOX, *servers.channels),
        channels=registry.channels(servers, bootstrap.outgoing(settings)),
        to=settings.alarm_to.get_secret_value(),
        began=now,
    )
