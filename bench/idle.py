"""B8: what 10,000 open hazards cost that nobody touches, against as many bare workflows that wait.

Both sides grow by a share in every round; memory is what the worker's process gained since the beginning.
"""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from bench import measure, results, standing
from bench.measure import Sample, Side
from bench.meters import folder_size
from bench.results import Ratio, Result
from bench.stand import API, FLOOR_WORKER, SERVERS, WORKER, Stand

COUNT = 10_000
WATCHED = 10.0
_FAR = timedelta(days=90)


async def run(stand: Stand, rounds: int, scale: float = 1) -> Result:
    """Grow both sides, then watch the whole stack doing nothing."""
    share = max(10, int(COUNT * scale / rounds))
    due = (datetime.now(UTC) + _FAR).replace(second=0, microsecond=0)

    async def ours() -> None:
        await standing.start(stand, await standing.put(stand, share, due))

    async def bare() -> None:
        await standing.start_bare(stand, uuid.uuid4().hex, share, None, writes=False)

    sides = {"ours": _side(stand, WORKER, share, ours), "floor": _side(stand, FLOOR_WORKER, share, bare)}
    samples = await measure.interleaved(sides, rounds)
    cpu = await _idle_cpu(stand, rounds)
    return _result(samples, rounds, share, cpu)


def _result(samples: dict[str, list[Sample]], rounds: int, share: int, cpu: list[Ratio]) -> Result:
    final = {name: [of_side[-1]] for name, of_side in samples.items()}
    at_end = results.compared(final, "floor", ("worker_mib", 1.5, False))
    return Result(
        id="B8",
        title="在办而无人办理的隐患：内存与处理器",
        rounds=rounds,
        per_round=f"{share} more open hazards or bare workflows",
        ratios=[
            *at_end,
            *results.compared(samples, "floor", ("disk_kib", None, False), ("cpu_ms", None, False)),
            *cpu,
        ],
        sides=results.tables(samples),
    )


def _side(stand: Stand, process: str, share: int, grow: Callable[[], Awaitable[None]]) -> Side:
    meter = stand.meter(process)
    before = meter.memory()[process]

    async def side() -> Sample:
        disk = folder_size(stand.data / "temporal")

        async def work() -> list[float]:
            await grow()
            return [0.0] * share

        grown = await measure.timed(stand.meter(process, *SERVERS), work)
        # what was let go is given back within a few seconds
        await asyncio.sleep(2)
        more = {
            "worker_mib": meter.memory()[process] - before,
            "disk_kib": (folder_size(stand.data / "temporal") - disk) * 1024 / share,
        }
        return Sample(operations=share, seconds=grown.seconds, cpu=grown.cpu, more=more)

    return side


async def _idle_cpu(stand: Stand, rounds: int) -> list[Ratio]:
    """Percent of one core that each process takes while nothing is asked of it."""
    meter = stand.meter(API, WORKER, *SERVERS)
    watched: dict[str, list[float]] = {}
    await asyncio.sleep(WATCHED)
    for _ in range(rounds):
        before = meter.cpu()
        await asyncio.sleep(WATCHED / 2)
        used = {name: now - before[name] for name, now in meter.cpu().items() if name != "driver"}
        for name, seconds in used.items():
            watched.setdefault(name, []).append(seconds * 200 / WATCHED)
    ours = [sum(pair) for pair in zip(watched[API], watched[WORKER], strict=True)]
    servers = [sum(pair) for pair in zip(*(watched[name] for name in SERVERS), strict=True)]
    core = "one core"
    return [
        results.alone(ours, "idle CPU of API and worker", core, 2, " %"),
        results.alone(servers, "idle CPU of both servers", core, None, " %"),
    ]
