"""Keeping the standing workflows (relay, reconciler, seal, clock of bulletins, subscriptions) going while a worker lives.

Invariant: an engine that lost them, by a mistake or with its file, has them again within one round; an engine that is
away is asked again in the next round.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Final

from domain.errors import Temporary
from workflows.gateway import HazardGateway

ROUND: Final = 5.0
"""Seconds between two looks."""


Subscriptions = Callable[[], Awaitable[list[str]]]
"""Gives the ids of the active subscriptions to events."""


async def keep(gateway: HazardGateway, subscriptions: Subscriptions, stop: asyncio.Event) -> None:
    """Start what does not run, again and again, until ``stop`` is set."""
    while not stop.is_set():
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), timeout=ROUND)
            return
        with contextlib.suppress(Temporary):
            await start(gateway, subscriptions)


async def start(gateway: HazardGateway, subscriptions: Subscriptions) -> None:
    """Start what does not run. Raises ``Temporary``."""
    await gateway.start_relay()
    await gateway.start_reconciler()
    await gateway.start_bulletin_clock()
    await gateway.start_daily_seal()
    await gateway.start_event_bell()
    for webhook_id in await subscriptions():
        await gateway.start_webhook(webhook_id)
