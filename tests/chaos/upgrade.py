"""``python -m tests.chaos.upgrade [--cases N]``: a release forward, back, and forward again, with cases in flight.

Two releases run side by side as processes of their own: today's code, and a copy of it in which the hazard workflow gives
one more command behind a patch. The command line of Temporal switches between them, as an operator would.
Invariant: a command that was once sent is asked again under its key until it is answered, and any answer but 200 is told.
"""

import argparse
import asyncio
import contextlib
import os
import shutil
import sys
import time
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random
from typing import Final

import httpx
from temporalio.common import SearchAttributeKey
from temporalio.service import RPCError

from activities.reconcile import Pass
from adapters.postgres.database import Database
from deploy import engine
from deploy.devstack import START_WITHIN
from deploy.processes import Child, NotYet, Part
from domain.errors import Temporary
from services.cli import up
from tests.api.live import Live
from tests.chaos import stage as stages
from tests.chaos.load import AWAY
from tests.stack import data_folder, eventually
from tests.stories.loop import FINDER

ROOT: Final = Path(__file__).parent.parent.parent
PACKAGES: Final = ("activities", "adapters", "deploy", "domain", "services", "workflows")
PATCH: Final = "a-pause-before-each-record"
_BEFORE: Final = "        about = card.act(change)\n"
_AFTER: Final = f"""{_BEFORE}        if workflow.patched(f"{PATCH}-{{change.entry.seq}}"):
            await asyncio.sleep(0.01)
"""
"""By number: a run that passed a patch before the upgrade keeps to the old branch of that patch for ever."""

_MET: Final = SearchAttributeKey.for_keyword_list("TemporalChangeVersion")
"""Where the engine shows which patches a run has met."""

_ONCE: Final = """
SELECT count(*) FROM (
    SELECT request_id FROM changes WHERE request_id = ANY ($1) GROUP BY request_id HAVING count(*) = 1
) AS each
"""
"""How many of these requests are on record exactly once."""

WITHIN: Final = 300.0
"""Seconds for every case to have a command answered by another release; a shared machine is slow."""


def next_release(folder: Path) -> Path:
    """A copy of today's code with one more branch in the hazard workflow."""
    for package in PACKAGES:
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    changed = folder / "workflows" / "hazard.py"
    source = changed.read_text(encoding="utf-8")
    assert source.count(_BEFORE) == 1
    changed.write_text(source.replace(_BEFORE, _AFTER), encoding="utf-8")
    return folder


@dataclass
class Flight:
    """Cases of which each is sent a command after the other; ``phase`` is counted up by whoever switches releases."""

    live: Live
    numbers: list[str]
    phase: int = 0
    answered: Counter[int] = field(default_factory=Counter)
    again: int = 0
    failed: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    reached: dict[str, int] = field(default_factory=dict)
    stop: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        """Send until told to stop."""
        await asyncio.gather(*(self._commands(number) for number in self.numbers))

    async def _commands(self, number: str) -> None:
        random = Random(number)  # noqa: S311 - only spreads them
        while not self.stop.is_set():
            begun, key = self.phase, uuid.uuid4().hex
            answer = await self._answered(number, key)
            if answer.status_code == 200:
                self.keys.append(f"{FINDER}:{key}")
                self.answered[begun] += 1
                self.reached[number] = begun
            else:
                self.failed.append(f"{number}: {answer.status_code} {answer.text}")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(1 + random.random() * len(self.numbers) / 5):
                    await self.stop.wait()

    async def _answered(self, number: str, key: str) -> httpx.Response:
        while True:
            with contextlib.suppress(httpx.TransportError):
                path = f"/v1/hazards/{number}/actions/note"
                answer = await self.live.post(FINDER, path, {"note": "仍在跟进"}, key)
                if answer.status_code not in AWAY:
                    return answer
            self.again += 1
            await asyncio.sleep(0.5)

    async def is_everywhere(self, build: str) -> bool:
        """Whether every case had a command answered that was sent since the switch, and runs on this release, if it is one."""
        if any(self.reached.get(number) != self.phase for number in self.numbers):
            return False
        with contextlib.suppress(RPCError):
            return not build or all([await self._build(number) == build for number in self.numbers])
        return False

    async def _build(self, number: str) -> str:
        """Which release did the last task of a case: the switch reaches a run some seconds after it was made."""
        described = await self.live.client.get_workflow_handle(number).describe()
        info = described.raw_description.workflow_execution_info.versioning_info
        return info.deployment_version.build_id

    async def patched(self) -> int:
        """How many of the cases have a run that has met the new branch."""
        runs = [await self.live.client.get_workflow_handle(number).describe() for number in self.numbers]
        return sum(bool(run.typed_search_attributes.get(_MET)) for run in runs)


