"""``python -m tests.chaos.restarts [--paths N] [--seed S]``: after every step of random paths the whole stack is killed.

Many cases walk side by side, each its own path: all take one step that the rules allow, the four processes are killed
with -9, and when they are back every case is compared with what it showed before; then the next step.
Invariant: what a case shows before the kill is what it shows after it, from four sides, to the last field.
"""

import argparse
import asyncio
import contextlib
import os
import signal
import sys
import time
import uuid
from collections import Counter
from collections.abc import Coroutine, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import Any, Final, TypeVar

import httpx

from adapters.postgres.database import Database
from adapters.postgres.drift import PostgresDrift
from domain import hazard
from domain.hazard import TRANSITIONS, Action, Case, Stage
from domain.people import Actor
from tests.chaos import shown
from tests.chaos import stage as stages
from tests.chaos.faults import PARTS
from tests.chaos.load import AWAY
from tests.chaos.rehydration import sound
from tests.harness import Json, World
from tests.stack import data_folder, eventually
from tests.stories import behind, loop

T = TypeVar("T")

STEPS: Final = 10
COHORT: Final = 250
ONWARD: Final = 0.6
"""How often a step is one that leads along the loop, where there is any; else it is any that is allowed."""

_ASIDE: Final = (None, Stage.DISMISSED, Stage.TRANSFERRED, Stage.MERGED)


@dataclass(frozen=True, kw_only=True)
class Path:
    """One case on its way, and the chance that decides it."""

    number: str
    random: Random


@dataclass
class Walk:
    """Cases that walk side by side; what was done, and what differed."""

    stage: stages.Stage
    world: World
    seed: int
    people: dict[str, Actor] = field(default_factory=dict)
    done: Counter[str] = field(default_factory=Counter)
    ended: Counter[str] = field(default_factory=Counter)
    restarts: int = 0
    wrong: list[str] = field(default_factory=list)

    async def prepare(self) -> None:
        """Know who may do what."""
        for person in (loop.FINDER, *loop.BY_ROLE.values()):
            self.people[person] = await behind.actor(self.world, person)

    async def cohort(self, first: int, paths: int, steps: int) -> None:
        """Walk so many paths of at most so many steps; a path whose case allows nothing more ends before."""
        walking = await _all(self._report(Random(self.seed * 1_000_000 + first + n)) for n in range(paths))  # noqa: S311
        numbers = [path.number for path in walking]
        for step in range(steps):
            began = time.monotonic()
            known = await PostgresDrift(self.world.database).look(numbers)
            await _all(self._step(path, known[path.number].case) for path in walking)
            stepped = time.monotonic()
            await self._restart(numbers)
            print(
                f"  step {step + 1} of {paths} paths in {stepped - began:.0f} s, killed and compared in "
                f"{time.monotonic() - stepped:.0f} s, {len(self.wrong)} differences",
                flush=True,
            )
        known = await PostgresDrift(self.world.database).look(numbers)
        self.ended.update(one.case.stage.value for one in known.values())

    async def _report(self, random: Random) -> Path:
        body = {
            "unit_id": "ec01",
            "place": f"房间{uuid.uuid4().hex[:10]}",
            "category": "fire",
            "item": "fire-exit",
            "level": random.choice(("general", "major")),
            "description": "安全出口被货架堵塞",
            "evidence": await self.world.cite(loop.FINDER, "before_photo"),
        }
        answer = await self._answered(loop.FINDER, "/v1/hazards", body)
        assert answer.is_success, answer.text
        return Path(number=answer.json()["id"], random=random)

    async def _step(self, path: Path, case: Case) -> None:
        """One action that the rules allow somebody; another one where a body of the stories does not fit this case."""
        for person, action in self._ways(path.random, case):
            body = await loop.body(self.world, person, action.value)
            answer = await self._answered(person, f"/v1/hazards/{case.id}/actions/{action.value}", body)
            if answer.status_code == 200:
                self.done[action.value] += 1
                return
            assert answer.status_code in (403, 404, 409, 422), answer.text

    def _ways(self, random: Random, case: Case) -> Sequence[tuple[str, Action]]:
        now = datetime.now(UTC)
        ways = [
            (person, allowed.action)
            for person, actor in self.people.items()
            for allowed in hazard.allowed_actions(case, actor, now)
        ]
        random.shuffle(ways)
        onward = [way for way in ways if TRANSITIONS[case.stage, way[1]].to not in _ASIDE]
        return [*onward, *ways] if random.random() < ONWARD else ways

    async def _answered(self, person: str, path: str, body: Json) -> httpx.Response:
        key = uuid.uuid4().hex

        async def ask() -> httpx.Response | None:
            with contextlib.suppress(httpx.TransportError):
                answer = await self.world.post(person, path, body, key)
                return None if answer.status_code in AWAY else answer
            return None

        return await eventually(ask, within=shown.WITHIN)

    async def _restart(self, numbers: Sequence[str]) -> None:
        live, database = self.stage.live, self.world.database
        await eventually(lambda: sound(self.stage, database), within=shown.WITHIN)
        before = await shown.shown(live, database, numbers)
        killed = {pid for part in PARTS if (pid := live.child(part).pid) is not None}
        assert len(killed) == len(PARTS)
        for pid in killed:
            os.kill(pid, signal.SIGKILL)
        after = await shown.shown(live, database, numbers)
        assert not killed & {live.child(part).pid for part in PARTS}
        self.restarts += 1
        differing = [number for number in numbers if after[number] != before[number]]
        self.wrong += [f"{number}: {before[number]} became {after[number]}" for number in differing]


async def _all(work: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """Everything done, a few at once."""
    gate = asyncio.Semaphore(shown.AT_ONCE)

    async def one(each: Coroutine[Any, Any, T]) -> T:
        async with gate:
            return await each

    return await asyncio.gather(*(one(each) for each in work))


async def walk(paths: int, seed: int, steps: int, cohort: int) -> Walk:
    """Walk so many paths, ``cohort`` of them side by side."""
    with data_folder() as data:
        async with (
            stages.running(data, seed=seed) as stage,
            Database.opened(stage.live.stack.database_url, size=4, timeout=30) as database,
        ):
            walking = Walk(stage=stage, world=stages.hands(stage.live, database), seed=seed)
            await walking.prepare()
            for begun in range(0, paths, cohort):
                await walking.cohort(begun, min(cohort, paths - begun), steps)
            return walking


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.restarts")
    parser.add_argument("--paths", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--cohort", type=int, default=COHORT)
    told = parser.parse_args()
    walked = asyncio.run(walk(told.paths, told.seed, told.steps, told.cohort))
    print("\n".join(walked.wrong[:20]))
    print(
        f"seed {told.seed}: {told.paths} paths, {walked.done.total()} steps of {len(walked.done)} kinds, "
        f"{walked.restarts} restarts, {len(walked.wrong)} differences; {dict(walked.done.most_common())} ending {dict(walked.ended)}"
    )
    return 1 if walked.wrong else 0


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    os._exit(code)
