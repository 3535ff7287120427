"""What a loop costs (bar B2), that yesterday's histories run on today's workflows, and what no history may hold."""

import base64
import json
from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer
from temporalio.workflow import NondeterminismError

from tests import histories_hold
from tests.harness import World
from tests.record_histories import BRANCHES, FOLDER
from tests.reordered import ReorderedHazardWorkflow
from tests.stack import eventually
from tests.stories import loop
from tests.stories.loop import CHECKER, FINDER, OFFICE, STAFF
from workflows.converter import CONVERTER
from workflows.sandbox import WORKFLOWS, runner

FILES = sorted(FOLDER.glob("*.json"))
LOOP = ((FINDER, "confirm"), (OFFICE, "assign"), (STAFF, "start"), (STAFF, "submit"), (CHECKER, "pass"))
EVENTS = 51
TRANSITIONS = 8


def _history(file: Path) -> WorkflowHistory:
    return WorkflowHistory.from_json(file.stem, file.read_text(encoding="utf-8"))


def _replayer(*workflows: type) -> Replayer:
    return Replayer(workflows=list(workflows), workflow_runner=runner(), data_converter=CONVERTER)


async def _settled(world: World, number: str, timers: int) -> None:
    """Wait until the run has set the timer of its stage: the command that follows meets it at rest."""

    async def set_() -> bool:
        history = await world.handle(number).fetch_history()
        return timers == sum(event.HasField("timer_started_event_attributes") for event in history.events)

    await eventually(set_)


async def _whole_loop(world: World) -> str:
    number: str = (await world.report(FINDER))["id"]
    for timers, (person, action) in enumerate(LOOP, 1):
        await _settled(world, number, timers)
        await loop.do(world, person, number, action)
    await world.handle(number).result()
    return number


async def _stood_still(world: World, number: str) -> bool:
    """Whether the machine did: a task of the run was not done in its time, or a record not by the task itself."""
    history = await world.handle(number).fetch_history()
    return any(
        event.HasField("workflow_task_timed_out_event_attributes")
        or event.HasField("activity_task_scheduled_event_attributes")
        for event in history.events
    )


async def test_one_loop_costs_exactly_so_many_events_and_state_transitions(world: World) -> None:
    for _ in range(3):
        number = await _whole_loop(world)
        if not await _stood_still(world, number):
            break
    described = await world.handle(number).describe()
    counted = described.raw_description.workflow_execution_info
    assert (described.history_length, counted.state_transition_count) == (EVENTS, TRANSITIONS)
    assert EVENTS <= 75
    assert TRANSITIONS <= 18


def test_every_branch_has_a_recorded_history() -> None:
    assert [file.stem for file in FILES] == sorted(BRANCHES)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
async def test_a_recorded_history_runs_on_today_s_workflows(file: Path) -> None:
    result = await _replayer(*WORKFLOWS).replay_workflow(_history(file))
    assert result.replay_failure is None


async def test_a_change_in_the_order_of_steps_is_caught_by_replay() -> None:
    replayer = _replayer(ReorderedHazardWorkflow)
    with pytest.raises(NondeterminismError):
        await replayer.replay_workflow(_history(FOLDER / "general.json"))


async def test_a_loop_that_ran_just_now_can_be_replayed(world: World) -> None:
    number = await _whole_loop(world)
    history = await world.handle(number).fetch_history()
    result = await _replayer(*WORKFLOWS).replay_workflow(history)
    assert result.replay_failure is None


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_history_holds_no_name_of_a_person_and_no_phone_number(file: Path) -> None:
    document = json.loads(file.read_text(encoding="utf-8"))
    told = ("安全出口", "示例民发")  # of a hazard, of a collection
    assert any(word in text for text in histories_hold.texts(document) for word in told) or file.stem in {
        "relay",
        "reconciler",
    }
    assert histories_hold.personal(document) == []


@pytest.mark.parametrize("secret", ["组长示例来电", "联系电话13800000000", "021-12345678"])
def test_the_search_for_personal_data_finds_what_it_should(secret: str) -> None:
    hidden = base64.b64encode(json.dumps({"note": secret}, ensure_ascii=False).encode()).decode()
    assert histories_hold.personal({"events": [{"payloads": [{"data": hidden}]}]}) != []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_kept_history_tells_nothing_of_the_machine_that_recorded_it(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert '"identity": "recorded"' in text
    assert histories_hold.machines(text) == set()