@contextlib.asynccontextmanager
async def release(live: Live, build: str, code: Path) -> AsyncIterator[None]:
    """A worker of this release beside all others."""
    worker, _ = up.parts(live.stack)
    environment = {**worker.environment, "BIHUAN_WORKER_BUILD_ID": build, "PYTHONPATH": str(code)}
    part = Part(
        name=f"worker-{build}",
        title=f"工作进程 {build}",
        argv=worker.argv,
        log=live.stack.data / "logs" / f"worker-{build}.log",
        ready=partial(_polls, live, build),
        environment=environment,
    )
    child = Child(part, say=lambda _line: None, changed=lambda: None)
    await child.start(within=START_WITHIN)
    try:
        yield
    finally:
        await child.stop()


async def _polls(live: Live, build: str) -> None:
    if not await _operator(live, "describe-version", "--build-id", build):
        raise NotYet


async def _switched(live: Live, build: str) -> None:
    """Make a release the current one, by the command that the deployment page names."""
    to = ("--build-id", build) if build else ("--unversioned",)

    async def done() -> bool:
        return await _operator(live, "set-current-version", *to, "--yes")

    await eventually(done, within=60)


async def _operator(live: Live, verb: str, *more: str) -> bool:
    words = ("worker", "deployment", verb, "--deployment-name", "bihuan", *more)
    process = await asyncio.create_subprocess_exec(
        str(engine.binary()),
        *words,
        "--address",
        live.settings.temporal_address,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    return await process.wait() == 0


@dataclass(frozen=True, kw_only=True)
class Leg:
    """What one release came to: how many runs have met the new branch, commands answered, asked again, and seconds."""

    build: str
    patched: int
    answered: int
    again: int
    seconds: float


async def rolled(
    live: Live, database: Database, folder: Path, *, cases: int, order: Sequence[str], patient: bool
) -> tuple[Flight, list[Leg]]:
    """Switch to one release after the other, ``""`` being what has no version, each until it answered for every case."""
    numbers = [(await live.report()).json()["id"] for _ in range(cases)]
    flight = Flight(live=live, numbers=numbers)
    async with release(live, "1", ROOT), release(live, "2", next_release(folder)):
        flying = asyncio.create_task(flight.run())
        try:
            legs = [await _leg(flight, database, build, patient=patient) for build in order]
        finally:
            # who answers the last commands must still be there
            flight.stop.set()
            async with asyncio.timeout(WITHIN):
                await flying
    return flight, legs


async def _leg(flight: Flight, database: Database, build: str, *, patient: bool) -> Leg:
    """Unless ``patient``, the reconciler's passes are made here instead of once a minute."""
    began, again = time.monotonic(), flight.again
    await _switched(flight.live, build)
    flight.phase += 1
    reconciling = stages.reconciling(flight.live, database)

    async def everywhere() -> bool:
        await asyncio.sleep(1)
        if not patient:
            with contextlib.suppress(Temporary):
                await reconciling.look(Pass(), repair=True)
        return await flight.is_everywhere(build)

    await eventually(everywhere, within=WITHIN)
    return Leg(
        build=build,
        patched=await flight.patched(),
        answered=flight.answered[flight.phase],
        again=flight.again - again,
        seconds=time.monotonic() - began,
    )


async def on_record(database: Database, keys: Sequence[str]) -> int:
    """How many of these commands are on record exactly once."""
    async with database.connection() as connection:
        found: int = await connection.fetchval(_ONCE, list(keys))
    return found


async def measure(cases: int) -> bool:
    """Roll, print, and tell whether nothing failed."""
    with data_folder() as data:
        async with (
            stages.running(data) as stage,
            Database.opened(stage.live.stack.database_url, size=2, timeout=30) as database,
        ):
            folder, order = data.parent / "next", ("1", "2", "1", "2")
            flight, legs = await rolled(stage.live, database, folder, cases=cases, order=order, patient=True)
            once = await on_record(database, flight.keys)
    for leg in legs:
        print(
            f"release {leg.build}: every case answered after {leg.seconds:.0f} s, {leg.answered} commands, {leg.again} asked "
            f"again, {leg.patched} runs with the new branch"
        )
    print("\n".join(flight.failed[:20]))
    print(f"{cases} cases, {len(flight.keys)} commands, {len(flight.failed)} failed, {once} on record once")
    return not flight.failed and once == len(flight.keys)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.upgrade")
    parser.add_argument("--cases", type=int, default=200)
    sound = asyncio.run(measure(parser.parse_args().cases))
    sys.stdout.flush()
    os._exit(0 if sound else 1)
