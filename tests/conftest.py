"""One PostgreSQL and one Temporal for the whole session."""

import atexit
import gc
import os
import sys
from collections.abc import AsyncIterator

import pytest
from hypothesis import HealthCheck, settings

from deploy.devstack import Devstack
from tests import harness, launched
from tests import stack as stacks

# how long an example takes says more about the machine's other work than about the rule; and the examples are the same in
# every run, so that a run fails because of a change: others are sought with --hypothesis-profile=default
settings.register_profile(
    "suite", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("suite")


@pytest.fixture(scope="session")
async def stack() -> AsyncIterator[Devstack]:
    async with stacks.started() as running:
        yield running


@pytest.fixture(scope="session")
async def world(stack: Devstack) -> AsyncIterator[harness.World]:
    async with harness.world(stack) as running:
        yield running
        await harness.assert_plain_weeks(running.database)


@pytest.fixture(scope="session")
async def apart_stack() -> AsyncIterator[Devstack]:
    async with stacks.started() as running:
        yield running


@pytest.fixture(scope="session")
async def apart(apart_stack: Devstack) -> AsyncIterator[harness.World]:
    """A world for tests that change what everybody goes by: policy, calendar, desks, posts."""
    async with harness.world(apart_stack) as running:
        yield running


@pytest.fixture(scope="session")
async def sampled() -> AsyncIterator[launched.Launched]:
    """``bihuan up`` with the sample district, as a new user starts it."""
    with stacks.data_folder() as data:
        async with launched.running(data, sample=True) as running:
            yield running


def pytest_collection_finish() -> None:
    # what is loaded by now stays: a collection that walks it all halts workflows longer than their watch allows
    gc.collect()
    gc.freeze()


def pytest_sessionfinish(exitstatus: int) -> None:
    # a failed test leaves its exception here; from now on only a failing end of pytest itself sets it
    vars(sys).pop("last_value", None)
    atexit.register(_leave, int(exitstatus))


def _leave(code: int) -> None:
    """Skip the end of the interpreter, where threads of the Temporal client may abort a run that passed."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(1 if hasattr(sys, "last_value") else code)
