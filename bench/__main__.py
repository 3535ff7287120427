"""``python -m bench [--only B4] [--rounds 5] [--scale 1]``: run benchmarks, keep their figures, make the page."""

import argparse
import os
import sys
from collections.abc import Awaitable, Callable

import uvloop

from bench import command, deadlines, idle, loops, page, read, results, stand
from bench.results import Result

Benchmark = Callable[[stand.Stand, int, float], Awaitable[Result]]

ON_THE_STAND: dict[str, Benchmark] = {
    "B1": loops.run,
    "B2": loops.counted,
    "B3": command.run,
    "B4": read.run,
    "B8": idle.run,
    "B9": deadlines.run,
}


def main() -> None:
    """Run what is asked for, then render the page from every result that is there."""
    asked = _asked()
    for name in [asked.only] if asked.only else list(ON_THE_STAND):
        result = uvloop.run(_run(ON_THE_STAND[name], asked.rounds, asked.scale))
        results.save(result)
        print(page.as_text(result), flush=True)
    if asked.page:
        page.render()


async def _run(benchmark: Benchmark, rounds: int, scale: float) -> Result:
    async with stand.opened() as one:
        return await benchmark(one, rounds, scale)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("--only", choices=list(ON_THE_STAND), help="one benchmark instead of all")
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
