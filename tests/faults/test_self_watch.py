"""What goes wrong inside is noticed by the system itself: a workflow that is stuck, and a reconciler that makes no passes."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial
from typing import Final

import asyncpg
import pytest
from temporalio import workflow
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from activities.reconcile import Pass, ReconcileActivities
from adapters.postgres.collection_drift import PostgresCollectionDrift
from adapters.postgres.drift import PostgresDrift
from adapters.postgres.hazards import PostgresHazards
from deploy import folder, postgres
from domain.drift import DriftKind
from services import bootstrap, clock
from tests import launched
from tests.api.live import Live
from tests.harness import World
from tests.stack import eventually
from tests.stories import behind
from workflows.gateway import HazardGateway, connect
from workflows.inventory import EngineInventory
from workflows.messages import HazardStart

BROKEN: Final = "broken"


@workflow.defn(name="Hazard")
class BrokenWorkflow:
    """A release with a bug: every task of it fails."""

    @workflow.run
    async def run(self, start: HazardStart) -> str:
        raise RuntimeError(f"a bug met {start.case_id}")


@pytest.fixture
async def owner(live: Live) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    secrets = folder.secrets(live.stack.data)
    connection = await asyncpg.connect(postgres.url(live.stack.data, "postgres", secrets.postgres))
    yield connection
    await connection.close()


@contextlib.asynccontextmanager
async def stuck(world: World) -> AsyncIterator[str]:
    """A case whose run meets the bug again and again."""
    number = (await behind.put_on_record(world)).id
    gateway = HazardGateway(world.client, task_queue=BROKEN, timeout=10)
    worker = Worker(
        await connect(replace(bootstrap.engine_address(world.settings), lazy=False)),
        task_queue=BROKEN,
        workflows=[BrokenWorkflow],
        workflow_runner=UnsandboxedWorkflowRunner(),
    )
    async with worker:
        await gateway.start_missing(await PostgresHazards(world.database).load(number))
        yield number
    await world.handle(number).terminate("the test is over")


async def test_a_case_whose_workflow_keeps_failing_is_told_by_reconciler_and_doctor(
    live: Live, world: World
) -> None:
    gateway = HazardGateway(world.client, task_queue=world.settings.task_queue, timeout=10)
    inventory = EngineInventory(world.client, gateway, timeout=10)
    reconciling = ReconcileActivities(
        PostgresDrift(world.database), PostgresCollectionDrift(world.database), inventory, clock.real
    )
    async with stuck(world) as number:
        await eventually(partial(_shown_stuck, inventory, number))
        found = (await reconciling.reconcile(Pass())).drifts
        assert (DriftKind.RUN_STUCK, number) in {(one.kind, one.subject) for one in found}
        code, out, _ = await launched.command("doctor", "--data", str(live.stack.data))
        assert code == 1
        assert any(number in line for line in out.splitlines() if line.startswith("异常"))


async def _shown_stuck(inventory: EngineInventory, number: str) -> bool:
    run = (await inventory.running("", None)).get(number)
    return run is not None and run.stuck


async def test_doctor_is_the_dead_mans_switch_of_a_reconciler_that_makes_no_passes(
    live: Live, owner: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    with live.frozen("worker"):
        await owner.execute("UPDATE reconciler_passes SET finished_at = now() - interval '5 minutes'")
        code, out, _ = await launched.command("doctor", "--data", str(live.stack.data))
    assert code == 1
    assert any("分钟没有自查" in line for line in out.splitlines() if line.startswith("异常"))
