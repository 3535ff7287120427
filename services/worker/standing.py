"""Keeping the standing workflows (relay, reconciler, seal, bulletins, deliveries) going for as long as a worker lives.

Invariant: an engine that lost them, by a mistake or with its file, has them again within one round; an engine that is
away is asked again in the next round.
"""

import asyncio
import contextlib
from collections.abc import Iterable
from typing import Final

from domain.delivery import ChannelName
from domain.errors import Temporary
from workflows.gateway import HazardGateway

ROUND: Final = 5.0
"""Seconds between two looks."""


async def keep(gateway: HazardGateway, channels: Iterable[ChannelName], stop: asyncio.Event) -> None:
    """Start what does not run, again and again, until ``stop`` is set."""
    while not stop.is_set():
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), timeout=ROUND)
            return
        with contextlib.suppress(Temporary):
            await start(gateway, channels)


async def start(gateway: HazardGateway, channels: Iterable[ChannelName]) -> None:
    """Start what does not run, and the delivery of each of these channels. Raises ``Temporary``."""
    await gateway.start_relay()
    await gateway.start_reconciler()
    await gateway.start_bulletin_clock()
    await gateway.start_daily_seal()
    for channel in channels:
        await gateway.start_delivery(channel)
