"""Wiring of what collections need of a worker, and keeping the schedules of series.

Invariant: an engine that lost its schedules has them again within one round; a series that was stopped has no schedule.
"""

import asyncio
import contextlib
from typing import Any, Final

from activities.collection import CollectionActivities
from activities.series import SeriesActivities
from adapters.postgres.bulletins import AtCutOff, PostgresBulletins
from adapters.postgres.collection_freezing import PostgresFrozenLists
from adapters.postgres.collection_series import PostgresSeries
from adapters.postgres.collections import PostgresCollections
from adapters.postgres.database import Database
from domain.errors import Temporary
from services import clock
from workflows.gateway import HazardGateway
from workflows.schedules import Schedules

ROUND: Final = 60.0
"""Seconds between two looks at the schedules."""

_BATCH: Final = 200


def activities(database: Database, gateway: HazardGateway) -> list[Any]:
    """The effects of the workflows of collections and of series."""
    collections = CollectionActivities(
        PostgresCollections(database), PostgresFrozenLists(database), AtCutOff(PostgresBulletins(database))
    )
    series = SeriesActivities(PostgresSeries(database), gateway, clock.real)
    return [collections.look, collections.step, collections.draft, series.open]


async def keep(database: Database, schedules: Schedules) -> None:
    """See to the schedules of all series until cancelled."""
    while True:
        with contextlib.suppress(Temporary):
            await see_to(PostgresSeries(database), schedules)
        await asyncio.sleep(ROUND)


async def see_to(record: PostgresSeries, schedules: Schedules) -> None:
    """Make the schedules that lack and remove those of stopped series. Raises ``Temporary``."""
    after = ""
    while page := await record.page(after, _BATCH):
        for series in page:
            if series.active:
                await schedules.ensure(series)
            else:
                await schedules.remove(series.id)
        after = page[-1].id
