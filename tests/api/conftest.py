"""Running systems for the tests of the API: real processes, and an API in this one that has refused nobody yet."""

from collections.abc import AsyncIterator

import pytest

from deploy.devstack import Devstack
from tests import harness
from tests.api import live as system
from tests.stack import PATIENT


@pytest.fixture(scope="package")
async def live() -> AsyncIterator[system.Live]:
    """Processes that are patient with a busy machine."""
    async with system.running(PATIENT) as running:
        yield running


@pytest.fixture(scope="module")
async def prompt() -> AsyncIterator[system.Live]:
    """Processes as they are shipped, which say soon that something is away; a test may freeze what they lean on."""
    async with system.running() as running:
        yield running


@pytest.fixture(scope="package")
async def fresh(stack: Devstack) -> AsyncIterator[harness.World]:
    """An API whose allowances are as full as after its start."""
    async with harness.world(stack) as running:
        yield running
