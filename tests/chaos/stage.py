"""The whole system as real processes, with a proxy in front of each server that can turn bad."""

import contextlib
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from urllib.parse import quote

import httpx
from temporalio.testing import TimeSkipper, TimeSkippingConfig

from activities.reconcile import ReconcileActivities
from adapters.postgres.collection_drift import PostgresCollectionDrift
from adapters.postgres.database import Database
from adapters.postgres.drift import PostgresDrift
from adapters.postgres.loading import load
from deploy import postgres
from deploy.devstack import Devstack
from deploy.processes import Part, Say
from deploy.sample.district import DISTRICT
from services import bootstrap, clock
from tests.api.live import Live, busy_parts
from tests.chaos import proxy
from tests.chaos.proxy import Proxy
from tests.harness import World, WoundClock
from tests.stack import free_ports, ports
from workflows.gateway import HazardGateway, connect
from workflows.inventory import EngineInventory

_SOCKET = ".s.PGSQL.5432"


@dataclass(frozen=True, kw_only=True)
class Stage:
    """The running system, and what stands between its parts; ``said`` is what the supervisor told."""

    live: Live
    proxies: dict[str, Proxy]
    said: list[str]
    say: Say


@contextlib.asynccontextmanager
async def running(data: Path, *, seed: int = 0, aloud: bool = False) -> AsyncIterator[Stage]:
    """Start everything over ``data``; our own processes reach database and engine through proxies."""
    said: list[str] = []
    random = Random(seed)  # noqa: S311 - faults must be repeatable
    async with contextlib.AsyncExitStack() as opened:
        began = time.monotonic()

        def say(line: str) -> None:
            said.append(f"{time.monotonic() - began:6.1f}s  {line}")
            if aloud:
                print(said[-1], flush=True)

        stack = await opened.enter_async_context(Devstack(data=data, ports=ports(), say=say))
        settings = stack.own_settings()
        async with Database.opened(stack.database_url, size=1, timeout=10) as database:
            await load(database, DISTRICT)
        engine_port, api_port = free_ports(2)
        folder = data.parent / "px"
        folder.mkdir()
        sockets = folder / _SOCKET, postgres.socket_folder(stack.data) / _SOCKET
        proxies = {
            "engine": proxy.tcp(engine_port, stack.ports.temporal, random),
            "api": proxy.tcp(api_port, stack.ports.api, random),
            "database": proxy.unix(*sockets, random),
        }
        between = {name: await opened.enter_async_context(one) for name, one in proxies.items()}
        await stack.add(*(_through(part, stack, engine_port, folder) for part in busy_parts(stack)))
        url = f"http://127.0.0.1:{api_port}"
        limits = httpx.Limits(max_connections=200)
        http = httpx.AsyncClient(base_url=url, timeout=20, trust_env=False, limits=limits)
        live = Live(
            stack=stack,
            http=await opened.enter_async_context(http),
            tokens=bootstrap.token_key(settings),
            settings=settings,
            client=await connect(bootstrap.engine_address(settings)),
        )
        yield Stage(live=live, proxies=between, said=said, say=say)


def hands(live: Live, database: Database) -> World:
    """The running system with the hands that stories use, and ``database`` as a way behind the API."""
    return World(
        http=live.http,
        clock=WoundClock(),
        client=live.client,
        skipper=TimeSkipper(live.client, config=TimeSkippingConfig(enabled=False)),
        database=database,
        settings=live.settings,
        tokens=live.tokens,
    )


def reconciling(live: Live, database: Database) -> ReconcileActivities:
    """The reconciler's passes, for whoever does not wait for the next minute."""
    gateway = HazardGateway(live.client, task_queue=live.settings.task_queue, timeout=30)
    inventory = EngineInventory(live.client, gateway, timeout=30)
    record = PostgresDrift(database), PostgresCollectionDrift(database)
    return ReconcileActivities(*record, inventory, clock.real)


def _through(part: Part, stack: Devstack, engine_port: int, folder: Path) -> Part:
    direct = quote(str(postgres.socket_folder(stack.data)), safe="")
    told = {
        "BIHUAN_TEMPORAL_ADDRESS": f"127.0.0.1:{engine_port}",
        "BIHUAN_DATABASE_URL": stack.database_url.replace(direct, quote(str(folder), safe="")),
    }
    return replace(part, environment={**part.environment, **told})
