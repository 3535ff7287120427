"""``python -m bench [--only B4] [--rounds 5] [--scale 1]``: run benchmarks, keep their figures, make the page."""

import argparse
import os
import sys
from collections.abc import Awaitable, Callable

import uvloop

from bench import (
    command,
    cut_off,
    deadlines,
    deliveries,
    engines,
    idle,
    loops,
    page,
    read,
    results,
    size,
    stand,
    submit,
)
from bench.results import Result

Benchmark = Callable[[stand.Stand, int, float], Awaitable[Result]]

ON_THE_STAND: dict[str, Benchmark] = {
    "B1": loops.run,
    "B2": loops.counted,
    "B3": command.run,
    "B4": read.run,
    "B5": submit.run,
    "B6": cut_off.run,
    "B8": idle.run,
    "B9": deadlines.run,
    "B11": engines.run,
}


DELIVERY = "B10"
"""Its worker is told of receivers on this machine."""

AT_SIZE = "B7"
"""Runs on a record of its own, which ``python -m bench.fill`` makes."""


def main() -> None:
    """Run what is asked for; with ``--page`` alone, only render the page from every result that is there."""
    asked = _asked()
    names = [asked.only] if asked.only else [] if asked.page else [*ON_THE_STAND, DELIVERY]
    for name in names:
        result = uvloop.run(_run(name, asked.rounds, asked.scale))
        results.save(result)
        print(page.as_text(result), flush=True)
    if asked.page:
        page.render()


async def _run(name: str, rounds: int, scale: float) -> Result:
    if name == AT_SIZE:
        return await size.run(rounds, scale)
    if name == DELIVERY:
        async with stand.opened(**deliveries.TOLD) as one:
            return await deliveries.run(one, rounds, scale)
    async with stand.opened() as one:
        return await ON_THE_STAND[name](one, rounds, scale)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument(
        "--only", choices=[*ON_THE_STAND, DELIVERY, AT_SIZE], help="one benchmark instead of all"
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument(
        "--scale", type=float, default=1, help="operations per round, as a share of the usual"
    )
    parser.add_argument("--page", action="store_true", help="write the tables into docs/benchmarks.md")
    return parser.parse_args()


if __name__ == "__main__":
    main()
    sys.stdout.flush()
    # the engine's native core sometimes aborts while the interpreter is torn down; everything is flushed
    os._exit(0)
