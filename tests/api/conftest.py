"""One running system for all tests of the API: real processes, which the tests of availability also freeze."""

from collections.abc import AsyncIterator

import pytest

from tests.api import live as system


@pytest.fixture(scope="package")
async def live() -> AsyncIterator[system.Live]:
    async with system.running() as running:
        yield running
