"""The faults: a schedule drawn from a seed, printed, kept as a file, and done again exactly.

Invariant: a fault is over when its function returns; what it broke for good is for the system to mend.
"""

import asyncio
import contextlib
import errno
import json
import os
import shutil
import signal
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from typing import Final

import psutil

from deploy import engine_file
from tests.chaos.proxy import Weather
from tests.chaos.stage import Stage

PARTS: Final = ("api", "worker", "temporal", "postgres")


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One fault: seconds of rest before it, what it is, how long it lasts, and a number to choose by."""

    rest: float
    name: str
    lasts: float
    choice: int


Doing = Callable[[Stage, Fault], Awaitable[None]]


def _killed(part: str) -> Doing:
    async def kill(stage: Stage, fault: Fault) -> None:
        pid = stage.live.child(part).pid
        if pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    return kill


async def _backend_killed(stage: Stage, fault: Fault) -> None:
    """One connection's process: the server ends all others and recovers."""
    pid = stage.live.child("postgres").pid
    with contextlib.suppress(psutil.Error):
        backends = psutil.Process(pid).children()
        if backends:
            backends[fault.choice % len(backends)].kill()


def _frozen(part: str) -> Doing:
    async def freeze(stage: Stage, fault: Fault) -> None:
        if stage.live.child(part).pid is None:
            return
        with contextlib.suppress(psutil.Error), stage.live.frozen(part):
            await asyncio.sleep(fault.lasts)

    return freeze


def _weather(where: str, weather: Weather) -> Doing:
    async def storm(stage: Stage, fault: Fault) -> None:
        async with stage.proxies[where].faulty(weather):
            await asyncio.sleep(fault.lasts)

    return storm


async def _ended(stage: Stage, fault: Fault) -> None:
    """An operator's mistake: some running cases are terminated."""
    client = stage.live.client
    with contextlib.suppress(Exception):
        async with asyncio.timeout(5):
            query = 'WorkflowType = "Hazard" AND ExecutionStatus = "Running"'
            ids = [one.id async for one in client.list_workflows(query, limit=20)]
            for number in Random(fault.choice).sample(ids, min(3, len(ids))):  # noqa: S311
                await client.get_workflow_handle(number).terminate("chaos")


def _file_lost(spoil: Callable[[Path], None]) -> Doing:
    async def lose(stage: Stage, fault: Fault) -> None:
        await _killed("temporal")(stage, fault)
        with contextlib.suppress(OSError, sqlite3.Error):
            spoil(engine_file.path(stage.live.stack.data))

    return lose


def _delete(database: Path) -> None:
    for file in database.parent.iterdir():
        file.unlink()


def _damage(database: Path) -> None:
    with database.open("r+b") as file:
        file.write(b"damaged" * 2000)


def _age(database: Path) -> None:
    with contextlib.closing(sqlite3.connect(database)) as connection:
        connection.execute("DROP TABLE current_chasm_executions")
        connection.commit()


async def _disk_full(stage: Stage, fault: Fault) -> None:
    """Fill what the data lives on, where that is small enough to be filled."""
    data = stage.live.stack.data
    if shutil.disk_usage(data).total > 2_000_000_000:
        return
    ballast = data.parent / "ballast"
    try:
        await asyncio.to_thread(_fill, ballast)
        await asyncio.sleep(fault.lasts)
    finally:
        ballast.unlink(missing_ok=True)


def _fill(ballast: Path) -> None:
    with ballast.open("wb", buffering=0) as out:
        for size in (1 << 20, 1 << 12):
            try:
                while True:
                    out.write(b"\0" * size)
            except OSError as full:
                if full.errno != errno.ENOSPC:
                    raise


FAULTS: Final[dict[str, Doing]] = {
    **{f"kill -9 {part}": _killed(part) for part in PARTS},
    "kill -9 one backend": _backend_killed,
    **{f"freeze {part}": _frozen(part) for part in PARTS},
    "engine refuses": _weather("engine", Weather(refuse=True)),
    "engine holds": _weather("engine", Weather(hold=True)),
    "engine is slow": _weather("engine", Weather(delay=0.05)),
    "engine's answers drop": _weather("engine", Weather(drop=0.05)),
    "database refuses": _weather("database", Weather(refuse=True)),
    "database is slow": _weather("database", Weather(delay=0.02)),
    "database's answers drop": _weather("database", Weather(drop=0.05)),
    "api's answers drop": _weather("api", Weather(drop=0.3)),
    "api's connections cut": _weather("api", Weather(cut=0.2)),
}
LASTING: Final[dict[str, Doing]] = {
    "terminate from outside": _ended,
    "engine's file deleted": _file_lost(_delete),
    "engine's file damaged": _file_lost(_damage),
    "engine's file of an older version": _file_lost(_age),
    "disk full": _disk_full,
}
ALL: Final = FAULTS | LASTING


def drawn(seed: int, seconds: float, names: Sequence[str], *, rest: float = 1.0) -> list[Fault]:
    """A schedule of about so many seconds, every kind as often as any other, in an order of the seed's."""
    random = Random(seed)  # noqa: S311 - must be repeatable
    faults: list[Fault] = []
    while sum(fault.rest + fault.lasts for fault in faults) < seconds:
        for name in random.sample(list(names), len(names)):
            fault = Fault(
                rest=round(rest * (0.5 + random.random()), 2),
                name=name,
                lasts=0.0 if name.startswith("kill") else round(0.5 + 1.5 * random.random(), 2),
                choice=random.randrange(1000),
            )
            faults.append(fault)
            if sum(one.rest + one.lasts for one in faults) >= seconds:
                break
    return faults


def write(file: Path, seed: int, faults: Sequence[Fault]) -> None:
    """Keep a schedule."""
    told = {"seed": seed, "faults": [asdict(fault) for fault in faults]}
    file.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def read(file: Path) -> tuple[int, list[Fault]]:
    """A schedule that was kept: its seed and faults."""
    told = json.loads(file.read_text(encoding="utf-8"))
    return told["seed"], [Fault(**fault) for fault in told["faults"]]
