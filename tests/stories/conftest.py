"""Each story begins at the real time."""

from datetime import datetime, timedelta

import pytest

from tests.harness import World


@pytest.fixture(autouse=True)
def _clock_set_back(world: World) -> None:
    world.clock.ahead, world.following = timedelta(), False


@pytest.fixture
def monday(world: World) -> datetime:
    """The story begins on a Monday at 09:00 local, in plain weeks."""
    return world.begin_on_monday()
