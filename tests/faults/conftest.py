"""One stack of real processes for every fault; what it says on the screen is kept."""

from collections.abc import AsyncIterator

import pytest

from adapters.postgres.database import Database
from tests.api.live import Live
from tests.chaos import stage as stages
from tests.chaos.stage import Stage
from tests.harness import World
from tests.stack import data_folder


@pytest.fixture(scope="session")
async def stage() -> AsyncIterator[Stage]:
    with data_folder() as data:
        async with stages.running(data) as one:
            yield one


@pytest.fixture(scope="session")
def live(stage: Stage) -> Live:
    return stage.live


@pytest.fixture(scope="session")
def said(stage: Stage) -> list[str]:
    return stage.said


@pytest.fixture(scope="session")
async def world(live: Live) -> AsyncIterator[World]:
    """The same stack with the hands that stories use, and a way behind the API."""
    url = live.settings.database_url.get_secret_value()
    async with Database.opened(url, size=2, timeout=10) as database:
        yield stages.hands(live, database)
