"""``bihuan replay``: does today's workflow code still agree with the histories?"""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from rich.console import Console
from temporalio.client import WorkflowHistory

from services import bootstrap
from services.settings import Settings
from workflows import replay
from workflows.gateway import connect

_OURS = 'WorkflowType IN ("Hazard", "IntakeRelay")'


def run(*, folder: Path | None, settings: Settings | None) -> bool:
    """Replay a folder of recorded histories, or those of the engine in ``settings``; give whether all agree."""
    return asyncio.run(_run(folder, settings))


async def _run(folder: Path | None, settings: Settings | None) -> bool:
    console = Console(highlight=False)
    count, failures = 0, 0
    async for one in replay.replay(_histories(folder, settings)):
        count += 1
        if one.failure:
            failures += 1
            console.print(f"不一致 {one.workflow_id}（{one.events} 个事件）：{one.failure}", markup=False)
    console.print(f"共回放 {count} 份历史，{failures} 份不一致。")
    return count > 0 and failures == 0


async def _histories(folder: Path | None, settings: Settings | None) -> AsyncIterator[WorkflowHistory]:
    if folder is not None:
        async for history in replay.recorded(folder):
            yield history
    elif settings is not None:
        client = await connect(bootstrap.engine_address(settings))
        async for history in replay.running(client, _OURS):
            yield history
