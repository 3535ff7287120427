"""A lean HTTP/1.1 client: what it costs is added to both sides of a ratio, so it should cost little."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final, cast

import httptools

KEPT_OPEN: Final = 3.0
"""Seconds after which an unused connection is made anew: the server closes it after five."""


@dataclass(frozen=True)
class Answer:
    """A response: the status and the whole body."""

    status: int
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class _Connection(asyncio.Protocol):
    """One connection, one request at a time."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self.answer: asyncio.Future[Answer] | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._body: list[bytes] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are not registered as asyncio's
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def connection_lost(self, exc: Exception | None) -> None:
        if self.answer is not None and not self.answer.done():
            self.answer.set_exception(exc or ConnectionResetError())

    def on_body(self, body: bytes) -> None:
        self._body.append(body)

    def on_message_complete(self) -> None:
        if self.answer is not None:
            self.answer.set_result(Answer(self._parser.get_status_code(), b"".join(self._body)))
        self._body.clear()
        self._parser = httptools.HttpResponseParser(self)


class Wire:
    """A connection to a port of the loopback address that is kept open while it is used."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._connection: _Connection | None = None
        self._used = 0.0

    async def ask(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, body: Any = None
    ) -> Answer:
        """Send one request, with ``body`` as JSON unless it is bytes already, and wait for its answer."""
        connection = await self._open()
        lines = [f"{method} {path} HTTP/1.1", "Host: bench"]
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        content = b""
        if body is not None:
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
            lines.append(f"Content-Length: {len(content)}")
            if not isinstance(body, bytes):
                lines.append("Content-Type: application/json")
        connection.answer = asyncio.get_running_loop().create_future()
        cast("asyncio.Transport", connection.transport).write(
            "\r\n".join([*lines, "", ""]).encode() + content
        )
        answer = await connection.answer
        self._used = time.monotonic()
        return answer

    def close(self) -> None:
        if self._connection is not None and self._connection.transport is not None:
            self._connection.transport.close()
        self._connection = None

    async def _open(self) -> _Connection:
        if self._connection is None or time.monotonic() - self._used > KEPT_OPEN:
            self.close()
            loop = asyncio.get_running_loop()
            _, self._connection = await loop.create_connection(_Connection, "127.0.0.1", self._port)
        return self._connection


@asynccontextmanager
async def wires(port: int, count: int) -> AsyncIterator[list[Wire]]:
    """``count`` connections to a port of the loopback address."""
    made = [Wire(port) for _ in range(count)]
    try:
        yield made
    finally:
        for wire in made:
            wire.close()
