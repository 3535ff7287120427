"""The database in trouble for a while, and runs at rest: what scenes need so that things meet as they are meant to."""

import contextlib
from collections.abc import AsyncIterator

import asyncpg
from temporalio.client import WorkflowHistory

from deploy.devstack import Devstack
from tests.harness import World


@contextlib.asynccontextmanager
async def without(stack: Devstack, right: str, table: str = "hazards") -> AsyncIterator[asyncpg.Connection]:
    """The system may not do this to a table for a while, as when the database is in trouble; gives the owner's connection."""
    owner = await asyncpg.connect(stack.owner_url)
    try:
        await owner.execute(f"REVOKE {right} ON {table} FROM bihuan_app")
        yield owner
    finally:
        await owner.execute(f"GRANT {right} ON {table} TO bihuan_app")
        await owner.close()


def count(history: WorkflowHistory, *kinds: str) -> int:
    """How many events of these kinds there are."""
    return sum(event.HasField(f"{kind}_event_attributes") for event in history.events for kind in kinds)  # type: ignore[arg-type]


async def happened(world: World, workflow: str, kind: str, times: int = 1) -> bool:
    """Whether a run has come upon so many of an event."""
    return count(await world.handle(workflow).fetch_history(), kind) >= times


async def at_rest(world: World, workflow: str) -> bool:
    """Whether a run waits for its next timer, with nothing under way, or is over."""
    history = await world.handle(workflow).fetch_history()
    if count(history, "workflow_execution_completed", "workflow_execution_failed"):
        return True
    timers = count(history, "timer_started") - count(history, "timer_fired", "timer_canceled")
    under_way = count(history, "activity_task_scheduled") - count(history, "activity_task_completed")
    tasks = count(history, "workflow_task_scheduled") - count(history, "workflow_task_completed")
    return (timers, under_way, tasks) == (1, 0, 0)
