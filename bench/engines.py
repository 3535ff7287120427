"""B11: the same closed loop on other engines, the same rules, the same record, equal durability.

A loop is an intake in PostgreSQL, a start, and five commands, each answered when it is on record. Nobody speaks HTTP to our
API here: what is compared is the engine, its SDK and its store.
"""

import uuid
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Protocol

import psutil

from bench import measure, results, stories
from bench.measure import Sample, Side
from bench.on_temporal import OnTemporal
from bench.results import Result
from bench.stand import WORKER, Stand
from bench.stories import STORIES, Teller
from domain.hazard import Case, Command
from domain.terms import Terms

LOOPS = 60
WIDTH = 20
UNIT = "ec01"


class Engine(Protocol):
    """What a loop needs of an engine; ``processes`` are those of its own, by name, beside PostgreSQL."""

    name: str
    processes: dict[str, int]

    async def start(self, case: Case) -> None:
        """Carry the case, which is on record."""
        ...

    async def act(self, case_id: str, command: Command) -> None:
        """Bring a command; returns when it is on record."""
        ...


async def run(stand: Stand, rounds: int, scale: float = 1) -> Result:
    """All engines on one stand, in turn."""
    loops = max(2, int(LOOPS * scale))
    now = datetime.now(UTC)
    teller = await stories.teller(stand.database, UNIT, now)
    terms = await stories.terms_at(stand.database, now)
    async with AsyncExitStack() as opened:
        engines, absent = await _engines(stand, opened)
        sides = {engine.name: _side(stand, engine, teller, terms, loops) for engine in engines}
        await measure.interleaved(sides, 1)  # warm
        samples = await measure.interleaved(sides, rounds)
    return _result(samples, rounds, loops, absent)


def _result(samples: dict[str, list[Sample]], rounds: int, loops: int, absent: list[str]) -> Result:
    others = [name for name in samples if name != "ours"]
    goals: dict[str, Any] = {"DBOS": 2}
    return Result(
        id="B11",
        title="同一闭环在别的引擎上",
        rounds=rounds,
        per_round=f"{loops} loops, {WIDTH} at once",
        ratios=[
            one
            for name in others
            for one in results.compared(
                samples,
                name,
                ("rate", goals.get(name), True),
                ("p50_ms", None, False),
                ("cpu_ms", None, False),
            )
        ],
        sides=results.tables(samples),
        notes=absent,
    )


async def _engines(stand: Stand, opened: AsyncExitStack) -> tuple[list[Engine], list[str]]:
    """Those that can be had; a sentence for each that cannot."""
    engines: list[Engine] = [OnTemporal(stand)]
    absent = []
    try:
        from bench import on_dbos

        engines.append(await opened.enter_async_context(on_dbos.opened(stand)))
    except ImportError:
        absent.append("DBOS was not measured: its package is not installed (`make bench-others`).")
    try:
        from bench import on_restate

        server = on_restate.binary()
        if server is not None:
            engines.append(await opened.enter_async_context(on_restate.opened(stand, server)))
    except ImportError:
        server = None
    if server is None:
        absent.append("Restate was not measured: its server is not installed (`make bench-others`).")
    return engines, absent


@contextmanager
def _alone(stand: Stand, engine: Engine) -> Iterator[None]:
    """Our worker stands still while another engine runs: its relay would start what the other is to carry."""
    pid = stand.stack.pids()[WORKER]
    if engine.name == "ours" or pid is None:
        yield
        return
    worker = psutil.Process(pid)
    worker.suspend()
    try:
        yield
    finally:
        worker.resume()


def _side(stand: Stand, engine: Engine, teller: Teller, terms: Terms, loops: int) -> Side:
    async def one(_lane: int, _number: int) -> None:
        story = replace(STORIES[0], item=None)
        case = await teller.report(story, datetime.now(UTC), terms, uuid.uuid4().hex)
        await engine.start(case)
        for number, (action, who) in enumerate(story.steps, 1):
            await engine.act(case.id, teller.command(action, who, number))

    async def side() -> Sample:
        pids = {**engine.processes, "postgres": stand.stack.pids()["postgres"] or 0}
        with _alone(stand, engine):
            return await measure.timed(stand.meter_of(pids), lambda: measure.at_once(loops, WIDTH, one))

    return side
