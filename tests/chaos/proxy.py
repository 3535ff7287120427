"""A proxy that passes bytes through until it is told to refuse, delay, cut, hold, or drop the answer after the deed.

Invariant: outside a fault it changes nothing; a dropped answer was given by the server, so the deed is done.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Dial = Callable[[], Awaitable[Streams]]


@dataclass(frozen=True, kw_only=True)
class Weather:
    """How a proxy behaves: ``delay`` in seconds per chunk, ``cut`` and ``drop`` as chances per chunk."""

    refuse: bool = False
    hold: bool = False
    delay: float = 0.0
    cut: float = 0.0
    drop: float = 0.0


class Proxy:
    """One listener in front of one server."""

    def __init__(self, dial: Dial, random: Random) -> None:
        self._dial = dial
        self._random = random
        self._weather = Weather()
        self._calm = asyncio.Event()
        self._calm.set()
        self._open: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    @contextlib.asynccontextmanager
    async def faulty(self, weather: Weather) -> AsyncIterator[None]:
        """Behave badly until the end."""
        self._weather = weather
        if weather.hold:
            self._calm.clear()
        if weather.refuse:
            self._cut_all()
        try:
            yield
        finally:
            self._weather = Weather()
            self._calm.set()

    def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take one connection."""
        task = asyncio.ensure_future(self._serve((reader, writer)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """End every connection."""
        self._cut_all()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, client: Streams) -> None:
        if self._weather.refuse:
            client[1].transport.abort()
            return
        try:
            server = await self._dial()
        except OSError:
            client[1].transport.abort()
            return
        self._open |= {client[1], server[1]}
        there = asyncio.ensure_future(self._pump(client[0], server[1], answers=False))
        back = asyncio.ensure_future(self._pump(server[0], client[1], answers=True))
        try:
            await asyncio.wait({there, back}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (there, back):
                task.cancel()
            await asyncio.gather(there, back, return_exceptions=True)
            for writer in (client[1], server[1]):
                self._open.discard(writer)
                writer.transport.abort()

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, answers: bool
    ) -> None:
        with contextlib.suppress(OSError):
            while chunk := await reader.read(65536):
                await self._calm.wait()
                weather = self._weather
                if weather.delay:
                    await asyncio.sleep(weather.delay * self._random.random() * 2)
                if self._random.random() < (weather.drop if answers else 0) or (
                    weather.cut and self._random.random() < weather.cut
                ):
                    return
                writer.write(chunk)
                await writer.drain()

    def _cut_all(self) -> None:
        for writer in list(self._open):
            writer.transport.abort()


@contextlib.asynccontextmanager
async def tcp(port: int, to: int, random: Random) -> AsyncIterator[Proxy]:
    """Listen on ``port`` of the loopback address in front of port ``to``."""
    proxy = Proxy(lambda: asyncio.open_connection("127.0.0.1", to), random)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", port)
    async with _until_end(server, proxy):
        yield proxy


@contextlib.asynccontextmanager
async def unix(path: Path, to: Path, random: Random) -> AsyncIterator[Proxy]:
    """Listen on the socket ``path`` in front of the socket ``to``."""
    proxy = Proxy(lambda: asyncio.open_unix_connection(str(to)), random)
    server = await asyncio.start_unix_server(proxy.serve, str(path))
    async with _until_end(server, proxy):
        yield proxy


@contextlib.asynccontextmanager
async def _until_end(server: asyncio.Server, proxy: Proxy) -> AsyncIterator[None]:
    try:
        yield
    finally:
        server.close()
        await proxy.close()
        await server.wait_closed()
