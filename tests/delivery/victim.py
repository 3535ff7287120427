"""``python -m tests.delivery.victim POINT QUEUE AHEAD``: a dispatching worker that is killed, or frozen, at one step of sending.

The settings come from the environment; AHEAD are the seconds by which its clock is ahead. Frozen, it stands still right after its
third claim, and settles nothing before; thawed, it finishes what it has under way and ends.
"""

import asyncio
import contextlib
import os
import signal
import sys
import uuid
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from temporalio.worker import Worker

from activities.delivery import DeliveryActivities
from activities.delivery_ports import Attempt, Ledger, Means
from domain.delivery import Bundle, ChannelName
from domain.delivery.sending import Receipt
from services import bootstrap, clock
from services.settings import Settings
from services.worker import delivering
from tests.delivery.office import Office, terminate
from workflows.delivery import DeliveryWorkflow
from workflows.gateway import HazardGateway, connect
from workflows.sandbox import runner

POINTS = ("before_claim", "after_claim", "after_send", "after_settle")
FROZEN = "frozen"
_CLAIMS = 3


@contextlib.asynccontextmanager
async def at_work(office: Office, point: str, *channels: ChannelName) -> AsyncIterator[tuple[Process, str]]:
    """The inbox and these channels at work in such a worker; gives its process and its queue."""
    queue = f"victim-{uuid.uuid4().hex[:8]}"
    gateway = HazardGateway(office.world.client, task_queue=queue, timeout=20)
    for channel in (ChannelName.INBOX, *channels):
        await gateway.start_delivery(channel)
    words = ("-m", "tests.delivery.victim", point, queue, str(office.world.clock.ahead.total_seconds()))
    process = await asyncio.create_subprocess_exec(
        sys.executable, *words, env=os.environ | office.environment(), stderr=asyncio.subprocess.DEVNULL
    )
    try:
        yield process, queue
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
        await terminate(office.world.client, ChannelName.INBOX, *channels)


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class _Ledger:
    """The ledger, until the point is reached."""

    def __init__(self, real: Ledger, point: str) -> None:
        self._real = real
        self._point = point
        self._claims = 0
        self.thawed = asyncio.Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    async def claim(self, bundle: Bundle, epoch: int, now: datetime) -> Attempt | None:
        if self._point == "before_claim":
            _die()
        claimed = await self._real.claim(bundle, epoch, now)
        if self._point == "after_claim":
            _die()
        self._claims += 1
        if self._point == FROZEN and self._claims == _CLAIMS:
            os.kill(os.getpid(), signal.SIGSTOP)
            self.thawed.set()
        return claimed

    async def sent(self, attempt: Attempt, receipt: Receipt, now: datetime) -> None:
        if self._point == "after_send":
            _die()
        if self._point == FROZEN:
            await self.thawed.wait()
        await self._real.sent(attempt, receipt, now)
        if self._point == "after_settle":
            _die()


async def main(point: str, queue: str, ahead: float) -> None:
    settings = Settings()
    client = await connect(replace(bootstrap.engine_address(settings), lazy=False))
    async with delivering.opened(settings, now=lambda: clock.real() + timedelta(seconds=ahead)) as delivery:
        means: Means = delivery.activities._means
        ledger = _Ledger(means.ledger, point)
        activities = DeliveryActivities(replace(means, ledger=ledger))
        async with Worker(
            client,
            task_queue=queue,
            workflows=[DeliveryWorkflow],
            activities=[activities.dispatch],
            workflow_runner=runner(),
            # one poll, so that a frozen worker swallows few of the tasks that are meant for the living
            max_concurrent_activity_task_polls=1,
            graceful_shutdown_timeout=timedelta(seconds=10),
        ):
            await ledger.thawed.wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], float(sys.argv[3])))
