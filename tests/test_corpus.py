"""The corpus (bar G13): hundreds of histories of every branch run on today's workflows, and tell of no one."""

import json
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory

from tests import histories_hold
from tests.corpus import archive, branches, runs
from tests.corpus.runs import Run
from workflows.replay import replay
from workflows.sandbox import WORKFLOWS

HISTORIES = 300
MEGABYTES = 3


async def _histories() -> AsyncIterator[WorkflowHistory]:
    for run in runs.kept():
        yield run.history


def _shown_by(name: str) -> list[Run]:
    return [run for run in runs.kept() if branches.ALL[name](run)]


# a run that is cancelled goes on as a new one at once; who waits for an answer asks again
@pytest.mark.filterwarnings("ignore::temporalio.workflow.UnfinishedUpdateHandlersWarning")
async def test_every_history_of_the_corpus_runs_on_today_s_workflows() -> None:
    replayed = [one async for one in replay(_histories())]
    assert [(one.workflow_id, one.failure) for one in replayed if one.failure] == []
    assert len(replayed) == len(runs.kept())


def test_there_are_at_least_300_histories_in_one_small_file() -> None:
    assert len(runs.kept()) >= HISTORIES
    assert archive.FILE.stat().st_size <= MEGABYTES * 2**20


def test_no_history_is_there_twice() -> None:
    counted = Counter(
        run.events[0].workflow_execution_started_event_attributes.original_execution_run_id
        for run in runs.kept()
    )
    assert max(counted.values()) == 1


@pytest.mark.parametrize("name", branches.ALL)
def test_a_branch_is_shown_by_some_history(name: str) -> None:
    assert _shown_by(name) != []


def test_no_branch_is_shown_by_every_history() -> None:
    """So that being shown means something."""
    assert [name for name in branches.ALL if len(_shown_by(name)) == len(runs.kept())] == []


def test_every_workflow_has_its_histories() -> None:
    kept = {run.workflow for run in runs.kept()}
    assert len(kept) == len(WORKFLOWS)


def test_the_corpus_holds_no_name_of_a_person_and_no_phone_number() -> None:
    assert {
        name: found
        for name, text in archive.kept().items()
        if (found := histories_hold.personal(json.loads(text)))
    } == {}


def test_the_corpus_tells_nothing_of_the_machine_that_recorded_it() -> None:
    assert {
        name: found for name, text in archive.kept().items() if (found := histories_hold.machines(text))
    } == {}


def test_the_same_documents_are_kept_in_the_same_bytes(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    archive.write({"a.json": {"b": 1, "c": "安全"}, "d.json": []}, one)
    archive.write({"d.json": [], "a.json": {"c": "安全", "b": 1}}, other)
    assert one.read_bytes() == other.read_bytes()
    assert archive.read(one) == {"a.json": '{"b":1,"c":"安全"}', "d.json": "[]"}
