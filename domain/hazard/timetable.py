"""What the clock does next to a case, and when: the one place that knows all that is pending.

Invariant: it is a pure reading of the case. Nothing else is scheduled, so what moves a due instant moves everything that
depends on it, and what was overtaken cannot fire. Nothing is due before the clock was last set: what a pause held, or what
another limit or ladder makes due, is due when it goes on.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from domain.hazard import ladders
from domain.hazard.clocks import calendar_of, reminder_at
from domain.hazard.shapes import Case
from domain.hazard.timing import Clock, Step
from domain.hazard.words import StepKind


def next_step(case: Case) -> Step | None:
    """The earliest pending step, or ``None`` where the clock has nothing to do."""
    return min(pending(case), key=lambda step: (step.at, step.kind.order), default=None)


def pending(case: Case) -> Iterator[Step]:
    """The next step of each kind, in no order."""
    if not case.stage.is_open:
        return
    if case.running is not None and (hold := case.running.hold) is not None:
        if hold.until is not None:
            yield Step(kind=StepKind.REVIVE, at=hold.until)
        return
    if case.running is None:
        yield from (*_plain(case), *_slips(case))
        return
    for step in (*_running(case, case.running), *_slips(case)):
        yield replace(step, at=max(step.at, case.running.set_at or step.at))


def _running(case: Case, clock: Clock) -> Iterator[Step]:
    if clock.due_at is None:
        return
    if clock.breached_at is not None:
        yield from _breached(case, clock)
        return
    yield Step(kind=StepKind.LAPSE, at=clock.due_at)
    for lead in ladders.ladder_of(case).reminders:
        if lead not in (*clock.skipped, *clock.reminded):
            at = reminder_at(calendar_of(case.terms), clock, lead)
            yield Step(kind=StepKind.REMIND, at=at, lead=lead)


def _breached(case: Case, clock: Clock) -> Iterator[Step]:
    if case.acknowledgement is not None:
        yield Step(kind=StepKind.REARM, at=case.acknowledgement.until)
        return
    if (reached := ladders.next_rung(case, clock)) is not None:
        yield Step(kind=StepKind.ESCALATE, at=reached.at)
    if (at := ladders.next_repeat(case, clock)) is not None:
        yield Step(kind=StepKind.REPEAT, at=at)


def _slips(case: Case) -> Iterator[Step]:
    """A slip that fell due while time stood still is chased when time goes on (the clock was set then)."""
    for slip in case.slips:
        if slip.replied_at is None and not slip.chased:
            yield Step(kind=StepKind.CHASE, at=slip.reply_due_at, serial=slip.serial)


def _plain(case: Case) -> Iterator[Step]:
    """A case without a clock of its own: one opened under plain days, before there were clocks."""
    if case.due_at is not None and not case.overdue:
        yield Step(kind=StepKind.LAPSE, at=case.due_at)


def at_or_before(case: Case, now: datetime) -> Step | None:
    """The next step, if its instant has come."""
    step = next_step(case)
    return step if step is not None and step.at <= now else None
