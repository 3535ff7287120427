"""``python -m tests.record_corpus [SEED [SCENE…]]``: play every scene on the real stack and keep the histories in one file.

With scenes, only these are played, and the file keeps the rest.

Cases walk at random, by a seed that is printed: the same seed takes the same decisions where the system answers the
same, but ids, times and what came first of two things at once are those of the day. Record anew only when the workflows
are meant to behave otherwise and no run of the old ones is left: see ``CONTRIBUTING.md``.
"""

import asyncio
import json
import logging
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Final

from temporalio.client import WorkflowExecution
from temporalio.testing import WorkflowEnvironment

from deploy import engine
from deploy.devstack import Devstack
from tests import harness
from tests import stack as stacks
from tests.corpus import absences, archive, hooks, scenes, standing
from tests.corpus.walk import Walks
from tests.harness import World
from tests.record_histories import without_traces
from tests.stack import eventually
from workflows import gateway
from workflows.converter import CONVERTER

SEED: Final = "1"
BRIEF: Final = 40
"""After so many events the engine of the brief runs suggests to continue as a new one."""
OUTSIDE: Final = {
    "BIHUAN_MAIL_URL": "smtp://nobody:none@127.0.0.1:9?from=nobody@example.org",
    "BIHUAN_OUTGOING_LOOPBACK": "true",
    "BIHUAN_OUTGOING_ALLOWED": "http://127.0.0.1",
}
"""A mail server that is not there, and receivers on this machine."""
AWAY: Final[dict[str, Callable[[Walks, Devstack], Awaitable[list[str]]]]] = {
    "first-task": absences.first_task,
    "timer-and-command": absences.timer_and_command,
    "deliveries": standing.deliveries,
    "webhooks": hooks.webhooks,
}
"""Scenes that start workers of their own."""
IN_BRIEF_RUNS: Final[dict[str, tuple[Callable[[Walks, int], Awaitable[list[str]]], int]]] = {
    "brief-runs": (scenes.talkative, 8),
    "brief-clock": (standing.woken_in_brief_runs, 8),
}
"""Scenes on an engine that wants short runs, and how much of each."""
LONGEST: Final = {"short-walks": 100, "long-walks": 150}
"""Of the many walks, those with more events are not kept: replaying the whole corpus has to take seconds."""


class Corpus:
    """What was recorded so far."""

    def __init__(self, seed: str, beside: str) -> None:
        self.seed = seed
        self.beside = beside
        self.documents: dict[str, Any] = {}
        self.refused: dict[str, list[str]] = {}
        self._began = time.monotonic()

    def walks(self, world: World, scene: str, turn: int = 0) -> Walks:
        """A scene's own walks, by a seed of its own."""
        world.clock.ahead, world.following = world.clock.ahead * 0, False
        return Walks(world, f"{self.seed} {scene} {turn}", refused=self.refused)

    async def keep(self, world: World, scene_of: dict[str, str]) -> None:
        """Fetch every run of a world; what belongs to no scene came up beside one."""
        runs = await eventually(lambda: _runs(world, set(scene_of)))
        number: Counter[str] = Counter()
        for run in sorted(runs, key=lambda run: (run.start_time, run.run_id)):
            number[run.id] += 1
            name = f"{scene_of.get(run.id, self.beside)}/{run.id}.{number[run.id]}.json"
            handle = world.client.get_workflow_handle(run.id, run_id=run.run_id)
            history = await handle.fetch_history()
            if len(history.events) > LONGEST.get(_scene(name), sys.maxsize):
                continue
            self.documents[name] = without_traces(history.to_json_dict())

    def say(self, scene: str, walks: Walks) -> None:
        answers = dict(sorted(walks.answers.items()))
        print(f"{time.monotonic() - self._began:6.1f}s  {scene}  {answers}", flush=True)


async def _runs(world: World, wanted: set[str]) -> list[WorkflowExecution] | None:
    """Every run of the world, once the engine lists all that are wanted."""
    query = f'TaskQueue = "{world.settings.task_queue}"'
    runs = [run async for run in world.client.list_workflows(query)]
    return runs if wanted <= {run.id for run in runs} else None


