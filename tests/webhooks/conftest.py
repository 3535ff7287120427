"""A world that may send to receivers on this machine, with its bell."""

from collections.abc import AsyncIterator

import pytest

from deploy.devstack import Devstack
from tests import harness
from workflows.gateway import HazardGateway
from workflows.webhook import BELL_ID


@pytest.fixture(scope="session")
async def hooked(stack: Devstack) -> AsyncIterator[harness.World]:
    async with harness.world(
        stack, BIHUAN_OUTGOING_LOOPBACK="true", BIHUAN_OUTGOING_ALLOWED="http://127.0.0.1"
    ) as running:
        gateway = HazardGateway(running.client, task_queue=running.settings.task_queue, timeout=15)
        await gateway.start_event_bell()
        yield running
        await running.client.get_workflow_handle(BELL_ID).terminate()
