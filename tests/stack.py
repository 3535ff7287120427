"""The real PostgreSQL and Temporal for a test session, and waiting without sleeping."""

import asyncio
import contextlib
import shutil
import socket
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

PATIENT: Final = {
    "BIHUAN_ENGINE_TIMEOUT": "15",
    "BIHUAN_DATABASE_TIMEOUT": "15",
    "BIHUAN_WAITING_PATIENCE": "15",
}
"""Settings for tests that are not about what is away: a busy machine is no reason to answer 503."""


@contextlib.contextmanager
def data_folder() -> Iterator[Path]:
    """A short path of our own: pytest's folders are closed again by every other pytest that starts."""
    folder = Path(tempfile.mkdtemp(prefix="bihuan-"))
    try:
        yield folder / "data"
    finally:
        shutil.rmtree(folder)


def free_ports(count: int) -> list[int]:
    """So many TCP ports that are free for a server and that the kernel gives to nobody else for a minute.

    Each has carried a connection that was closed on its side: it rests, as ports do (TIME_WAIT), and who asks for any port is
    not given one that rests.
    """
    with contextlib.ExitStack() as held:
        servers = [held.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        for server in servers:
            with socket.create_connection(server.getsockname()) as client:
                server.accept()[0].close()
                assert client.recv(1) == b""
        return [int(server.getsockname()[1]) for server in servers]


def ports() -> Ports:
    """Ports for a stack, which nobody takes before its servers listen."""
    api, temporal, ui = free_ports(3)
    return Ports(api=api, temporal=temporal, ui=ui)


@contextlib.asynccontextmanager
async def started() -> AsyncIterator[Devstack]:
    """PostgreSQL and Temporal, migrated, on free ports, with a clock that can be skipped.

    The port of the API, on which these tests run none, is kept: nothing is ever sent to it, so no receiver may be given it.
    """
    lines: list[str] = []
    free = ports()
    with data_folder() as data, socket.socket() as keeper:
        keeper.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        keeper.bind(("127.0.0.1", free.api))
        async with Devstack(data=data, ports=free, say=lines.append, time_skipping=True) as stack:
            yield stack


async def eventually(ask: Callable[[], Awaitable[T | None]], *, within: float = 90) -> T:
    """Ask until there is an answer that counts; fail after ``within`` seconds, which are many on a busy machine."""
    async with asyncio.timeout(within):
        while not (answer := await ask()):  # noqa: ASYNC110 - it is another process that we wait for
            await asyncio.sleep(0.02)
        return answer
