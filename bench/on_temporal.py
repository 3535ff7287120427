"""B11, ours: the hazard workflow through its gateway, without HTTP, as the others are measured without it."""

from bench.stand import Stand
from domain.hazard import Case, Command
from workflows.gateway import HazardGateway


class OnTemporal:
    """Fits ``bench.engines.Engine`` on the stand's worker."""

    name = "ours"

    def __init__(self, stand: Stand) -> None:
        self._gateway = HazardGateway(stand.client, task_queue=stand.settings.task_queue, timeout=60)
        self.processes = {name: pid for name in ("worker", "temporal") if (pid := stand.stack.pids()[name])}

    async def start(self, case: Case) -> None:
        """Start the case's workflow."""
        await self._gateway.start(case)

    async def act(self, case_id: str, command: Command) -> None:
        """Bring a command and wait until it is on record."""
        await self._gateway.act(case_id, command)
