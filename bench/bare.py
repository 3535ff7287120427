"""The client of the engine's floor: starts bare workflows and sends them updates, with nothing in between."""

import uuid

from temporalio.client import Client, WorkflowHandle

from bench.floor_engine import QUEUE, Bare, BareLoop

Handle = WorkflowHandle[BareLoop, int]

_TEXT = '{"action": "confirm", "note": "现场核实属实"}'


async def start(client: Client, bare: Bare, workflow_id: str | None = None) -> Handle:
    """Start one bare workflow, under an id of its own unless told."""
    name = workflow_id or f"bare-{uuid.uuid4().hex}"
    return await client.start_workflow(BareLoop.run, bare, id=name, task_queue=QUEUE)


async def act(handle: Handle) -> None:
    """One update, which answers when its local activity is done."""
    await handle.execute_update(BareLoop.act, _TEXT, id=uuid.uuid4().hex)


async def loop(client: Client, updates: int, *, writes: bool = False) -> Handle:
    """A bare loop: start and this many updates."""
    handle = await start(client, Bare(updates=updates, writes=writes))
    for _ in range(updates):
        await act(handle)
    return handle
