"""B9: thousands of deadlines in the same second, against the floor of B1 in state transitions per second.

Two floors in the same run: bare loops (how fast the engine takes state transitions when updates come), and as many bare
workflows whose timers end at one instant and which write one row each.
"""

import asyncio
import uuid
from datetime import UTC, datetime, timedelta

from bench import bare, loops, measure, results, standing
from bench.measure import Sample
from bench.people import LOOP
from bench.results import Result
from bench.stand import FLOOR_WORKER, SERVERS, WORKER, Stand

COUNT = 5_000
STARTS_A_SECOND = 25
"""How many workflows a slow machine starts: the instant is set so far ahead that all are waiting when it comes."""

_LAPSED = "SELECT count(*) FROM hazards WHERE id = ANY ($1) AND overdue"
_ROWS = "SELECT count(*) FROM bench_rows WHERE number = 1 AND id = ANY ($1)"


async def run(stand: Stand, rounds: int, scale: float = 1) -> Result:
    """From the instant itself until the last of them is on record."""
    count = max(20, int(COUNT * scale))
    sides = {
        "floor": lambda: _loops(stand),
        "ours": lambda: _ours(stand, count),
        "timers and a row": lambda: _timers(stand, count),
    }
    samples = await measure.interleaved(sides, rounds)
    alike = (("rate", None, True), ("transitions_per_s", None, True), ("cpu_ms", None, False))
    return Result(
        id="B9",
        title="同一秒到期的时限",
        rounds=rounds,
        per_round=f"{count} deadlines at one instant",
        ratios=[
            *results.compared(samples, "floor", ("transitions_per_s", 0.7, True)),
            *results.compared(samples, "timers and a row", *alike),
        ],
        sides=results.tables(samples),
    )


async def _ours(stand: Stand, count: int) -> Sample:
    due = _due(count)
    cases = await standing.put(stand, count, due)
    await standing.start(stand, cases)
    return await _fired(stand, WORKER, [case.id for case in cases], due, _LAPSED)


async def _timers(stand: Stand, count: int) -> Sample:
    due, prefix = _due(count), f"due-{uuid.uuid4().hex[:8]}"
    await standing.start_bare(stand, prefix, count, due, writes=True)
    return await _fired(stand, FLOOR_WORKER, [f"{prefix}-{number}" for number in range(count)], due, _ROWS)


def _due(count: int) -> datetime:
    ahead = datetime.now(UTC) + timedelta(seconds=30 + count / STARTS_A_SECOND)
    return ahead.replace(second=0, microsecond=0) + timedelta(minutes=1)


async def _fired(stand: Stand, process: str, ids: list[str], due: datetime, done: str) -> Sample:
    """Wait for the instant, then until all are done; the time before it is not counted."""
    left = (due - datetime.now(UTC)).total_seconds()
    if left < 0:
        raise RuntimeError("the machine is too slow: the instant came before all were waiting")
    probe = ids[:: max(1, len(ids) // 10)]
    before = await standing.transitions(stand, probe)
    await asyncio.sleep((due - datetime.now(UTC)).total_seconds() - 0.05)

    async def work() -> list[float]:
        while True:
            async with stand.database.connection() as connection:
                if await connection.fetchval(done, ids) == len(ids):
                    return [0.0] * len(ids)
            await asyncio.sleep(0.1)

    fired = await measure.timed(stand.meter(process, *SERVERS), work)
    each = await standing.transitions(stand, probe) - before
    more = {"transitions_per_s": each * len(ids) / fired.seconds, "transitions": each}
    return Sample(operations=len(ids), seconds=fired.seconds, cpu=fired.cpu, more=more)


async def _loops(stand: Stand) -> Sample:
    """B1's floor, in state transitions per second."""
    done: list[str] = []

    async def one(_lane: int, _number: int) -> None:
        done.append((await bare.loop(stand.client, len(LOOP))).id)

    meter = stand.meter(FLOOR_WORKER, *SERVERS)
    ran = await measure.timed(meter, lambda: measure.at_once(loops.LOOPS, loops.WIDTH, one))
    each = (await loops.cost(stand, done[-1])).more["transitions"]
    more = {"transitions_per_s": each * ran.rate, "transitions": each}
    return Sample(operations=ran.operations, seconds=ran.seconds, cpu=ran.cpu, more=more)
