"""Each story begins at the real time, and leaves the clock to others as it found it."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from tests.harness import World


@pytest.fixture(autouse=True)
def _clock_set_back(world: World) -> Iterator[None]:
    world.clock.ahead, world.following = timedelta(), False
    yield
    world.clock.ahead, world.following = timedelta(), False


@pytest.fixture
def monday(world: World) -> datetime:
    """The story begins on a Monday at 09:00 local, in plain weeks."""
    return world.begin_on_monday()
