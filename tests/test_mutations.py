"""Careless changes of the workflows (bar G13): replaying the corpus catches every one of them."""

import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

import workflows
from tests.corpus import branches, mutations_of_others, runs
from tests.corpus.mutations import Mutation
from tests.corpus.runs import Run
from workflows.converter import CONVERTER
from workflows.sandbox import WORKFLOWS, runner

MUTATIONS = 46
EACH = 2
"""So many of every module that has a workflow."""
WITNESSES = 3
"""So many histories, the shortest ones of the branch, have to tell."""
MODULES = sorted({mutation.module for mutation in mutations_of_others.ALL})


def _source(module: str) -> str:
    return Path(workflows.__path__[0], f"{module}.py").read_text(encoding="utf-8")


@contextmanager
def _copy(module: str, source: str) -> Iterator[list[type]]:
    """The workflows of a copy of ``module`` with this source, under the same names in the engine.

    The copy is a module of ``workflows``, which passes through the sandbox as the original does.
    """
    name = f"workflows.copy_of_{module}"
    copy = ModuleType(name)
    sys.modules[name] = copy
    try:
        exec(compile(source, name, "exec"), copy.__dict__)  # noqa: S102 - our own source, changed on purpose
        yield [getattr(copy, one.__name__) for one in WORKFLOWS if one.__module__ == f"workflows.{module}"]
    finally:
        del sys.modules[name]


@cache
def _witnesses(branch: str) -> tuple[Run, ...]:
    shown = [run for run in runs.kept() if branches.ALL[branch](run)]
    return tuple(sorted(shown, key=lambda run: len(run.events))[:WITNESSES])


async def _failures(mutated: list[type], witnesses: tuple[Run, ...]) -> dict[str, str]:
    """What replaying these histories with these workflows comes upon, by history."""

    async def histories() -> AsyncIterator[WorkflowHistory]:
        for run in witnesses:
            yield run.history

    replayer = Replayer(workflows=mutated, workflow_runner=runner(), data_converter=CONVERTER)
    async with replayer.workflow_replay_iterator(histories()) as results:
        return {
            one.history.workflow_id: str(one.replay_failure)
            async for one in results
            if one.replay_failure is not None
        }


def test_there_are_careless_changes_of_every_module() -> None:
    assert len({mutation.name for mutation in mutations_of_others.ALL}) == MUTATIONS
    assert [f"workflows.{module}" for module in MODULES] == sorted({one.__module__ for one in WORKFLOWS})
    counted = Counter(mutation.module for mutation in mutations_of_others.ALL)
    assert [module for module in MODULES if counted[module] < EACH] == []


@pytest.mark.parametrize("mutation", mutations_of_others.ALL, ids=lambda mutation: mutation.name)
def test_a_mutation_fits_the_code_in_one_place(mutation: Mutation) -> None:
    assert _source(mutation.module).count(mutation.old) == 1


@pytest.mark.parametrize("mutation", mutations_of_others.ALL, ids=lambda mutation: mutation.name)
async def test_a_mutation_is_caught(mutation: Mutation) -> None:
    mutated = _source(mutation.module).replace(mutation.old, mutation.new)
    with _copy(mutation.module, mutated) as changed:
        failures = await _failures(changed, _witnesses(mutation.branch))
    assert failures != {}
    assert [told for told in failures.values() if mutation.told not in told] == []


# a run that is cancelled goes on as a new one at once; who waits for an answer asks again
@pytest.mark.filterwarnings("ignore::temporalio.workflow.UnfinishedUpdateHandlersWarning")
@pytest.mark.parametrize("module", MODULES)
async def test_a_copy_without_a_mutation_passes(module: str) -> None:
    """So that being caught means something: the same histories, the same way of copying."""
    branches_told = {one.branch for one in mutations_of_others.ALL if one.module == module}
    witnesses = tuple(run for branch in sorted(branches_told) for run in _witnesses(branch))
    with _copy(module, _source(module)) as unchanged:
        assert await _failures(unchanged, witnesses) == {}
