"""Workers and replay run workflow code in the sandbox, where what differs from run to run is out of reach."""

import uuid

import pytest
from temporalio.client import WorkflowFailureError
from temporalio.worker import Worker
from temporalio.worker.workflow_sandbox import RestrictedWorkflowAccessError

from tests.careless import CarelessWorkflow
from tests.harness import World
from workflows.sandbox import runner


async def test_workflow_code_cannot_read_the_clock_of_its_machine(world: World) -> None:
    queue = uuid.uuid4().hex
    async with Worker(
        world.client,
        task_queue=queue,
        workflows=[CarelessWorkflow],
        workflow_runner=runner(),
        workflow_failure_exception_types=[RestrictedWorkflowAccessError],
    ):
        with pytest.raises(WorkflowFailureError) as failed:
            await world.client.execute_workflow(CarelessWorkflow.run, id=queue, task_queue=queue)
    assert "datetime.datetime.now" in str(failed.value.cause)
