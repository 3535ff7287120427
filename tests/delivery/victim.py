"""``python -m tests.delivery.victim POINT QUEUE AHEAD``: a dispatching worker that is killed at one step of sending.

The settings come from the environment; AHEAD are the seconds by which its clock is ahead.
"""

import asyncio
import os
import signal
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from temporalio.worker import Worker

from activities.delivery import DeliveryActivities, Means
from activities.delivery_ports import Attempt, Ledger
from domain.delivery import Bundle
from domain.delivery.sending import Receipt
from services import bootstrap, clock
from services.settings import Settings
from services.worker import delivering
from workflows.delivery import DeliveryWorkflow
from workflows.gateway import connect
from workflows.sandbox import runner

POINTS = ("before_claim", "after_claim", "after_send", "after_settle")


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class _Ledger:
    """The ledger, until the point is reached."""

    def __init__(self, real: Ledger, point: str) -> None:
        self._real = real
        self._point = point

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    async def claim(self, bundle: Bundle, epoch: int, now: datetime) -> Attempt | None:
        if self._point == "before_claim":
            _die()
        claimed = await self._real.claim(bundle, epoch, now)
        if self._point == "after_claim":
            _die()
        return claimed

    async def sent(self, attempt: Attempt, receipt: Receipt, now: datetime) -> None:
        if self._point == "after_send":
            _die()
        await self._real.sent(attempt, receipt, now)
        if self._point == "after_settle":
            _die()


async def main(point: str, queue: str, ahead: float) -> None:
    settings = Settings()
    client = await connect(replace(bootstrap.engine_address(settings), lazy=False))
    async with delivering.opened(settings, now=lambda: clock.real() + timedelta(seconds=ahead)) as delivery:
        means: Means = delivery.activities._means
        deadly = replace(means, ledger=_Ledger(means.ledger, point))
        activities = DeliveryActivities(deadly)
        async with Worker(
            client,
            task_queue=queue,
            workflows=[DeliveryWorkflow],
            activities=[activities.dispatch],
            workflow_runner=runner(),
        ):
            await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], float(sys.argv[3])))
