"""Where workflow code runs: the sandbox, the same for workers and for replay.

Invariant: models and libraries pass through it, which keeps a cached case at a quarter of the memory.
"""

from typing import Any, Final

from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from workflows.hazard import HazardWorkflow
from workflows.intake import IntakeRelayWorkflow
from workflows.reconciler import ReconcilerWorkflow
from workflows.restamp import RestampWorkflow

WORKFLOWS: Final[tuple[type[Any], ...]] = (
    HazardWorkflow,
    IntakeRelayWorkflow,
    ReconcilerWorkflow,
    RestampWorkflow,
)


def runner() -> SandboxedWorkflowRunner:
    """The sandbox with our own and the model modules passed through."""
    passed = SandboxRestrictions.default.with_passthrough_modules(
        "activities", "domain", "pydantic", "pydantic_core", "temporalio", "workflows"
    )
    return SandboxedWorkflowRunner(restrictions=passed)
