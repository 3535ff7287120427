"""``python -m tests.chaos.conflicts [--histories N] [--keys K] [--copies C]``: many at once on one case, and under one key.

Histories: on each new case sixteen clients act at once, each a few times, whatever the case allows (G11). Keys: each
report is sent many times at once under one key, and the API is killed meanwhile (G2).
Invariant: everything that was answered is in the journal, which the judge compares with the record.
"""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Final

from adapters.postgres.database import Database
from tests.chaos import stage as stages
from tests.chaos.faults import ALL, Fault
from tests.chaos.journal import Journal
from tests.chaos.judge import Course, Verdict, of_record
from tests.chaos.load import FIGHTS, Load
from tests.chaos.stage import Stage
from tests.stack import data_folder

CLIENTS: Final = 16
COMMANDS: Final = 3
SIDE_BY_SIDE: Final = 4
"""Histories, or keys, at once."""

KILLS: Final = 3
_CASES: Final = "SELECT count(*) FROM hazards"


async def fought(load: Load, histories: int) -> None:
    """So many cases over each of which sixteen clients fight."""

    async def one(number: int) -> None:
        case = await load.report(_chance(load, "case", number))
        if case is not None:
            await asyncio.gather(*(client(_chance(load, number, who), case) for who in range(CLIENTS)))

    async def client(random: Random, case: str) -> None:
        for _ in range(COMMANDS):
            person, action = random.choice(FIGHTS)
            await load.act(random, person, case, action)

    await _side_by_side(histories, one)


async def repeated(stage: Stage, load: Load, keys: int, copies: int) -> int:
    """So many reports, each as often at once, under kills of the API; gives how many cases came of them."""
    before = await _count(stage)
    kill = Fault(rest=0, name="kill -9 api", lasts=0, choice=0)
    step = max(1, keys // (KILLS + 1))

    async def one(number: int) -> None:
        if number and number % step == 0:
            await ALL[kill.name](stage, kill)
        await load.report(_chance(load, "key", number), copies=copies)

    await _side_by_side(keys, one)
    return await _count(stage) - before


def _chance(load: Load, *words: object) -> Random:
    """The chance that decides one thing, the same in every run of a seed."""
    return Random(" ".join(str(word) for word in (load.seed, *words)))  # noqa: S311 - must be repeatable


async def _side_by_side(count: int, one: Callable[[int], Awaitable[None]]) -> None:
    gate = asyncio.Semaphore(SIDE_BY_SIDE)

    async def each(number: int) -> None:
        async with gate:
            await one(number)

    await asyncio.gather(*(each(number) for number in range(count)))


async def _count(stage: Stage) -> int:
    async with (
        Database.opened(stage.live.stack.database_url, size=1, timeout=30) as database,
        database.connection() as connection,
    ):
        count: int = await connection.fetchval(_CASES)
    return count


async def judged(stage: Stage, load: Load) -> Verdict:
    """What the record says of everything that was answered."""
    verdict = Verdict()
    async with Database.opened(stage.live.stack.database_url, size=1, timeout=60) as database:
        await of_record(verdict, database, load.journal, Course(began=datetime.now(UTC)))
    verdict.wrong += load.faults
    verdict.must(not load.unanswered, "I1 answered", f"{load.unanswered} were never answered")
    return verdict


async def measure(histories: int, keys: int, copies: int, seed: int) -> bool:
    """Fight, repeat, print, and tell whether everything holds."""
    with data_folder() as data, tempfile.TemporaryDirectory() as folder:
        async with stages.running(data, seed=seed) as stage:
            load = Load(live=stage.live, journal=Journal(Path(folder) / "journal.jsonl"), seed=seed)
            await load.prepare()
            began = time.monotonic()
            await fought(load, histories)
            statuses = Counter(line.status for line in load.journal.lines() if line.action != "report")
            print(
                f"{histories} histories of {CLIENTS} clients in {time.monotonic() - began:.0f} s: {dict(statuses)}",
                flush=True,
            )
            began = time.monotonic()
            cases = await repeated(stage, load, keys, copies)
            print(
                f"{keys} keys, each {copies}× at once, in {time.monotonic() - began:.0f} s: {cases} cases",
                flush=True,
            )
            verdict = await judged(stage, load)
    print("\n".join(verdict.wrong[:20]))
    print(f"seed {seed}: {len(verdict.wrong)} wrong; checks {dict(verdict.seen)}")
    return not verdict.wrong and cases == keys


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.conflicts")
    parser.add_argument("--histories", type=int, default=1000)
    parser.add_argument("--keys", type=int, default=1000)
    parser.add_argument("--copies", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    told = parser.parse_args()
    holds = asyncio.run(measure(told.histories, told.keys, told.copies, told.seed))
    sys.stdout.flush()
    os._exit(0 if holds else 1)
