"""Measuring: rounds that alternate between the sides, and what is made of them.

Invariant: a ratio is taken within one round, where both sides ran seconds apart; of the rounds the median, the least and
the greatest are kept. No absolute second decides anything.
"""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from bench.meters import Meter


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One side in one round.

    ``latencies`` are in seconds, ``cpu`` is seconds of CPU by process name, ``more`` holds exact numbers of a benchmark.
    """

    operations: int
    seconds: float
    latencies: tuple[float, ...] = ()
    cpu: Mapping[str, float] = field(default_factory=dict)
    more: Mapping[str, float] = field(default_factory=dict)

    @property
    def rate(self) -> float:
        """Operations per second."""
        return self.operations / self.seconds

    def percentile(self, percent: float) -> float:
        """The latency in seconds that this percentage of operations did not exceed."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]

    def figures(self) -> dict[str, float]:
        """Every figure by name: ``rate``, ``p50_ms`` …, ``cpu_ms`` per operation and of each process."""
        found = {"rate": self.rate, **self.more}
        if self.latencies:
            found |= {f"p{percent}_ms": self.percentile(percent) * 1000 for percent in (50, 95, 99)}
        if self.cpu:
            each = {name: seconds * 1000 / self.operations for name, seconds in self.cpu.items()}
            found["cpu_ms"] = sum(each.values())
            found |= {f"cpu_ms {name}": value for name, value in each.items()}
        return found


@dataclass(frozen=True, kw_only=True)
class Spread:
    """Of several rounds: the median, the least, the greatest."""

    median: float
    low: float
    high: float


Side = Callable[[], Awaitable[Sample]]


def spread(values: Sequence[float]) -> Spread:
    """Median, least and greatest of at least one value."""
    return Spread(median=statistics.median(values), low=min(values), high=max(values))


async def interleaved(sides: Mapping[str, Side], rounds: int) -> dict[str, list[Sample]]:
    """Run every side once per round; odd rounds go backwards, so that no side always runs behind the same other."""
    samples: dict[str, list[Sample]] = {name: [] for name in sides}
    for number in range(rounds):
        order = list(sides) if number % 2 == 0 else list(sides)[::-1]
        for name in order:
            samples[name].append(await sides[name]())
    return samples


def spreads(samples: Sequence[Sample]) -> dict[str, Spread]:
    """The spread of every figure of one side over its rounds."""
    rounds = [sample.figures() for sample in samples]
    return {name: spread([figures[name] for figures in rounds]) for name in rounds[0]}


def ratio(ours: Sequence[Sample], floor: Sequence[Sample], figure: str) -> Spread:
    """Ours over the floor's, round by round."""
    return spread(
        [mine.figures()[figure] / its.figures()[figure] for mine, its in zip(ours, floor, strict=True)]
    )


async def timed(
    meter: Meter, work: Callable[[], Awaitable[Sequence[float]]], more: Mapping[str, float] | None = None
) -> Sample:
    """Do ``work``, which gives the latency of each operation in seconds, and measure time and CPU around it."""
    cpu = meter.cpu()
    began = time.perf_counter()
    latencies = await work()
    seconds = time.perf_counter() - began
    used = {name: now - cpu[name] for name, now in meter.cpu().items()}
    return Sample(
        operations=len(latencies), seconds=seconds, latencies=tuple(latencies), cpu=used, more=more or {}
    )


async def at_once(count: int, width: int, one: Callable[[int, int], Awaitable[None]]) -> list[float]:
    """Do ``one(lane, number)`` for ``count`` numbers in ``width`` lanes; gives the seconds that each took."""
    numbers = iter(range(count))
    took: list[float] = []

    async def lane(which: int) -> None:
        for number in numbers:
            began = time.perf_counter()
            await one(which, number)
            took.append(time.perf_counter() - began)

    await asyncio.gather(*(lane(which) for which in range(width)))
    return took
