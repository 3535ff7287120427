"""Workers and replay run workflow code in the sandbox, where what differs from run to run is out of reach."""

import importlib
import pkgutil
import uuid

import pytest
from temporalio.client import WorkflowFailureError
from temporalio.worker import Worker
from temporalio.worker.workflow_sandbox import RestrictedWorkflowAccessError

import workflows
from tests.careless import CarelessWorkflow
from tests.harness import World
from workflows.sandbox import WORKFLOWS, runner


def _defined() -> set[str]:
    """Every workflow that a module of ours defines, by its full name in Python."""
    modules = [
        importlib.import_module(f"workflows.{one.name}") for one in pkgutil.iter_modules(workflows.__path__)
    ]
    return {
        f"{one.__module__}.{one.__name__}"
        for module in modules
        for one in vars(module).values()
        if isinstance(one, type) and hasattr(one, "__temporal_workflow_definition")
    }


def test_workers_and_replay_know_every_workflow_that_there_is() -> None:
    assert {f"{one.__module__}.{one.__name__}" for one in WORKFLOWS} == _defined()
    assert len(WORKFLOWS) == len(_defined())


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
