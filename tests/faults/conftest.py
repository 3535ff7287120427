"""One stack of real processes for every fault; what it says on the screen is kept."""

from collections.abc import AsyncIterator

import pytest

from tests.api import live as stacks
from tests.api.live import Live


@pytest.fixture(scope="session")
def said() -> list[str]:
    return []


@pytest.fixture(scope="session")
async def live(said: list[str]) -> AsyncIterator[Live]:
    async with stacks.running(said.append) as one:
        yield one
