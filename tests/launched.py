"""``bihuan`` run as a user runs it: in a process of its own, seen from outside."""

import asyncio
import contextlib
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from deploy.devstack import Ports
from deploy.folder import Running
from tests import stack

BIHUAN = str(Path(sys.executable).with_name("bihuan"))
READY = "全部就绪"
START_WITHIN = 120


@dataclass
class Launched:
    """A running ``bihuan up``."""

    process: asyncio.subprocess.Process
    data: Path
    ports: Ports
    screen: list[str] = field(default_factory=list)
    seconds_to_ready: float = 0

    @property
    def api_url(self) -> str:
        return f"http://127.0.0.1:{self.ports.api}"

    async def line(self, text: str) -> str:
        """Read the screen until a line has ``text``; fail when it ends before."""
        assert self.process.stdout is not None
        while True:
            line = (await self.process.stdout.readline()).decode()
            assert line, f"the screen ended without {text}: {self.screen}"
            self.screen.append(line)
            if text in line:
                return line

    def pid(self, part: str) -> int | None:
        text = (self.data / "running.json").read_text(encoding="utf-8")
        return Running(**json.loads(text)).parts[part]

    async def end(self, signum: signal.Signals) -> int:
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(signum)
        async with asyncio.timeout(60):
            # read to the end: a full pipe would keep it from ending
            assert self.process.stdout is not None
            self.screen += (await self.process.stdout.read()).decode().splitlines()
            return await self.process.wait()


async def up(data: Path, ports: Ports, *, sample: bool = False) -> Launched:
    """Start it and wait until it says that all is ready."""
    began = time.monotonic()
    words = ["--api-port", str(ports.api), "--temporal-port", str(ports.temporal), "--ui-port", str(ports.ui)]
    process = await asyncio.create_subprocess_exec(
        *(BIHUAN, "up", "--data", str(data), "--sample" if sample else "--no-sample", *words),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env=os.environ | stack.PATIENT,
    )
    launched = Launched(process, data, ports)
    try:
        async with asyncio.timeout(START_WITHIN):
            await launched.line(READY)
    except BaseException:
        await launched.end(signal.SIGTERM)
        raise
    launched.seconds_to_ready = time.monotonic() - began
    return launched


@contextlib.asynccontextmanager
async def running(data: Path, *, sample: bool = False) -> AsyncIterator[Launched]:
    launched = await up(data, stack.ports(), sample=sample)
    try:
        yield launched
    finally:
        await launched.end(signal.SIGTERM)


async def command(*words: str) -> tuple[int, str, str]:
    """Run ``bihuan`` to its end: exit code, stdout, stderr."""
    process = await asyncio.create_subprocess_exec(
        *(BIHUAN, *words),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "COLUMNS": "200"},
    )
    async with asyncio.timeout(START_WITHIN):
        out, err = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


def left_behind(data: Path) -> list[str]:
    """Every process that was started for this data folder: it works in it or names it."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            words = process.cmdline()
            if Path(process.cwd()).is_relative_to(data) or any(str(data) in word for word in words):
                found.append(f"{process.pid} {process.name()}")
    return found
