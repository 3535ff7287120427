"""The branches of the workflows beside that of a hazard, each by what a history shows of it."""

from collections.abc import Callable, Mapping
from typing import Final

from tests.corpus.runs import Run

Shows = Callable[[Run], bool]

CONTINUED: Final = "workflow_execution_continued_as_new"
COMPLETED: Final = "workflow_execution_completed"
FAILED: Final = "workflow_execution_failed"
TERMINATED: Final = "workflow_execution_terminated"
SIGNALED: Final = "workflow_execution_signaled"
SCHEDULED: Final = "activity_task_scheduled"
DONE: Final = "activity_task_completed"


def _of(workflow: str, *kinds: str, activity: str | None = None) -> Shows:
    """A run of this workflow with these events, and with this activity outside its own tasks."""
    return lambda run: (
        run.workflow == workflow
        and set(kinds) <= set(run.kinds)
        and (activity is None or activity in run.activities)
    )


def _during(workflow: str, activity: str, kind: str) -> Shows:
    """Something came while an activity of this name was under way."""

    def shows(run: Run) -> bool:
        if run.workflow != workflow:
            return False
        under_way = [
            (event.event_id, _end(run, event.event_id))
            for event in run.events
            if event.activity_task_scheduled_event_attributes.activity_type.name == activity
        ]
        came = [event.event_id for event, one in zip(run.events, run.kinds, strict=True) if one == kind]
        return any(begin < at < end for begin, end in under_way for at in came)

    return shows


def _end(run: Run, scheduled: int) -> int:
    """The event in which an activity ended; the run's last if it did not."""
    ends = [
        event.event_id
        for event in run.events
        if event.activity_task_completed_event_attributes.scheduled_event_id == scheduled
    ]
    return ends[0] if ends else run.events[-1].event_id


def _task(workflow: str, came: str, did: str, but: str = "") -> Shows:
    """Some task before which something had come, in which the run did something, and did not do something else."""
    return lambda run: (
        run.workflow == workflow
        and any(came in before and did in after and but not in after for before, after in run.tasks)
    )


def _rolled(workflow: str, *, suggested: bool) -> Shows:
    """The run was continued by another, on the engine's suggestion or by its own count."""
    return lambda run: (
        _of(workflow, CONTINUED)(run)
        and suggested
        == any(event.workflow_task_started_event_attributes.suggest_continue_as_new for event in run.events)
    )


def _ended(workflow: str, label: str) -> Shows:
    return lambda run: run.workflow == workflow and any(label in str(one) for one in run.results)


def _draft_then_end(run: Run) -> bool:
    return _of("Collection", COMPLETED, activity="collection.draft")(run)


OF_COLLECTIONS: Final[Mapping[str, Shows]] = {
    "a collection was looked at inside the task": lambda run: (
        run.workflow == "Collection" and any(not mark.failed for mark in run.marks)
    ),
    "a collection was looked at by the patient activity": _of("Collection", activity="collection.look"),
    "a collection's step was taken when its timer fired": _task("Collection", "timer_fired", SCHEDULED),
    "a collection's board was read anew though nothing was due": _task(
        "Collection", "timer_fired", "timer_started", SCHEDULED
    ),
    "a step of a collection was due when it was first looked at": lambda run: (
        run.workflow == "Collection" and bool(run.tasks) and SCHEDULED in run.tasks[0][1]
    ),
    "a word from outside ended a collection's wait": _of("Collection", SIGNALED, "timer_canceled"),
    "a word from outside came while a collection took a step": _during(
        "Collection", "collection.step", SIGNALED
    ),
    "a word from outside came while a collection was looked at": _during(
        "Collection", "collection.look", SIGNALED
    ),
    "a bulletin was drafted from a collection": _draft_then_end,
    "a collection ended early": lambda run: (
        run.workflow == "Collection" and any("提前截止" in one for one in run.summaries)
    ),
    "a collection was over when it was looked at": lambda run: (
        _ended("Collection", "已截止")(run) and len(run.marks) == 1 and not run.activities
    ),
    "a collection that the record does not know": _of("Collection", FAILED),
    **{f"a collection ended as {label}": _ended("Collection", label) for label in ("已截止", "已撤销")},
}
OF_SERIES: Final[Mapping[str, Shows]] = {
    "a schedule's day was opened": _ended("SeriesPeriod", "已开启"),
    "a schedule's day was passed over": _ended("SeriesPeriod", "不收"),
    "a series was stopped when its day came": _ended("SeriesPeriod", "已停用"),
}
OF_BULLETINS: Final[Mapping[str, Shows]] = {
    "the bulletin clock's timer fired and it looked": _task("BulletinClock", "timer_fired", SCHEDULED),
    "the bulletin clock was woken": _task("BulletinClock", SIGNALED, "timer_canceled"),
    "the bulletin clock was woken in the middle of a look": _during(
        "BulletinClock", "bulletin.keep_time", SIGNALED
    ),
    "the bulletin clock was continued after three hundred rounds": _rolled("BulletinClock", suggested=False),
    "the bulletin clock was continued on the engine's suggestion": _rolled("BulletinClock", suggested=True),
    "the bulletin clock was ended from outside": _of("BulletinClock", TERMINATED),
}
OF_THE_REST: Final[Mapping[str, Shows]] = {
    "a relay started what was wanted and waits again": _of("IntakeRelay", DONE),
    "a reconciler passed and rests": _of("Reconciler", "timer_fired", DONE),
    "a reconciler was continued as new": _of("Reconciler", CONTINUED),
    "a relay was ended from outside": _of("IntakeRelay", TERMINATED),
    "a reconciler was ended from outside": _of("Reconciler", TERMINATED),
    "an order was carried out": _of("Restamp", COMPLETED),
    "a day was sealed and the seal rests": _of("DailySeal", DONE, "timer_started"),
    "the next day was sealed": _of("DailySeal", "timer_fired", DONE),
    "the daily seal was continued after a hundred days": _of("DailySeal", CONTINUED),
    "a dispatcher sent for a round and goes on": _of("Delivery", DONE),
    "a dispatcher was continued after two hundred rounds": _of("Delivery", CONTINUED),
    "the delivery was audited": _of("DeliveryAudit", COMPLETED),
    "a dispatcher without work was ended from outside": lambda run: (
        _of("Delivery", TERMINATED)(run) and DONE not in run.kinds
    ),
}
OF_WEBHOOKS: Final[Mapping[str, Shows]] = {
    "a subscription's timer fired and it tried again": _task("Webhook", "timer_fired", SCHEDULED),
    "a subscription was woken": _task("Webhook", SIGNALED, "timer_canceled"),
    "a subscription was woken in the middle of a round": _during("Webhook", "webhook.deliver", SIGNALED),
    "a subscription was continued after three hundred rounds": _of("Webhook", CONTINUED),
    "a subscription ended": _of("Webhook", COMPLETED),
    "the bell rang off and goes on": _of("EventBell", DONE),
    "the bell was ended from outside": _of("EventBell", TERMINATED),
}

ALL: Final[Mapping[str, Shows]] = {
    **OF_COLLECTIONS,
    **OF_SERIES,
    **OF_BULLETINS,
    **OF_THE_REST,
    **OF_WEBHOOKS,
}
