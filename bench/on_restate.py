"""B11 on Restate: the packaged server, its log synced at every write, and the loop as a virtual object in a worker."""

import asyncio
import json
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import httpx
from pydantic import TypeAdapter

from bench.stand import Stand, floor_part
from bench.wire import Wire
from deploy.loopback import free_ports
from deploy.processes import NotYet, Part, servers_environment
from domain.hazard import Case, Command

PLACE: Final = Path(".data/npm/node_modules/@restatedev")
"""Where ``make bench-others`` puts the server's package."""

_COMMAND = TypeAdapter(Command)
_OK = (200, 201, 202)


def binary() -> Path | None:
    """The packaged server, if it is there."""
    found = sorted(PLACE.glob("restate-server-*/bin/restate-server"))
    on_path = shutil.which("restate-server")
    return found[0].absolute() if found else Path(on_path) if on_path else None


class OnRestate:
    """Fits ``bench.engines.Engine``; one connection per lane of its ingress."""

    name = "Restate"

    def __init__(self, port: int, processes: dict[str, int]) -> None:
        self._port = port
        self._free: list[Wire] = []
        self.processes = processes

    async def start(self, case: Case) -> None:
        """Let the case's object read the record."""
        await self._ask(case.id, "open_case", {}, "open")

    async def act(self, case_id: str, command: Command) -> None:
        """Bring a command and wait until it is on record."""
        body = {"command": _COMMAND.dump_json(command).decode(), "now": datetime.now(UTC).isoformat()}
        await self._ask(case_id, "act", body, command.request_id)

    async def _ask(self, case_id: str, handler: str, body: object, key: str) -> None:
        wire = self._free.pop() if self._free else Wire(self._port)
        headers = {"Idempotency-Key": f"{case_id}:{key}"}
        answer = await wire.ask("POST", f"/Hazard/{case_id}/{handler}", headers, body)
        self._free.append(wire)
        if answer.status not in _OK:
            raise RuntimeError(f"{answer.status}: {answer.body[:300]!r}")


@asynccontextmanager
async def opened(stand: Stand, server: Path) -> AsyncIterator[OnRestate]:
    """The server and the worker on top of the stand, the one told of the other."""
    ingress, admin, node, port = free_ports(4)
    folder = stand.data / "restate"
    folder.mkdir()
    config = folder / "restate.toml"
    config.write_text(_config(folder, ingress, admin, node), encoding="utf-8")
    part = Part(
        name="restate",
        title="Restate",
        argv=(str(server), "--no-logo", "--config-file", str(config)),
        log=stand.data / "logs" / "restate.log",
        ready=lambda: _ready(admin),
        environment=servers_environment(folder),
    )
    worker = floor_part(stand.stack, "restate_worker", port, listens_on=port)
    await stand.stack.add(part, replace(worker))
    await _register(admin, port)
    pids = stand.stack.pids()
    yield OnRestate(ingress, {name: pid for name in ("restate", "restate_worker") if (pid := pids[name])})


def _config(folder: Path, ingress: int, admin: int, node: int) -> str:
    told = json.dumps  # a JSON string is a TOML string
    return "\n".join(
        [
            f"base-dir = {told(str(folder / 'data'))}",
            'listen-mode = "tcp"',
            f'bind-address = "127.0.0.1:{node}"',
            f'advertised-address = "http://127.0.0.1:{node}"',
            "disable-telemetry = true",
            'log-filter = "warn"',
            "[ingress]",
            f'bind-address = "127.0.0.1:{ingress}"',
            "[admin]",
            f'bind-address = "127.0.0.1:{admin}"',
            "[log-server]",
            "rocksdb-disable-wal-fsync = false",
        ]
    )


async def _ready(admin: int) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        try:
            answer = await client.get(f"http://127.0.0.1:{admin}/health")
        except httpx.TransportError as problem:
            raise NotYet from problem
    if answer.status_code != httpx.codes.OK:
        raise NotYet


async def _register(admin: int, port: int) -> None:
    async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
        for _ in range(50):
            answer = await client.post(
                f"http://127.0.0.1:{admin}/deployments", json={"uri": f"http://127.0.0.1:{port}"}
            )
            if answer.is_success:
                return
            await asyncio.sleep(0.2)
    raise RuntimeError(f"{sys.executable}: {answer.text}")
