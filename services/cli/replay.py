"""``bihuan replay``: does today's workflow code still agree with the histories?"""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

from google.protobuf.json_format import ParseError
from rich.console import Console
from temporalio.client import WorkflowHistory
from temporalio.service import RPCError

from deploy.processes import StackError
from domain.errors import Temporary
from services import bootstrap
from services.settings import Settings
from workflows import replay
from workflows.gateway import connect

_BEGINNING: Final = "workflow_execution_started_event_attributes"


def run(*, folder: Path | None, settings: Settings | None) -> bool:
    """Replay a folder of recorded histories, or those of the engine in ``settings``; give whether all agree.

    Raises ``StackError`` naming the file that is no history, and ``Temporary("engine")`` when the engine is away.
    """
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
        async for history in _recorded(folder):
            yield history
    elif settings is not None:
        try:
            client = await connect(bootstrap.engine_address(settings))
            # whatever a worker of today would carry on, of whichever type
            async for history in replay.running(client, f"TaskQueue = '{settings.task_queue}'"):
                yield history
        except (RuntimeError, RPCError) as away:  # the client raises the first when it cannot connect
            raise Temporary("engine") from away
        except ValueError as wrong:
            raise StackError("环境变量 BIHUAN_TEMPORAL_ADDRESS 的值不合要求，请改正后再试。") from wrong


async def _recorded(folder: Path) -> AsyncIterator[WorkflowHistory]:
    names = iter(sorted(file.name for file in folder.glob("*.json")))  # noqa: ASYNC240 - nothing else runs beside
    name = next(names, None)
    try:
        async for history in replay.recorded(folder):
            if not history.events or not history.events[0].HasField(_BEGINNING):
                raise ValueError(
                    "a history begins with its start"
                )  # the replayer would wait for it without end
            yield history
            name = next(names, None)
    except (OSError, ValueError, TypeError, AttributeError, KeyError, ParseError) as unread:
        raise StackError(f"{folder / (name or '')} 不是流程历史（{type(unread).__name__}）。") from unread
