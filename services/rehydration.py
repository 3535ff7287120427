"""Wiring for starting every open case again: the same for the command line and for the embedded stack.

Invariant: nothing is kept between calls; who calls again after a failure goes on where it ended.
"""

from typing import Final

from activities import rehydration
from adapters.postgres.collections import PostgresCollections
from adapters.postgres.database import Database
from adapters.postgres.open_cases import PostgresOpenCases
from services import bootstrap
from services.settings import Settings
from workflows.gateway import HazardGateway, connect

PATIENCE: Final = 10.0
"""Seconds for each batch that is read and each start."""


async def rehydrate(settings: Settings) -> int:
    """Start every open case that does not run and give how many there were. Raises ``Temporary``."""
    url = settings.database_url.get_secret_value()
    async with Database.opened(url, size=1, timeout=PATIENCE) as database:
        client = await connect(bootstrap.engine_address(settings))
        gateway = HazardGateway(client, task_queue=settings.task_queue, timeout=PATIENCE)
        started = await rehydration.rehydrate(PostgresOpenCases(database), gateway)
        return started + await rehydration.look_at_all(PostgresCollections(database), gateway)
