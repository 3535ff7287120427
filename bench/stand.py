"""The test stand: the embedded stack with API and worker as users run them, and the floors beside them.

Invariant: everything is made new in a folder of its own and gone afterwards; ports are chosen by the kernel.
"""

import asyncio
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import asyncpg
from temporalio.client import Client

from adapters.postgres.database import Database
from adapters.postgres.loading import load
from bench.floor_engine import TABLE
from bench.meters import Meter
from deploy.devstack import Devstack, Ports
from deploy.loopback import free_ports
from deploy.processes import NotYet, Part
from deploy.sample.district import DISTRICT
from services import bootstrap
from services.cli import up
from services.settings import Settings
from services.tokens import TokenKey
from workflows.gateway import connect

PATIENCE: Final = {
    "BIHUAN_ENGINE_TIMEOUT": "15",
    "BIHUAN_DATABASE_TIMEOUT": "10",
    "BIHUAN_REQUESTS_AT_ONCE": "1000",
    "BIHUAN_PERSON_RATE": "100000",
    "BIHUAN_PERSON_BURST": "100000",
}
"""On a machine that is too busy, overload is to show as latency, not as requests that are sent again; and few people
do the work of many."""

API, WORKER, FLOOR_API, FLOOR_WORKER = "api", "worker", "floor_api", "floor_worker"
SERVERS = ("postgres", "temporal")


@dataclass(frozen=True, kw_only=True)
class Stand:
    """What a benchmark works with; ``floor_port`` is where the floor's API listens."""

    stack: Devstack
    settings: Settings
    client: Client
    database: Database
    tokens: TokenKey
    floor_port: int

    @property
    def data(self) -> Path:
        """The folder of both servers' files."""
        return self.stack.data

    def meter(self, *names: str) -> Meter:
        """A meter of these processes; without names, of our own two and the servers."""
        pids = self.stack.pids()
        return Meter({name: pid for name in names or (API, WORKER, *SERVERS) if (pid := pids[name])})

    def meter_of(self, pids: dict[str, int]) -> Meter:
        """A meter of other processes."""
        return Meter(pids)


@asynccontextmanager
async def opened(**told: str) -> AsyncIterator[Stand]:
    """Start everything; ``told`` are other settings of our two processes."""
    folder = Path(tempfile.mkdtemp(prefix="bihuan-bench-"))
    try:
        async with Devstack(data=folder / "data", ports=Ports.free(), say=lambda _line: None) as stack:
            (floor_port,) = free_ports(1)
            await _make_floor_table(stack)
            url = stack.database_url
            async with Database.opened(url, size=10, timeout=60) as database:
                await load(database, DISTRICT)
                await _start(stack, floor_port, told)
                settings = stack.own_settings()
                client = await connect(replace(bootstrap.engine_address(settings), lazy=False))
                yield Stand(
                    stack=stack,
                    settings=settings,
                    client=client,
                    database=database,
                    tokens=bootstrap.token_key(settings),
                    floor_port=floor_port,
                )
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _start(stack: Devstack, floor_port: int, told: dict[str, str]) -> None:
    ours = [replace(part, environment={**part.environment, **PATIENCE, **told}) for part in up.parts(stack)]
    await stack.add(*ours)
    await stack.add(
        floor_part(stack, FLOOR_API, floor_port, listens_on=floor_port), floor_part(stack, FLOOR_WORKER)
    )


def floor_part(stack: Devstack, name: str, *words: object, listens_on: int | None = None) -> Part:
    """A process of this suite, ``python -m bench.NAME WORDS``; ready when its port is open, if it has one."""

    async def ready() -> None:
        if listens_on is None:
            return
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", listens_on)
        except OSError as problem:
            raise NotYet from problem
        writer.close()

    return Part(
        name=name,
        title=name,
        argv=(sys.executable, "-m", f"bench.{name}", *map(str, words)),
        log=stack.data / "logs" / f"{name}.log",
        ready=ready,
        environment={**stack.environment(), "PYTHONPATH": str(Path(__file__).parents[1])},
    )


async def _make_floor_table(stack: Devstack) -> None:
    connection = await asyncpg.connect(stack.owner_url)
    try:
        await connection.execute(TABLE)
        await connection.execute("GRANT ALL ON bench_rows TO bihuan_app")
    finally:
        await connection.close()
