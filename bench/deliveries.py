"""B10: notices through the outbox to a receiver, against a bare loop of the same inserts and as many sends.

Each side puts its notices on record one by one; ours then routes, plans, claims, sends and settles them, and is done when the
ledger says that the last one was sent. Our messages carry several notices; the bare loop sends as many messages as we did.
"""

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Final

import httpx

from adapters.postgres.contact_points import PostgresContactPoints
from bench import measure, results
from bench.measure import Sample
from bench.results import Result
from bench.stand import SERVERS, WORKER, Stand
from domain.delivery import ChannelName
from domain.delivery.sending import Address
from services import bootstrap

TOLD: Final = {"BIHUAN_OUTGOING_LOOPBACK": "true", "BIHUAN_BUNDLING_SECONDS": "0"}
NOTICES: Final = 1000
POSTS: Final = tuple(f"ec0{number}-{kind}" for number in range(1, 4) for kind in ("safety", "head"))
_SECRET: Final = "whsec_" + "c2Vj" * 8
_NUMBERS: Final = itertools.count(100_000)
_PUT: Final = """
INSERT INTO notices (id, case_id, seq, kind, post_id, at, due_at, leaves_at, urgent, late, text)
VALUES ($1 || '.2.1', $1, 2, 'overdue', $2, $3, $3, $3, true, false, $1 || ' 示例养老院：已逾期')
"""
_BARE: Final = """
INSERT INTO bench_rows (id, number, text)
VALUES ($1, 2, jsonb_build_object('post', $2::text, 'at', $3::timestamptz, 'text', $1 || ' 示例养老院：已逾期'))
"""
_LEFT: Final = """
SELECT (SELECT count(*) FROM notice_queue)
    + (SELECT count(*) FROM deliveries WHERE channel = 'webhook' AND state IN ('pending', 'sending'))
"""
_MESSAGES: Final = "SELECT count(*) FROM delivery_attempts WHERE at >= $1"


async def run(stand: Stand, rounds: int, scale: float = 1) -> Result:
    """Rounds of so many notices by either side."""
    count = max(len(POSTS), int(NOTICES * scale))
    sends = [0]
    async with _receiver() as url, httpx.AsyncClient(trust_env=False) as http:
        await _reach(stand, url)

        async def ours() -> Sample:
            began = datetime.now(UTC)
            sample = await _timed(stand, (WORKER, *SERVERS), count, lambda: _through(stand, count))
            async with stand.database.connection() as connection:
                sends[0] = await connection.fetchval(_MESSAGES, began)
            return _with(sample, sends[0])

        async def bare() -> Sample:
            messages = sends[0] or len(POSTS)
            sample = await _timed(stand, SERVERS, count, lambda: _loop(stand, http, url, count, messages))
            return _with(sample, messages)

        sides = {"ours": ours, "floor": bare}
        await measure.interleaved(sides, 1)  # warm
        samples = await measure.interleaved(sides, rounds)
    return Result(
        id="B10",
        title="通知送达：由待发表到收件方",
        rounds=rounds,
        per_round=f"{count} notices to {len(POSTS)} recipients",
        ratios=results.compared(samples, "floor", ("rate", None, True), ("cpu_ms", None, False)),
        sides=results.tables(samples),
        notes=[
            "The floor inserts the same rows and sends as many messages; it routes, plans and keeps nothing."
        ],
    )


async def _timed(
    stand: Stand, names: tuple[str, ...], count: int, work: Callable[[], Awaitable[None]]
) -> Sample:
    meter = stand.meter(*names)
    cpu, began = meter.cpu(), time.perf_counter()
    await work()
    seconds = time.perf_counter() - began
    used = {name: now - cpu[name] for name, now in meter.cpu().items()}
    return Sample(operations=count, seconds=seconds, cpu=used)


def _with(sample: Sample, messages: int) -> Sample:
    return Sample(
        operations=sample.operations, seconds=sample.seconds, cpu=sample.cpu, more={"messages": messages}
    )


async def _through(stand: Stand, count: int) -> None:
    await _insert(stand, _PUT, count)
    async with stand.database.connection() as connection:
        while await connection.fetchval(_LEFT):  # noqa: ASYNC110 - it is another process that we wait for
            await asyncio.sleep(0.01)


async def _loop(stand: Stand, http: httpx.AsyncClient, url: str, count: int, messages: int) -> None:
    await _insert(stand, _BARE, count)
    for _ in range(messages):
        await http.post(url, content=b"{}")


async def _insert(stand: Stand, statement: str, count: int) -> None:
    async with stand.database.connection() as connection:
        for number in range(count):
            name = f"YH-2026-{next(_NUMBERS)}"
            await connection.execute(statement, name, POSTS[number % len(POSTS)], datetime.now(UTC))


async def _reach(stand: Stand, url: str) -> None:
    """Every recipient by a webhook of their own."""
    points = PostgresContactPoints(stand.database, bootstrap.sealer(stand.settings))
    now = datetime.now(UTC)
    for post in POSTS:
        to = Address(to=url, secret=_SECRET)
        point = await points.add("person", f"p-{post}", ChannelName.WEBHOOK, to, "bench", now)
        await points.verify(point, await points.new_code(point, now), now)


@asynccontextmanager
async def _receiver() -> AsyncIterator[str]:
    """A receiver that takes everything."""

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0] or 0)
                await reader.readexactly(length)
                writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
                await writer.drain()
        except (asyncio.IncompleteReadError, OSError):
            writer.close()

    server = await asyncio.start_server(take, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    finally:
        server.close()
