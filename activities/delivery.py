"""The dispatcher of a channel (发送): waits for what is to be sent, plans, claims, sends and settles.

Invariant: nothing leaves that is not on record as about to leave, and one dispatcher at a time has a channel; a crash at any point
leaves at worst a repeat that is marked. It waits for announcements and for the next instant of its plan, and never polls.
"""

import asyncio
from typing import Final

from temporalio import activity

from activities.delivery_ports import Means
from activities.delivery_round import Dispatched, Round
from domain.delivery import ChannelName

HEARTBEAT_SECONDS: Final = 2.0


class DeliveryActivities:
    """The dispatchers' one effect."""

    def __init__(self, means: Means) -> None:
        self._means = means

    @activity.defn(name="delivery.dispatch")
    async def dispatch(self, channel: str) -> Dispatched:
        """Dispatch a channel until a round is over. Raises ``Temporary`` when the database is away.

        Heartbeats all the while. Ends early, and leaves what it has on record, when the worker shuts down or another
        dispatcher took over.
        """
        name = ChannelName(channel)
        beating = asyncio.create_task(_beat())
        announcements = self._means.ledger.announcements(name)
        try:
            return await Round(self._means, name).run(announcements)
        finally:
            beating.cancel()
            await asyncio.gather(beating, return_exceptions=True)
            await announcements.aclose()


async def _beat() -> None:
    while True:
        activity.heartbeat()
        await asyncio.sleep(HEARTBEAT_SECONDS)