def _wanted(names: Iterable[str], only: set[str]) -> list[str]:
    return [name for name in names if not only or name in only]


async def _on_the_stack(corpus: Corpus, stack: Devstack, only: set[str]) -> None:
    async with harness.world(stack, BIHUAN_TASK_QUEUE="recorded") as world:
        scene_of: dict[str, str] = {}
        for name in _wanted(scenes.SCENES, only):
            scene, times = scenes.SCENES[name]
            for turn in range(times):
                walks = corpus.walks(world, name, turn)
                scene_of |= dict.fromkeys(await scene(walks, stack), name)
                corpus.say(name, walks)
        await corpus.keep(world, scene_of)


async def _with_workers_of_their_own(corpus: Corpus, stack: Devstack, only: set[str]) -> None:
    told = {"BIHUAN_TASK_QUEUE": "recorded-away"} | OUTSIDE
    async with harness.world(stack, working=False, **told) as world:
        scene_of: dict[str, str] = {}
        for name in _wanted(AWAY, only):
            walks = corpus.walks(world, name)
            scene_of |= dict.fromkeys(await AWAY[name](walks, stack), name)
            corpus.say(name, walks)
        await corpus.keep(world, scene_of)


@asynccontextmanager
async def _brief(stack: Devstack) -> AsyncIterator[World]:
    """The system on an engine that wants short runs."""
    suggestion = f"limit.historyCount.suggestContinueAsNew={BRIEF}"
    async with AsyncExitStack() as opened:
        server = await opened.enter_async_context(
            await WorkflowEnvironment.start_local(
                data_converter=CONVERTER,
                dev_server_existing_path=str(engine.binary()),
                dev_server_log_level="error",
                dev_server_extra_args=["--dynamic-config-value", suggestion],
            )
        )
        await gateway.register_search_attributes(server.client)
        address = server.client.service_client.config.target_host
        yield await opened.enter_async_context(
            harness.world(stack, BIHUAN_TEMPORAL_ADDRESS=address, BIHUAN_TASK_QUEUE="recorded")
        )


async def _in_brief_runs(corpus: Corpus, stack: Devstack, only: set[str]) -> None:
    async with _brief(stack) as world:
        scene_of: dict[str, str] = {}
        for name in _wanted(IN_BRIEF_RUNS, only):
            scene, count = IN_BRIEF_RUNS[name]
            walks = corpus.walks(world, name)
            scene_of |= dict.fromkeys(await scene(walks, count), name)
            corpus.say(name, walks)
        await corpus.keep(world, scene_of)


async def _play(corpus: Corpus, only: set[str]) -> None:
    async with stacks.started() as stack:
        for names, play in (
            (scenes.SCENES, _on_the_stack),
            (AWAY, _with_workers_of_their_own),
            (IN_BRIEF_RUNS, _in_brief_runs),
        ):
            if _wanted(names, only):
                await play(corpus, stack, only)


async def record(seed: str, only: set[str]) -> None:
    """Record everything, or anew what some scenes show."""
    if strange := only - {*scenes.SCENES, *AWAY, *IN_BRIEF_RUNS}:
        raise SystemExit(f"no such scene: {', '.join(sorted(strange))}")
    print("seed", seed, flush=True)
    corpus = Corpus(seed, beside=f"beside-{seed}" if only else "beside")
    await _play(corpus, only)
    documents, refused = corpus.documents, corpus.refused
    if only:
        before = {name: json.loads(text) for name, text in archive.read().items()}
        refused = before.pop(archive.REFUSED) | refused
        anew = {_scene(name) for name in documents}
        documents = {name: one for name, one in before.items() if _scene(name) not in anew} | documents
    archive.write(documents | {archive.REFUSED: refused})
    print(len(documents), "histories,", archive.FILE.stat().st_size, "bytes")


def _scene(name: str) -> str:
    return name.partition("/")[0]


if __name__ == "__main__":
    # what activities fail with is meant here
    logging.getLogger("temporalio").setLevel(logging.CRITICAL)
    asyncio.run(record(next(iter(sys.argv[1:]), SEED), set(sys.argv[2:])))
