"""A crowd at the door: an API process of its own as it is shipped or with few descriptors, and many requests at once."""

import asyncio
import json
import os
import sys
import time
import uuid
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import httpx
import psutil

from deploy.devstack import START_WITHIN
from deploy.processes import Child, Part
from services.cli import up
from tests.api.live import Live
from tests.stack import free_ports

MOST_MEMORY = 256_000_000
"""Bytes: what an API gets by with, flooded or not."""

_FEW = (
    "import os, resource, sys; resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64)); "
    "os.execv(sys.argv[1], sys.argv[1:])"
)


def with_few_descriptors(part: Part) -> Part:
    """The same process with 64 file descriptors."""
    return replace(part, argv=(sys.executable, "-c", _FEW, *part.argv))


def bound_memory(pid: int) -> None:
    """From now on the system refuses the process data of more than 256 MB."""
    psutil.Process(pid).rlimit(psutil.RLIMIT_DATA, (MOST_MEMORY, MOST_MEMORY))


@asynccontextmanager
async def another_api(live: Live, name: str, *, few: bool = False) -> AsyncIterator[Live]:
    """One more API on the same servers, with the settings that it has by itself."""
    (port,) = free_ports(1)
    _, api = up.parts(live.stack)
    part = replace(
        with_few_descriptors(api) if few else api,
        name=name,
        log=live.stack.data / "logs" / f"{name}.log",
        ready=lambda: up.api_ready(port),
        environment={**api.environment, "BIHUAN_API_PORT": str(port)},
    )
    child = Child(part, say=lambda _line: None, changed=lambda: None)
    await child.start(within=START_WITHIN)
    live.stack._children[name] = child
    url = f"http://127.0.0.1:{port}"
    try:
        async with httpx.AsyncClient(base_url=url, timeout=20, trust_env=False) as http:
            yield replace(live, http=http)
    finally:
        del live.stack._children[name]
        await child.stop()


@dataclass(frozen=True, kw_only=True)
class Told:
    """One answer of many; ``key`` is that of the request, ``seconds`` how long it took."""

    key: str
    status: int
    retry_after: str
    body: dict[str, object]
    seconds: float


async def at_once(live: Live, person: str, count: int, *, side_by_side: int = 1000) -> list[Told]:
    """So many reports of one person, as many side by side, each on a connection of its own."""
    gate = asyncio.Semaphore(side_by_side)
    keys = [uuid.uuid4().hex for _ in range(count)]
    requests = {key: _report(live, person, key) for key in keys}
    port = live.http.base_url.port
    assert port is not None
    return await asyncio.gather(*(_ask(port, key, request, gate) for key, request in requests.items()))


def statuses(told: list[Told]) -> Counter[int]:
    return Counter(one.status for one in told)


def _report(live: Live, person: str, key: str) -> bytes:
    place = f"房间{key[:8]}"
    body = json.dumps({"unit_id": "ec01", "place": place, "category": "fire", "description": "堵塞"}).encode()
    head = {
        "Host": "x",
        **live.headers(person, key),
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    return f"POST /v1/hazards HTTP/1.1\r\n{lines}\r\n".encode() + body


async def _ask(port: int, key: str, request: bytes, gate: asyncio.Semaphore) -> Told:
    async with gate:
        return await _asked(port, key, request)


async def _asked(port: int, key: str, request: bytes) -> Told:
    began = time.monotonic()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        lines = dict(line.split(": ", 1) for line in head.splitlines()[1:] if line)
        body = json.loads(await reader.readexactly(int(lines["content-length"])))
    finally:
        writer.close()
    return Told(
        key=key,
        status=int(head.split()[1]),
        retry_after=lines.get("retry-after", ""),
        body=body,
        seconds=time.monotonic() - began,
    )


def resident(pid: int) -> int:
    """Bytes of memory of a process."""
    with open(f"/proc/{pid}/statm", encoding="ascii") as told:  # noqa: PTH123
        return int(told.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
