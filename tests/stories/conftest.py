"""Each story begins at the real time."""

from datetime import timedelta

import pytest

from tests.harness import World


@pytest.fixture(autouse=True)
def _clock_set_back(world: World) -> None:
    world.clock.ahead = timedelta()
