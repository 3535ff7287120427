"""Where workflow code runs: the sandbox, the same for workers and for replay.

Invariant: models and libraries pass through it, which keeps a cached case at a quarter of the memory. The converter
knows no contexts, so none are asked of the code inside.
"""

from typing import Any, Final

from temporalio.bridge.proto.workflow_activation import WorkflowActivation
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.converter import SerializationContext, StorageDriverStoreContext
from temporalio.worker import WorkflowInstance, WorkflowInstanceDetails
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions
from temporalio.workflow import Info

from workflows.bulletin import BulletinClockWorkflow
from workflows.collection import CollectionWorkflow
from workflows.daily_seal import DailySealWorkflow
from workflows.delivery import DeliveryWorkflow
from workflows.delivery_audit import DeliveryAuditWorkflow
from workflows.hazard import HazardWorkflow
from workflows.intake import IntakeRelayWorkflow
from workflows.reconciler import ReconcilerWorkflow
from workflows.restamp import RestampWorkflow
from workflows.series import SeriesPeriodWorkflow
from workflows.webhook import EventBellWorkflow, WebhookWorkflow

WORKFLOWS: Final[tuple[type[Any], ...]] = (
    BulletinClockWorkflow,
    CollectionWorkflow,
    DailySealWorkflow,
    DeliveryAuditWorkflow,
    DeliveryWorkflow,
    EventBellWorkflow,
    HazardWorkflow,
    IntakeRelayWorkflow,
    ReconcilerWorkflow,
    RestampWorkflow,
    SeriesPeriodWorkflow,
    WebhookWorkflow,
)


def runner() -> SandboxedWorkflowRunner:
    """The sandbox with our own and the model modules passed through."""
    passed = SandboxRestrictions.default.with_passthrough_modules(
        "activities", "domain", "pydantic", "pydantic_core", "temporalio", "workflows"
    )
    return _Runner(restrictions=passed)


class _Runner(SandboxedWorkflowRunner):
    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        """One workflow in the sandbox."""
        return _WithoutContext(super().create_instance(det))


class _WithoutContext(WorkflowInstance):
    """A sandboxed workflow that is not asked for the contexts of its payloads.

    The SDK asks three times for each payload, by compiling and running source in the sandbox: a sixth of a worker's time.
    Contexts are for codecs and storage drivers that want to know whose payload it is; neither is in use.
    """

    def __init__(self, sandboxed: WorkflowInstance) -> None:
        self._sandboxed = sandboxed

    def activate(self, act: WorkflowActivation) -> WorkflowActivationCompletion:
        """Run the workflow's code, in the sandbox."""
        return self._sandboxed.activate(act)

    def get_serialization_context(self, command_info: object) -> SerializationContext | None:  # noqa: ARG002 - the signature is that of the SDK
        """None, whatever the command."""
        return None

    def get_external_store_context(self, command_info: object) -> StorageDriverStoreContext:  # noqa: ARG002 - the signature is that of the SDK
        """No target: nothing is stored outside."""
        return StorageDriverStoreContext(target=None)

    def get_info(self) -> Info:
        """What the engine said of the workflow."""
        return self._sandboxed.get_info()

    def get_thread_id(self) -> int | None:
        """Where it runs at the moment, if it does."""
        return self._sandboxed.get_thread_id()
