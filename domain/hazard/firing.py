"""What each step of the clock does to a case, and whom it tells.

Invariant: a step is pure and leaves its own instant behind it, so it fires once; what it counts on from is the instant
at which it was due, not the one at which it was taken, so an outage delays nothing that comes after.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from domain import workdays
from domain.hazard import clocks, ladders, telling
from domain.hazard.shapes import Case
from domain.hazard.telling import Told
from domain.hazard.timing import Clock, Slip, Step
from domain.hazard.words import StepKind
from domain.ladder import ClockKind, Colour


@dataclass(frozen=True, kw_only=True)
class Fired:
    """The case after a step, and what is told."""

    case: Case
    told: tuple[Told, ...]


def fire(case: Case, step: Step) -> Fired:
    """Take one step."""
    return _FIRES[step.kind](case, step)


def _revive(case: Case, step: Step) -> Fired:
    after = replace(case, **clocks.resumed(case, step.at))
    return _fired(after, [telling.due_moved(after, "暂缓期满，恢复计时")])


def _remind(case: Case, step: Step) -> Fired:
    clock = _clock(case)
    after = replace(case, running=replace(clock, reminded=(*clock.reminded, step.lead)))
    return _fired(after, [telling.reminder(after, step.lead)])


def _lapse(case: Case, step: Step) -> Fired:
    again = case.overdue  # by plain days, before it came under clocks
    after = replace(case, overdue=True, overdue_count=case.overdue_count + (0 if again else 1))
    if case.running is None:
        return _fired(after, [telling.overdue(after)])
    told = (case.waiting_post,) if case.waiting_post else ()
    clock = replace(case.running, breached_at=step.at, told=told, rung_from=step.at, repeat_from=step.at)
    after = replace(after, running=clock)
    colour = ladders.ladder_of(case).colour if case.level in case.terms.ladders else None
    return _coloured(after, colour, step.at, [telling.overdue(after)])


def _escalate(case: Case, step: Step) -> Fired:
    clock = _clock(case)
    reached = ladders.next_rung(case, clock)
    if reached is None:
        raise AssertionError("a step to a rung that the ladder does not have")
    colour = ladders.colour_at(case, clock, reached)
    clock = replace(clock, rungs=reached.place + 1, rung_from=step.at, told=(*clock.told, reached.post_id))
    after = replace(case, running=clock)
    told = [telling.escalation(after, reached.rung.to, reached.post_id)]
    return _coloured(after, colour, step.at, told)


def _repeat(case: Case, step: Step) -> Fired:
    clock = _clock(case)
    after = replace(case, running=replace(clock, repeats=clock.repeats + 1, repeat_from=step.at))
    return _fired(after, telling.repeat(after, clock.repeats + 1))


def _rearm(case: Case, step: Step) -> Fired:
    clock = replace(_clock(case), rung_from=step.at, repeat_from=step.at)
    after = replace(case, running=clock, acknowledgement=None)
    return _fired(after, telling.rearmed(after))


def _chase(case: Case, step: Step) -> Fired:
    slips = tuple(replace(slip, chased=slip.chased or slip.serial == step.serial) for slip in case.slips)
    after = replace(case, slips=slips)
    told = (
        one for slip in slips if slip.serial == step.serial for one in telling.slip_unanswered(after, slip)
    )
    return _fired(after, told)


def _coloured(case: Case, colour: Colour | None, at: datetime, told: list[Told]) -> Fired:
    """The case in a graver colour, with the supervision slip (督办单) that this makes; never in a lighter one."""
    if colour is None or (case.colour is not None and colour.rank <= case.colour.rank):
        return _fired(case, told)
    after = replace(case, colour=colour)
    reply = ladders.ladder_of(case).replies.get(colour)
    if reply is None:
        return _fired(after, told)
    slip = Slip(
        serial=f"DB{case.id[2:]}-{len(case.slips) + 1:02d}",
        colour=colour,
        at=at,
        post_id=_answerable(case),
        reply_due_at=workdays.due(clocks.calendar_of(case.terms), at, reply).at,
    )
    return _fired(replace(after, slips=(*case.slips, slip)), [*told, telling.slip(after, slip)])


def _answerable(case: Case) -> str:
    """Who answers a slip: the head of the unit for the unit's own time, else the post on which the case waits."""
    waiting = case.waiting_post or case.office_post
    of_unit = case.running is not None and case.running.kind is ClockKind.RECTIFY
    return case.head_post or waiting if of_unit else waiting


def _clock(case: Case) -> Clock:
    if case.running is None:
        raise AssertionError("a step of a clock that does not run")
    return case.running


def _fired(case: Case, told: Iterable[Told]) -> Fired:
    return Fired(case=case, told=tuple(told))


_FIRES: Final[Mapping[StepKind, Callable[[Case, Step], Fired]]] = {
    StepKind.REVIVE: _revive,
    StepKind.REMIND: _remind,
    StepKind.LAPSE: _lapse,
    StepKind.REARM: _rearm,
    StepKind.ESCALATE: _escalate,
    StepKind.REPEAT: _repeat,
    StepKind.CHASE: _chase,
}
