"""``python -m tests.chaos [--seed N] [--seconds S] [--rounds R] [--plan FILE]``: chaos, or the same chaos again."""

import argparse
import asyncio
import contextlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from deploy.processes import cancel
from tests.chaos import campaign, faults, stage
from tests.chaos.campaign import Outcome
from tests.chaos.growth import Growth, tables

DISK = "700m"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--rest", type=float, default=1.0, help="seconds between faults, on average")
    parser.add_argument("--only", default="", help="only faults whose name contains one of these")
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument(
        "--grown", action="store_true", help="print what grew: memory, descriptors, files, tables"
    )
    parser.add_argument("--plan", type=Path, help="a schedule that an earlier run kept")
    parser.add_argument("--aloud", action="store_true", help="print what the supervisor says")
    parser.add_argument("--out", type=Path, default=Path(".data/chaos"))
    told = parser.parse_args()
    told.out.mkdir(parents=True, exist_ok=True)
    outcomes = asyncio.run(_rounds(told))
    return 0 if all(outcome.sound for outcome in outcomes) else 1


async def _rounds(told: argparse.Namespace) -> list[Outcome]:
    outcomes = []
    for number in range(told.rounds):
        seed = told.seed + number
        names = [name for name in faults.ALL if any(one in name for one in told.only.split(","))]
        schedule = faults.drawn(seed, told.seconds, names, rest=told.rest)
        if told.plan:
            seed, schedule = faults.read(told.plan)
        print(f"seed {seed}: {len(schedule)} faults, kept in {told.out}/plan-{seed}.json", flush=True)
        with _folder() as folder:
            async with stage.running(folder / "data", seed=seed, aloud=told.aloud) as running:
                growth = Growth(running)
                watching = asyncio.create_task(growth.watch())
                outcome = await campaign.run(
                    running, told.out, seed, schedule, clients=told.clients, patient=True
                )
                await cancel(watching)
                grown = [*growth.told(), *await tables(running.live.stack.database_url)]
                (told.out / f"screen-{seed}.txt").write_text("\n".join(running.said) + "\n", encoding="utf-8")
                if not outcome.sound:
                    logs = told.out / f"logs-{seed}"
                    shutil.copytree(running.live.stack.data / "logs", logs, dirs_exist_ok=True)
        outcomes.append(outcome)
        _tell(outcome, schedule)
        print("\n".join(f"  {line}" for line in grown if told.grown), flush=True)
    _tell_all(outcomes)
    return outcomes


def _tell_all(outcomes: list[Outcome]) -> None:
    """The sum over all rounds."""
    kills: Counter[str] = Counter()
    recovery: dict[str, list[float]] = {}
    for outcome in outcomes:
        kills.update(outcome.kills)
        for name, seconds in outcome.recovery.items():
            recovery.setdefault(name, []).extend(seconds)
    print(
        f"{len(outcomes)} rounds, {sum(outcome.sound for outcome in outcomes)} sound: "
        f"acknowledged {sum(outcome.acknowledged for outcome in outcomes)}, "
        f"refused {sum(outcome.refused for outcome in outcomes)}, "
        f"wrong {sum(len(outcome.verdict.wrong) + len(outcome.complaints) for outcome in outcomes)}, "
        f"{kills.total()} kills {dict(kills)}"
    )
    _tell_recovery(recovery)


def _tell(outcome: Outcome, schedule: list[faults.Fault]) -> None:
    kills = outcome.kills.total()
    print(
        f"  acknowledged {outcome.acknowledged}, refused {outcome.refused}, unanswered {outcome.unanswered}"
    )
    print(f"  {kills} kills among {len(schedule)} faults; checks {dict(outcome.verdict.seen)}")
    print(f"  known faults of the engine's client {dict(outcome.verdict.known)}")
    _tell_recovery(outcome.recovery)
    for line in [*outcome.verdict.wrong, *outcome.complaints][:20]:
        print(f"  WRONG {line}")
    print(json.dumps({"seed": outcome.seed, "sound": outcome.sound}), flush=True)


def _tell_recovery(recovery: dict[str, list[float]]) -> None:
    for name, seconds in sorted(recovery.items()):
        middle = statistics.median(seconds)
        print(f"  {name}: {len(seconds)}×, works again after {middle:.1f} s, at most {max(seconds):.1f} s")


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    """A place of its own; as root, a small disk, so that it can be full."""
    with tempfile.TemporaryDirectory(prefix="bihuan-", ignore_cleanup_errors=True) as folder:
        mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK},mode=0711", "tmpfs", folder]
        small = os.getuid() == 0 and subprocess.run(mount, capture_output=True).returncode == 0
        try:
            yield Path(folder)
        finally:
            if small:
                subprocess.run(["umount", folder], check=False)  # noqa: S607


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    # the engine's native core may abort an interpreter that winds down
    os._exit(code)
