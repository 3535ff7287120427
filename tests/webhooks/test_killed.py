"""A worker that is killed while it sends: the message comes again with the same id, and nothing is lost."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from deploy.devstack import Devstack
from tests import harness, stack
from tests.outgoing import receiver
from tests.outgoing.receiver import receiving, status
from tests.webhooks import receiving as hooks
from tests.webhooks.receiving import by_case, check_signatures, subscribed, told

HERE: dict[str, Any] = {"BIHUAN_OUTGOING_LOOPBACK": "true", "BIHUAN_OUTGOING_ALLOWED": "http://127.0.0.1"}


@asynccontextmanager
async def worker(of: Devstack) -> AsyncIterator[asyncio.subprocess.Process]:
    """A worker in a process of its own, which does not outlive the test."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "services.worker", env=dict(os.environ) | of.settings() | HERE
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_a_worker_killed_while_it_sends_costs_a_repeat_with_the_same_id() -> None:
    async with stack.started() as running, receiving(receiver.never) as there:
        queue = running.settings()["BIHUAN_TASK_QUEUE"]
        async with (
            harness.world(running, working=False, BIHUAN_TASK_QUEUE=queue, **HERE) as world,
            worker(running) as first,
            subscribed(world, there.url()) as hook,
        ):
            expected = await told(world, 2, 3)
            await there.until(2)
            first.kill()
            await first.wait()
            cut_off, there.answer = len(there.requests), status(200)
            async with worker(running):
                await there.until(cut_off + 6)
                await hooks.until(world, hook, pending=0, state="active")
            assert by_case(there.requests[cut_off:]) == expected
            assert by_case(there.requests[:cut_off]) == {case: ids[:1] for case, ids in expected.items()}
            check_signatures(hook, there.requests)
            outcomes = [one["outcome"] for one in (await hooks.log(world, hook))[0]["latest"]]
            assert outcomes == ["accepted", None]
