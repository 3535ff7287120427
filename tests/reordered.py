"""The hazard workflow with two steps deliberately swapped, as a careless change would: a replay must catch it."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.hazard import Change
    from workflows.hazard import HazardWorkflow
    from workflows.messages import HazardStart


@workflow.defn(name="Hazard")
class ReorderedHazardWorkflow(HazardWorkflow):
    """Shows a change before it is on record."""

    @workflow.init
    def __init__(self, start: HazardStart) -> None:
        super().__init__(start)

    @workflow.run
    async def run(self, start: HazardStart) -> str:
        """As before."""
        return await super().run(start)

    async def _record(self, change: Change) -> None:
        self._show(change.case, change)
        await super()._record(change)
