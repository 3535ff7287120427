"""B3: one command through HTTP, against a bare update with one local activity; one at a time."""

import time
from collections.abc import Sequence

from bench import bare, measure, people, results
from bench.floor_engine import Bare
from bench.measure import Sample, Side
from bench.people import LOOP, People
from bench.results import Result
from bench.stand import API, FLOOR_WORKER, SERVERS, WORKER, Stand
from bench.wire import Wire, wires

LOOPS = 12


async def run(stand: Stand, rounds: int, scale: float = 1) -> Result:
    """The five commands of a loop, of which only the commands are timed, not the report before them."""
    loops = max(1, int(LOOPS * scale))
    async with wires(stand.stack.ports.api, 1) as (wire,):
        crowd = await people.signed_in(stand, wire)

        async def ours() -> Sample:
            meter = stand.meter(API, WORKER, *SERVERS)
            return await measure.timed(meter, lambda: _commands(crowd, wire, loops))

        sides: dict[str, Side] = {
            "ours": ours,
            "floor": _bare(stand, loops, writes=False),
            "floor and a row": _bare(stand, loops, writes=True),
        }
        await measure.interleaved(sides, 1)  # warm
        samples = await measure.interleaved(sides, rounds)
    return _result(samples, rounds, loops, crowd.repeated)


async def _commands(crowd: People, wire: Wire, loops: int) -> list[float]:
    took = []
    for _ in range(loops):
        number = await crowd.report(wire)
        for step in range(len(LOOP)):
            began = time.perf_counter()
            await crowd.act(wire, number, step)
            took.append(time.perf_counter() - began)
    return took


def _bare(stand: Stand, loops: int, *, writes: bool) -> Side:
    async def updates() -> list[float]:
        took = []
        for _ in range(loops):
            handle = await bare.start(stand.client, Bare(updates=len(LOOP), writes=writes))
            for _step in LOOP:
                began = time.perf_counter()
                await bare.act(handle)
                took.append(time.perf_counter() - began)
        return took

    async def side() -> Sample:
        return await measure.timed(stand.meter(FLOOR_WORKER, *SERVERS), updates)

    return side


def _result(samples: dict[str, list[Sample]], rounds: int, loops: int, repeated: int) -> Result:
    wanted: Sequence[tuple[str, float | None, bool]] = (
        ("p50_ms", 1.25, False),
        ("p99_ms", 2, False),
        ("cpu_ms", None, False),
    )
    plain = [(figure, None, at_least) for figure, _goal, at_least in wanted]
    return Result(
        id="B3",
        title="一次办理：POST /v1/hazards/{id}/actions/…",
        rounds=rounds,
        per_round=f"{loops * len(LOOP)} commands one by one",
        ratios=[
            *results.compared(samples, "floor", *wanted),
            *results.compared(samples, "floor and a row", *plain),
        ],
        sides=results.tables(samples),
        notes=[f"Requests answered 503 and sent again: {repeated}."],
    )
