"""``python -m bench.floor_worker``: the worker of the engine's floor, in a process of its own as ours is."""

import asyncio
from dataclasses import replace

from temporalio.worker import PollerBehaviorAutoscaling, Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from adapters.postgres.database import Database
from bench.floor_engine import QUEUE, BareLoop, Keeper, nothing
from services import bootstrap
from services.settings import Settings
from workflows.gateway import connect


async def main() -> None:
    """Serve until killed."""
    settings = Settings()
    client = await connect(replace(bootstrap.engine_address(settings), lazy=False))
    passed = SandboxRestrictions.default.with_passthrough_modules(
        "adapters", "bench", "domain", "pydantic", "pydantic_core", "temporalio"
    )
    url = settings.database_url.get_secret_value()
    async with Database.opened(url, size=settings.database_pool, timeout=10) as database:
        await Worker(
            client,
            task_queue=QUEUE,
            workflows=[BareLoop],
            activities=[nothing, Keeper(database).keep],
            workflow_runner=SandboxedWorkflowRunner(restrictions=passed),
            workflow_task_poller_behavior=PollerBehaviorAutoscaling(),
            activity_task_poller_behavior=PollerBehaviorAutoscaling(),
        ).run()


if __name__ == "__main__":
    asyncio.run(main())
