"""A workflow that reads the clock of its machine, which a replay would read otherwise."""

from datetime import UTC, datetime

from temporalio import workflow


@workflow.defn(name="Careless")
class CarelessWorkflow:
    """Not of this system."""

    @workflow.run
    async def run(self) -> str:
        """The wrong time."""
        return datetime.now(UTC).isoformat()
