"""The branches of the workflows, each by what a history shows of it."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Final

from domain.hazard import ACTION_LABELS, REPORT, Action, StepKind
from tests.corpus import archive, branches_of_others
from tests.corpus.branches_of_others import Shows
from tests.corpus.runs import Run

LOAD: Final = "hazard.load"
RECORD: Final = "hazard.record"
UPDATE: Final = "workflow_execution_update_accepted"
DONE: Final = "workflow_execution_update_completed"
CONTINUED: Final = "workflow_execution_continued_as_new"
CANCEL: Final = "workflow_execution_cancel_requested"


def _has(*kinds: str) -> Shows:
    return lambda run: set(kinds) <= set(run.kinds)


def _task(come: str, did: str) -> Shows:
    """Some task in which something had come, and the run did something."""
    return lambda run: any(come in before and did in after for before, after in run.tasks)


def _ended(label: str) -> Shows:
    return lambda run: run.results == [label]


def _acted(label: str) -> Shows:
    """The record of an act, or of a step of the clock, as the summary of its activity tells it."""
    return lambda run: any(f"条留痕：{label}，" in summary for summary in run.summaries)


def _updates(run: Run) -> list[str]:
    """The names of the updates that the run accepted."""
    accepted = (event.workflow_execution_update_accepted_event_attributes for event in run.events)
    return [one.accepted_request.input.name for one in accepted if one.accepted_request.input.name]


def _outcomes(run: Run) -> list[str]:
    """What each completed update came to: ``success``, or the type of its failure."""
    outcomes = (
        event.workflow_execution_update_completed_event_attributes.outcome
        for event in run.events
        if event.HasField("workflow_execution_update_completed_event_attributes")
    )
    return [
        one.failure.application_failure_info.type if one.HasField("failure") else "success"
        for one in outcomes
    ]


def _came_to(run: Run, name: str, outcome: str) -> bool:
    """Whether an update of this name came to this."""
    accepted = {
        event.event_id: event.workflow_execution_update_accepted_event_attributes.accepted_request.input.name
        for event in run.events
    }
    completed = [
        accepted[event.workflow_execution_update_completed_event_attributes.accepted_event_id]
        for event in run.events
        if event.HasField("workflow_execution_update_completed_event_attributes")
    ]
    return (name, outcome) in zip(completed, _outcomes(run), strict=True)


def _judged_by_the_record(run: Run) -> bool:
    return "refuse-by-the-record" in run.patches


def _before_the_load(run: Run) -> bool:
    marker = run.kinds.index("marker_recorded") if "marker_recorded" in run.kinds else len(run.kinds)
    return UPDATE in run.kinds[:marker]


def _meanwhile(run: Run) -> bool:
    if RECORD not in run.activities or "activity_task_completed" not in run.kinds:
        return False
    scheduled, done = (run.kinds.index(f"activity_task_{one}") for one in ("scheduled", "completed"))
    return UPDATE in run.kinds[scheduled:done]


def _refused_unseen(run: Run) -> bool:
    """Requests about this case were refused, and its history knows none of them."""
    refused = archive.refused().get(run.workflow_id, [])
    return bool(refused) and not any(request in archive.kept()[run.name] for request in refused)


def _diverged(run: Run) -> bool:
    """A record was overtaken, and what came next was to read the case again."""
    return any(
        (one.activity, one.failure, after.activity) == (RECORD, "Diverged", LOAD)
        for one, after in pairwise(run.marks)
    )


def _diverged_by_clock(run: Run) -> bool:
    labels = {kind.label for kind in StepKind}
    return any(
        mark.failure == "Diverged" and any(f"：{one}，" in mark.summary for one in labels)
        for mark in run.marks
    )


def _several_steps(run: Run) -> bool:
    """Several records, one right after the other, with nothing asked: the clock caught up."""
    return any(
        did.count("marker_recorded") > 2 and UPDATE not in did and "timer_started" in did
        for _, did in run.tasks
    )


def _nothing_changed(run: Run) -> bool:
    """An update was answered without a record: a repeat of what is on record."""
    return any(
        UPDATE in did and DONE in did and "marker_recorded" not in did and "Refused" not in _outcomes(run)
        for _, did in run.tasks
    )


def _rolled(run: Run) -> bool:
    """The engine suggested it, and the run was continued by another without being cancelled."""
    suggested = any(
        event.workflow_task_started_event_attributes.suggest_continue_as_new for event in run.events
    )
    return suggested and CONTINUED in run.kinds and CANCEL not in run.kinds


def _hundred(run: Run) -> bool:
    recorded = sum(mark.activity == RECORD for mark in run.marks)
    return recorded >= 100 and CONTINUED in run.kinds and not _rolled(run)


OF_THE_LOOP: Final[Mapping[str, Shows]] = {
    "a timer fired and the clock took its step": _task("timer_fired", "marker_recorded"),
    "a timer was cancelled by what came before it": _has("timer_canceled"),
    "a run waits without a timer while its clock is paused": lambda run: (
        any({"marker_recorded", DONE} <= set(did) and "timer_started" not in did for _, did in run.tasks)
        and not run.results
    ),
    "the clock caught up with several instants at once": _several_steps,
    "a timer and a command met in one task": _task("timer_fired", UPDATE),
    "several updates were accepted in one task": lambda run: any(
        did.count(UPDATE) > 1 for _, did in run.tasks
    ),
    "an update was accepted before the case was loaded": _before_the_load,
    "an update was refused in its handler": lambda run: "Refused" in _outcomes(run),
    "an update refused by its validator is not in history": _refused_unseen,
    "an update was answered without a change": _nothing_changed,
    "a remark was put on record": lambda run: _came_to(run, "remark", "success"),
    "a remark was refused in its handler": lambda run: _came_to(run, "remark", "Refused"),
    "a remark was answered without a change": lambda run: (
        _came_to(run, "remark", "success") and not _acted("外部人员留言")(run)
    ),
    "a restamp changed the case": lambda run: "restamp" in _updates(run) and _acted("时限重算")(run),
}
OF_THE_RECORD: Final[Mapping[str, Shows]] = {
    "a change was recorded inside the task": lambda run: any(
        mark.activity == RECORD and not mark.failed for mark in run.marks
    ),
    "a change was left to the patient record": lambda run: RECORD in run.activities,
    "a case was read by the patient activity": lambda run: LOAD in run.activities,
    "a command came while the patient record waited": lambda run: (
        RECORD in run.activities and _task("activity_task_completed", "marker_recorded")(run)
    ),
    "the record diverged and was read again": _diverged,
    "the clock's own step diverged": _diverged_by_clock,
    "the record kept moving, and the command was given up": lambda run: "RecordMoved" in _outcomes(run),
    "a refusal waited until what it was judged by was on record": lambda run: (
        _judged_by_the_record(run) and "Refused" in _outcomes(run) and "activity_task_failed" not in run.kinds
    ),
    "a refusal came to nothing with what it was judged by": lambda run: (
        _judged_by_the_record(run) and "activity_task_failed" in run.kinds and "Refused" not in _outcomes(run)
    ),
    "what was overtaken was refused after all": lambda run: _diverged(run) and "Refused" in _outcomes(run),
}
OF_RUNS: Final[Mapping[str, Shows]] = {
    "continued as new on the engine's suggestion": _rolled,
    "continued as new after a hundred changes": _hundred,
    "a run that another was continued by": lambda run: bool(
        run.events[0].workflow_execution_started_event_attributes.continued_execution_run_id
    ),
    "cancelled while it waited, and continued": lambda run: (
        {CANCEL, CONTINUED} <= set(run.kinds) and not run.activities
    ),
    "cancelled while the patient record waited, and continued": lambda run: (
        RECORD in run.activities and {CANCEL, CONTINUED, "activity_task_cancel_requested"} <= set(run.kinds)
    ),
    "cancelled while the patient reading waited, and continued": lambda run: (
        LOAD in run.activities and {CANCEL, CONTINUED, "activity_task_cancel_requested"} <= set(run.kinds)
    ),
    "started when the case had ended": lambda run: (
        not run.loaded.get("running") and bool(run.results) and len(run.marks) == 1
    ),
    "started again after a reopening": lambda run: run.loaded.get("cycle", 1) > 1,
    "still running": lambda run: (
        not {CONTINUED, "workflow_execution_terminated"} & set(run.kinds) and not run.results
    ),
    **{f"ended as {label}": _ended(label) for label in ("已销号", "误报", "已移交", "已合并")},
}
NEVER_BY_A_RUN: Final = {REPORT, Action.REOPEN}
"""What the API puts on record itself, because there is no run yet or no longer."""
ACTS: Final[Mapping[str, Shows]] = {
    f"recorded {name}": _acted(label) for name, label in ACTION_LABELS.items() if name not in NEVER_BY_A_RUN
}


def _of_a_hazard(shows: Shows) -> Shows:
    return lambda run: run.workflow == "Hazard" and shows(run)


ALL: Final[Mapping[str, Shows]] = {
    **{
        name: _of_a_hazard(shows)
        for name, shows in {**OF_THE_LOOP, **OF_THE_RECORD, **OF_RUNS, **ACTS}.items()
    },
    **branches_of_others.ALL,
}
