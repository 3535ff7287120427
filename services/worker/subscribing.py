"""Keeping the subscriptions to events, and the bell that wakes them, going for as long as a worker lives.

Invariant: an engine that lost them has them again within one round; one that is away is asked again in the next.
"""

import asyncio
import contextlib
from typing import Any, Final

from activities.webhooks import WebhookActivities
from adapters.postgres.database import Database
from adapters.postgres.webhook_queue import WebhookQueue
from domain.errors import Temporary
from services import bootstrap, clock
from services.settings import Settings
from workflows.gateway import HazardGateway

ROUND: Final = 5.0
"""Seconds between two looks."""


def activities(database: Database, gateway: HazardGateway, settings: Settings) -> list[Any]:
    """The effects of the workflows of subscriptions."""
    hooks = WebhookActivities(WebhookQueue(database), bootstrap.posts(settings, clock.real), gateway)
    return [hooks.ring, hooks.deliver]


async def keep(database: Database, gateway: HazardGateway) -> None:
    """Start what does not run, again and again, until cancelled."""
    queue = WebhookQueue(database)
    while True:
        with contextlib.suppress(Temporary):
            await start(queue, gateway)
        await asyncio.sleep(ROUND)


async def start(queue: WebhookQueue, gateway: HazardGateway) -> None:
    """Start what does not run. Raises ``Temporary``."""
    await gateway.start_event_bell()
    for webhook_id in await queue.active():
        await gateway.start_webhook(webhook_id)
