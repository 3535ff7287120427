"""A property-based client of the whole API: schemathesis, run as a user runs it, against real processes.

By hand: ``python -m tests.api.fuzzing 20 7`` tries every operation up to 20 times in each phase, and walks along the
links, as three people, with seeds that begin at 7.
"""

import asyncio
import json
import os
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.api import live

PEOPLE = ("p-office", "p-team1a", "p-ec01-safety")
ALL = "examples,coverage,fuzzing,stateful"
CASES = 10
SLOWEST = 2
"""Seconds that any answer may take on a machine with nothing else to do."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What the client found: its exit code, its screen, and how often each status was answered."""

    code: int
    screen: str
    statuses: Counter[int]


async def fuzz(
    system: live.Live,
    person: str,
    *,
    examples: int,
    phases: str,
    leave_out: str = "^$",
    seed: int | None = None,
    slowest: int = SLOWEST,
) -> Outcome:
    """Try every operation as this person, but for those whose id matches ``leave_out``.

    ``examples`` are per operation and phase; without a ``seed`` they are the same every time.
    """
    chosen = ("--generation-deterministic",) if seed is None else ("--seed", str(seed))
    with TemporaryDirectory(prefix="bihuan-fuzz-") as folder:
        events = Path(folder) / "events.ndjson"
        cases = [(await system.report()).json()["id"] for _ in range(CASES)]
        given = {"cases": cases, "file": await system.upload(person)}
        (Path(folder) / "given.json").write_text(json.dumps(given), encoding="utf-8")
        process = await asyncio.create_subprocess_exec(
            *(str(Path(sys.executable).with_name("schemathesis")), "run"),
            f"{system.stack.api_url}/openapi.json",
            *("--header", f"Authorization: Bearer {system.token(person)}"),
            *("--phases", phases, "--max-examples", str(examples)),
            *("--max-response-time", str(slowest), "--request-timeout", str(2 * slowest)),
            *("--exclude-operation-id-regex", leave_out),
            *("--workers", "1", "--continue-on-failure"),
            *(*chosen, "--no-color"),
            *("--suppress-health-check", "all", "--warnings", "off"),
            *("--report-ndjson-path", str(events)),
            cwd=folder,
            env={**os.environ, "SCHEMATHESIS_HOOKS": "tests.api.fuzz_hooks", "PYTHONPATH": str(_ROOT)},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        screen, _ = await process.communicate()
        assert process.returncode is not None
        return Outcome(code=process.returncode, screen=screen.decode(), statuses=_statuses(events))


def _statuses(events: Path) -> Counter[int]:
    found: Counter[int] = Counter()
    if not events.exists():
        return found
    for line in events.read_text(encoding="utf-8").splitlines():
        _count(json.loads(line), found)
    return found


def _count(value: object, found: Counter[int]) -> None:
    if isinstance(value, dict):
        if isinstance(value.get("status_code"), int) and "elapsed" in value:
            found[value["status_code"]] += 1
        for part in value.values():
            _count(part, found)
    elif isinstance(value, list):
        for part in value:
            _count(part, found)


_ROOT = Path(__file__).parents[2]


async def _by_hand(examples: int, first_seed: int) -> int:
    worst, total = 0, Counter[int]()
    async with live.running() as system:
        for seed, person in enumerate(PEOPLE, start=first_seed):
            outcome = await fuzz(
                system, person, examples=examples, seed=seed, phases=ALL, leave_out="^sign_out_everywhere$"
            )
            print(f"=== {person}\n{outcome.screen}\n{sorted(outcome.statuses.items())}", flush=True)
            worst, total = max(worst, outcome.code), total + outcome.statuses
    print(f"{total.total()} requests, {sorted(total.items())}")
    return worst


if __name__ == "__main__":
    sys.exit(asyncio.run(_by_hand(int(sys.argv[1]), int(sys.argv[2]))))
