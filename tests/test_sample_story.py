"""The sample's storyteller as a client of the API: it keeps to what the API asks of its clients."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime

import httpx
import pytest

from deploy.processes import StackError
from deploy.sample.storyteller import ATTEMPTS, Storyteller
from services.tokens import TokenKey

AWAY = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 0\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
REFUSED = b"HTTP/1.1 422 Unprocessable Content\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"
HUNG_UP = b""


def _created(body: object) -> bytes:
    text = json.dumps(body).encode()
    head = f"HTTP/1.1 201 Created\r\nContent-Length: {len(text)}\r\nConnection: close\r\n\r\n"
    return head.encode() + text


class Server:
    """A real HTTP server that gives the next of its answers and remembers the keys that it was sent."""

    def __init__(self, answers: Iterator[bytes]) -> None:
        self._answers = answers
        self.keys: list[str] = []

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        lines = dict(line.split(": ", 1) for line in head.splitlines()[1:] if line)
        await reader.readexactly(int(lines["content-length"]))
        self.keys.append(lines["idempotency-key"])
        writer.write(next(self._answers))
        await writer.drain()
        writer.close()
        await writer.wait_closed()


@contextlib.asynccontextmanager
async def _told(*answers: bytes) -> AsyncIterator[tuple[Storyteller, Server]]:
    server = Server(iter(answers))
    listening = await asyncio.start_server(server.answer, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    tokens = TokenKey(secret="x" * 40, issuer="bihuan", audience="bihuan-api")
    async with listening, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as http:
        yield Storyteller(http=http, tokens=tokens, clock=lambda: datetime.now(UTC), pause=0), server


async def test_a_command_that_is_told_to_come_back_is_sent_again_with_the_same_key() -> None:
    async with _told(AWAY, AWAY, _created({"id": "YH-2026-000001"})) as (teller, server):
        number = await teller.report("一件", "p-team1a", evidence=[], unit_id="ec01")
    assert number == "YH-2026-000001"
    assert len(server.keys) == 3
    assert len(set(server.keys)) == 1


async def test_an_upload_that_is_told_to_come_back_is_sent_again_whole() -> None:
    created = (_created({"id": "f1"}), _created({"id": "YH-2026-000002"}))
    async with _told(AWAY, AWAY, *created) as (teller, server):
        number = await teller.report("又一件", "p-team1a", unit_id="ec01")
    assert number == "YH-2026-000002"
    assert server.keys[0] == server.keys[1] == server.keys[2] != server.keys[3]


async def test_a_connection_that_breaks_is_tried_again_with_the_same_key() -> None:
    async with _told(HUNG_UP, HUNG_UP, _created({"id": "YH-2026-000003"})) as (teller, server):
        assert await teller.report("断线", "p-team1a", evidence=[], unit_id="ec01") == "YH-2026-000003"
    assert len(server.keys) == 3
    assert len(set(server.keys)) == 1


@pytest.mark.parametrize("answer", [AWAY, HUNG_UP])
async def test_an_api_that_stays_away_is_one_sentence_after_a_bounded_number_of_attempts(
    answer: bytes,
) -> None:
    async with _told(*[answer] * (ATTEMPTS + 1)) as (teller, server):
        with pytest.raises(StackError, match=r"^示例区县尚未载入完：[^。]+。$"):
            await teller.report("不在", "p-team1a", evidence=[], unit_id="ec01")
    assert len(server.keys) == ATTEMPTS


async def test_a_refusal_is_one_sentence_at_once() -> None:
    async with _told(REFUSED, REFUSED) as (teller, server):
        with pytest.raises(StackError, match=r"^示例区县未能载入：API 对 /v1/hazards 答复 422。$"):
            await teller.report("不收", "p-team1a", evidence=[], unit_id="ec01")
    assert len(server.keys) == 1
