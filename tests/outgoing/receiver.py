"""A real receiver on this machine, which answers as a test tells it to: well, wrongly, slowly, for ever, or not at all."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

Answerer = Callable[["Request", asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True, kw_only=True)
class Request:
    """What came in; header names in lower case."""

    line: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """Everything that was received, and how the next request is answered."""

    port: int = 0
    answer: Answerer = field(default_factory=lambda: status(200))
    requests: list[Request] = field(default_factory=list)
    connections: int = 0
    server: asyncio.Server | None = None
    came: asyncio.Condition = field(default_factory=asyncio.Condition)

    def url(self, path: str = "/hook", *, scheme: str = "http", host: str = "127.0.0.1") -> str:
        return f"{scheme}://{host}:{self.port}{path}"

    async def until(self, count: int, *, within: float = 90) -> list[Request]:
        """Wait until so many requests came."""
        async with asyncio.timeout(within), self.came:
            await self.came.wait_for(lambda: len(self.requests) >= count)
        return self.requests

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            pairs = (line.partition(":") for line in head[1:] if line)
            headers = {name.lower(): value.strip() for name, _, value in pairs}
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            request = Request(line=head[0], headers=headers, body=body)
            async with self.came:
                self.requests.append(request)
                self.came.notify_all()
            await self.answer(request, writer)
        writer.close()


def status(code: int, *, body: bytes = b"", **headers: str) -> Answerer:
    """An ordinary answer."""

    async def answer(_request: Request, writer: asyncio.StreamWriter) -> None:
        lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
        head = f"HTTP/1.1 {code} X\r\nContent-Length: {len(body)}\r\nConnection: close\r\n{lines}\r\n"
        writer.write(head.encode() + body)
        await writer.drain()

    return answer


async def never(_request: Request, _writer: asyncio.StreamWriter) -> None:
    """Take the request and say nothing, for as long as the caller stays."""
    await asyncio.Event().wait()


async def garbage(_request: Request, writer: asyncio.StreamWriter) -> None:
    """Something that is not HTTP."""
    writer.write(b"\x00\xff not http at all\r\n\r\n")
    await writer.drain()


async def hang_up(_request: Request, writer: asyncio.StreamWriter) -> None:
    """Close without an answer."""
    writer.close()


async def endless(_request: Request, writer: asyncio.StreamWriter) -> None:
    """A body that does not end."""
    writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
    while True:
        writer.write(b"x" * 65536)
        await writer.drain()


async def endless_head(_request: Request, writer: asyncio.StreamWriter) -> None:
    """Headers that do not end."""
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"X-More: " + b"x" * 1000 + b"\r\n")
        await writer.drain()


def drip(every: float) -> Answerer:
    """One byte of a promised body every so many seconds."""

    async def answer(_request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        while True:
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(every)

    return answer


@contextlib.asynccontextmanager
async def receiving(
    answer: Answerer | None = None, *, port: int = 0, tls: ssl.SSLContext | None = None
) -> AsyncIterator[Receiver]:
    """A receiver that listens; connections that are still open at the end are cut."""
    receiver = Receiver() if answer is None else Receiver(answer=answer)
    open_now: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(receiver.serve(reader, writer))
        open_now.add(task)
        try:
            await task
        except asyncio.CancelledError:
            writer.transport.abort()
        finally:
            open_now.discard(task)

    server = await asyncio.start_server(serve, "127.0.0.1", port, ssl=tls, reuse_address=True)
    receiver.server, receiver.port = server, server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        server.close()
        for task in list(open_now):
            task.cancel()
        await asyncio.gather(*open_now, return_exceptions=True)
        await server.wait_closed()
