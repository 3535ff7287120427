"""Real receivers: HTTP robots that answer as WeCom and DingTalk do, with their throttles, hostile ones, and a mail server."""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from email.message import Message as Mail
from typing import Any

from aiosmtpd.controller import Controller

from tests.stack import free_ports

Writer = asyncio.StreamWriter
Answer = Callable[["Robot", "Call", Writer], Awaitable[None]]


@dataclass
class Call:
    """One request as it came."""

    at: float
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def told(self) -> Any:
        return json.loads(self.body)

    @property
    def text(self) -> str:
        """What a group would read."""
        told = self.told
        text: str = told.get("text", {}).get("content") or told.get("content", {}).get("text")
        return text


@dataclass
class Robot:
    """An HTTP receiver; ``answer`` may be changed while it runs. ``read`` is what it took."""

    answer: Answer
    calls: list[Call] = field(default_factory=list)
    read: list[Call] = field(default_factory=list)
    banned_until: float = 0
    port: int = 0
    clock: Callable[[], float] = time.monotonic
    came: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/robot"

    async def serve(self, reader: asyncio.StreamReader, writer: Writer) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            first, *lines = head.split("\r\n")
            headers = {
                name.lower(): value for name, _, value in (line.partition(": ") for line in lines if line)
            }
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            call = Call(at=self.clock(), path=first.split()[1], headers=headers, body=body)
            self.calls.append(call)
            self.came.set()
            await self.answer(self, call, writer)
            await writer.drain()
        with contextlib.suppress(ConnectionError):
            writer.close()
            await writer.wait_closed()


def say(writer: Writer, status: int, body: bytes, *headers: str) -> None:
    more = "".join(f"{line}\r\n" for line in headers)
    writer.write(
        f"HTTP/1.1 {status} X\r\n{more}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode()
        + body
    )


def says(status: int, body: bytes, *headers: str) -> Answer:
    async def answer(robot: Robot, call: Call, writer: Writer) -> None:
        if status == 200 and b'"errcode": 0' in body:
            robot.read.append(call)
        say(writer, status, body, *headers)

    return answer


OK = says(200, b'{"errcode": 0, "errmsg": "ok"}')


async def wecom(robot: Robot, call: Call, writer: Writer) -> None:
    """Takes twenty a minute and texts up to 2048 bytes; says 45009 above, with status 200."""
    if len(call.text.encode()) > 2048:
        say(writer, 200, b'{"errcode": 40058, "errmsg": "content size out of limit"}')
    elif len([one for one in robot.read if call.at - one.at < 60]) >= 20:
        say(writer, 200, b'{"errcode": 45009, "errmsg": "api freq out of limit"}')
    else:
        await OK(robot, call, writer)


async def dingtalk(robot: Robot, call: Call, writer: Writer) -> None:
    """Takes twenty a minute; above, it takes nothing for ten minutes."""
    if call.at >= robot.banned_until and len([one for one in robot.calls if call.at - one.at < 60]) > 20:
        robot.banned_until = call.at + 600
    if call.at < robot.banned_until:
        say(writer, 200, b'{"errcode": 130101, "errmsg": "send too fast"}')
    else:
        await OK(robot, call, writer)


async def huge(_robot: Robot, _call: Call, writer: Writer) -> None:
    """Says 64 MB of nothing."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 67108864\r\n\r\n")
    for _ in range(64):
        writer.write(b"0" * 2**20)
        await writer.drain()


async def reset(_robot: Robot, _call: Call, writer: Writer) -> None:
    """Takes the request and hangs up."""
    writer.transport.abort()


@contextlib.asynccontextmanager
async def robot(answer: Answer = OK) -> AsyncIterator[Robot]:
    one = Robot(answer)
    server = await asyncio.start_server(one.serve, "127.0.0.1", 0)
    one.port = server.sockets[0].getsockname()[1]
    try:
        yield one
    finally:
        server.close()


@contextlib.asynccontextmanager
async def black_hole() -> AsyncIterator[Robot]:
    """A receiver that takes every request and says nothing until it is told to ``answer`` by its end: then it hangs up."""
    over = asyncio.Event()

    async def silent(_robot: Robot, _call: Call, writer: Writer) -> None:
        await over.wait()
        writer.transport.abort()

    async with robot(silent) as one:
        try:
            yield one
        finally:
            over.set()


@dataclass
class Mailbox:
    """What a mail server took; ``refuse`` is what it says to the next ones instead, ``sender`` to who sends, ``bye`` at the end."""

    mails: list[Any] = field(default_factory=list)
    refuse: str = ""
    sender: str = ""
    bye: str = "221 Bye"
    port: int = 0

    @property
    def url(self) -> str:
        return f"smtp+plain://127.0.0.1:{self.port}?from=notice@bihuan.example"

    def texts(self, to: str | None = None) -> list[str]:
        return [text_of(mail) for mail in self.mails if to is None or mail["To"] == to]

    async def handle_MAIL(  # noqa: N802
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        envelope.mail_from = address
        return self.sender or "250 OK"

    async def handle_QUIT(self, _server: Any, _session: Any, _envelope: Any) -> str:  # noqa: N802
        return self.bye

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        import email
        import email.policy

        if self.refuse:
            return self.refuse
        self.mails.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return "250 OK"


def text_of(mail: Any) -> str:
    assert isinstance(mail, Mail)
    text: str = mail.get_content().replace("\r\n", "\n").strip()  # type: ignore[attr-defined]
    return text


@contextlib.contextmanager
def mailbox() -> Any:
    box = Mailbox()
    (box.port,) = free_ports(1)
    controller = Controller(box, hostname="127.0.0.1", port=box.port, ready_timeout=20)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()
