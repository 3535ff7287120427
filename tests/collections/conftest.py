"""Each story begins at the real time, and leaves the clock to others as it found it."""

from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta

import pytest

from tests import harness
from tests import stack as stacks
from tests.harness import World


@pytest.fixture(autouse=True)
def _clock_set_back(world: World) -> Iterator[None]:
    world.clock.ahead, world.following = timedelta(), False
    yield
    world.clock.ahead, world.clock.stopped, world.following = timedelta(), None, False


@pytest.fixture
def monday(world: World) -> datetime:
    """The story begins on a Monday at 09:00 local, in plain weeks."""
    return world.begin_on_monday()


@pytest.fixture(scope="session")
async def sole() -> AsyncIterator[World]:
    """A world whose days nobody else counts by: its tests edit them."""
    async with stacks.started() as running, harness.world(running) as opened:
        yield opened


@pytest.fixture
def alone(sole: World) -> Iterator[World]:
    """That world at the real time, to which it is set back."""
    sole.clock.ahead = timedelta()
    yield sole
    sole.clock.ahead = timedelta()
