"""``python -m tests.chaos.restarts [--paths N] [--seed S]``: after every step of a random path the whole stack is killed.

Invariant: what a case shows before the kill is what it shows after it, to the last field.
"""

import argparse
import asyncio
import contextlib
import os
import signal
import sys
import time
from random import Random
from typing import Any

import httpx

from tests.api.live import Json
from tests.chaos import stage as stages
from tests.chaos.faults import PARTS
from tests.chaos.load import BODIES, KINDS, PATH
from tests.chaos.stage import Stage
from tests.stack import data_folder, eventually
from tests.stories.loop import CHECKER, FINDER, OFFICE, STAFF

_ASIDE = ((STAFF, "note"), (OFFICE, "note"), (CHECKER, "return"))


async def path(stage: Stage, random: Random, files: dict[str, str]) -> tuple[int, list[str]]:
    """Walk one path; gives the number of steps and what differed."""
    live = stage.live
    evidence = [{"file_id": files[FINDER], "kind": "before_photo"}]
    number = (await live.report(evidence=evidence, item="fire-exit")).json()["id"]
    wrong: list[str] = []
    steps = [step for main in PATH for step in ([random.choice(_ASIDE)] * (random.random() < 0.4) + [main])]
    for person, action in steps:
        kinds = [KINDS[action]] if action in KINDS else []
        cited = [{"file_id": files[person], "kind": kind} for kind in kinds]
        body = BODIES[action] | ({"evidence": cited} if cited else {})
        await _answered(stage, person, f"/v1/hazards/{number}/actions/{action}", body)
        before = await _seen(stage, number)
        for part in PARTS:
            pid = live.child(part).pid
            if pid is not None:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        after = await eventually(lambda: _seen(stage, number), within=60)
        if after != before:
            wrong.append(f"{number} after {action}: {before} became {after}")
    return len(steps), wrong


async def _answered(stage: Stage, person: str, path: str, body: Json) -> None:
    key = f"restart-{time.monotonic_ns()}"

    async def ask() -> bool:
        with contextlib.suppress(httpx.TransportError):
            return (await stage.live.post(person, path, body, key)).status_code not in (429, 503)
        return False

    await eventually(ask, within=60)


async def _seen(stage: Stage, number: str) -> Any:
    with contextlib.suppress(httpx.TransportError):
        case = await stage.live.get(OFFICE, f"/v1/hazards/{number}")
        timeline = await stage.live.get(OFFICE, f"/v1/hazards/{number}/timeline")
        if case.status_code == timeline.status_code == 200:
            return case.json(), timeline.json()
    return None


async def walk(paths: int, seed: int) -> list[str]:
    """Walk so many paths and tell what differed."""
    random = Random(seed)  # noqa: S311 - must be repeatable
    wrong: list[str] = []
    with data_folder() as data:
        async with stages.running(data, seed=seed) as stage:
            files = {person: await stage.live.upload(person) for person in (FINDER, OFFICE, STAFF, CHECKER)}
            for _ in range(paths):
                steps, differed = await path(stage, random, files)
                wrong += differed
                print(f"{steps} steps, {len(differed)} differences", flush=True)
    return wrong


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.restarts")
    parser.add_argument("--paths", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    told = parser.parse_args()
    differences = asyncio.run(walk(told.paths, told.seed))
    print("\n".join(differences) or f"seed {told.seed}: no difference")
    sys.stdout.flush()
    os._exit(1 if differences else 0)
