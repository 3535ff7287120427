"""Starting the workflows of cases and orders that were put on record while the engine was away.

Invariant: a start that is repeated is harmless, so a crash at any point leaves at worst one more attempt.
"""

import asyncio
from collections.abc import Sequence

from temporalio import activity

from activities.ports import CollectionRecord, Engine, Intake, Orders
from activities.waiting import before_shutdown
from domain.hazard import Case

BATCH = 200
AT_ONCE = 20
GRACE_SECONDS = 3.0


class IntakeActivities:
    """The relay's one effect; ``intake``, ``orders`` and ``collections`` list what is wanted, ``engine`` starts it."""

    def __init__(self, intake: Intake, orders: Orders, collections: CollectionRecord, engine: Engine) -> None:
        self._intake = intake
        self._orders = orders
        self._collections = collections
        self._engine = engine

    @activity.defn(name="intake.relay")
    async def relay(self) -> int:
        """Wait until starts are wanted, start them all, and return how many there were.

        What is wanted when an announcement comes is given a few seconds of grace, in which the one who announced
        usually starts the workflow itself; only what is still wanted then is started. An attempt after the first looks
        at once, because nobody did meanwhile. Heartbeats while it waits. Raises ``Temporary`` when the engine or the
        database is away; the retry policy brings it back. Returns 0 when the worker is shutting down.
        """
        announcements, at_once = self._intake.announcements(), activity.info().attempt > 1
        try:
            while await before_shutdown(anext(announcements)):
                wanted = await self._intake.wanted()
                if not at_once and not await before_shutdown(asyncio.sleep(GRACE_SECONDS)):
                    break
                at_once = False
                if count := await self._start_wanted(wanted):
                    return count
            return 0
        finally:
            await announcements.aclose()

    async def _start_wanted(self, wanted: Sequence[str]) -> int:
        count, gate = 0, asyncio.Semaphore(AT_ONCE)
        for first in range(0, len(wanted), BATCH):
            cases = await self._intake.still_wanted(wanted[first : first + BATCH])
            await asyncio.gather(*(self._start(case, gate) for case in cases))
            count += len(cases)
            activity.heartbeat(count)
        for order_id in await self._orders.wanted():
            await self._engine.start_restamp(order_id)
        for collection_id in await self._collections.wanted():
            await self._engine.look(collection_id)
            count += 1
        return count

    async def _start(self, case: Case, gate: asyncio.Semaphore) -> None:
        async with gate:
            await self._engine.start(case)
