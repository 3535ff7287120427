"""The real PostgreSQL and Temporal for a test session, and waiting without sleeping."""

import asyncio
import contextlib
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Final, TypeVar

from deploy.devstack import Devstack, Ports

T = TypeVar("T")

FEW_PEOPLE: Final = {
    "BIHUAN_REQUESTS_AT_ONCE": "1000",
    "BIHUAN_PERSON_RATE": "100000",
    "BIHUAN_PERSON_BURST": "100000",
}
"""Settings for tests in which few people do the work of many."""


@contextlib.contextmanager
def data_folder() -> Iterator[Path]:
    """A short path of our own: pytest's folders are closed again by every other pytest that starts."""
    folder = Path(tempfile.mkdtemp(prefix="bihuan-"))
    try:
        yield folder / "data"
    finally:
        shutil.rmtree(folder)


@contextlib.asynccontextmanager
async def started() -> AsyncIterator[Devstack]:
    """PostgreSQL and Temporal, migrated, on free ports, with a clock that can be skipped."""
    lines: list[str] = []
    with data_folder() as data:
        async with Devstack(data=data, ports=Ports.free(), say=lines.append, time_skipping=True) as stack:
            yield stack


async def eventually(ask: Callable[[], Awaitable[T | None]], *, within: float = 20) -> T:
    """Ask until there is an answer that counts; fail after ``within`` seconds."""
    async with asyncio.timeout(within):
        while not (answer := await ask()):  # noqa: ASYNC110 - it is another process that we wait for
            await asyncio.sleep(0.02)
        return answer
