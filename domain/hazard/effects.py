"""What each action does to a case: the fields it changes, and nothing else.

Invariant: an effect is a pure function (case, act) → changed fields; the stage and its due date are set in one
place (:mod:`domain.hazard.steps`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from domain.hazard.shapes import Action, Case, Command, Round, Stage, Verdict
from domain.terms import ReopenClock

Fields = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Act:
    """A command that the rules allow: by which post and when (aware UTC) it is done."""

    command: Command
    post_id: str
    now: datetime


Effect = Callable[[Case, Act], Fields]


def _nothing(_case: Case, _act: Act) -> Fields:
    return {}


def _confirm(case: Case, act: Act) -> Fields:
    fields: Fields = {}
    if grade := act.command.grade:
        fields |= {"level": grade.code, "major": grade.major}
    if case.fixed_on_spot and not fields.get("major", case.major):
        fixed = Round(
            cycle=case.cycle,
            number=1,
            due_at=None,
            submitted_by=case.reported_by,
            submitted_post=case.reported_post,
            submitted_at=case.reported_at,
            evidence=case.evidence,
        )
        fields |= {"rounds": (*case.rounds, fixed), "responsible_post": case.unit_post}
    return fields


def _assign(_case: Case, act: Act) -> Fields:
    fields: Fields = {"responsible_post": act.command.post}
    if act.command.closing_authority:
        fields["closing_authority"] = act.command.closing_authority
    return fields


def _regrade(case: Case, act: Act) -> Fields:
    grade = act.command.grade
    if grade is None:
        return {}
    due_at = _continued(case) or case.terms.due_at(grade.code, case.stage.value, case.stage_since)
    still = case.overdue and due_at is not None and due_at <= act.now
    fields: Fields = {"level": grade.code, "major": grade.major, "due_at": due_at, "overdue": still}
    if case.stage is Stage.RECTIFYING:
        fields["rounds"] = (*case.rounds[:-1], replace(case.rounds[-1], due_at=due_at))
    return fields


def _start(case: Case, act: Act) -> Fields:
    due_at = _continued(case) or case.terms.due_at(case.level, Stage.RECTIFYING, act.now)
    return {"due_at": due_at} | _next_round(case, due_at) | _rectified_by(case, act)


def _submit(case: Case, act: Act) -> Fields:
    submitted = replace(
        case.rounds[-1],
        submitted_by=act.command.actor.person_id,
        submitted_post=act.post_id,
        submitted_at=act.now,
        evidence=act.command.evidence,
    )
    return {"rounds": (*case.rounds[:-1], submitted)} | _rectified_by(case, act)


def _pass(case: Case, act: Act) -> Fields:
    return {"rounds": _judged(case, act, Verdict.PASSED)}


def _return(case: Case, act: Act) -> Fields:
    judged = replace(case, rounds=_judged(case, act, Verdict.RETURNED))
    return _next_round(judged, case.terms.due_at(case.level, Stage.RECTIFYING, act.now))


def _reopen(case: Case, act: Act) -> Fields:
    clock = act.command.clock or case.terms.reopen_clock
    fields: Fields = {"cycle": case.cycle + 1, "closed_at": None, "clock": clock}
    if due_at := _continued(replace(case, **fields)):
        fields["due_at"] = due_at
    return fields


def _continued(case: Case) -> datetime | None:
    """The limit that a reopened case goes on with (反销号续用原时限) until it is submitted again, if any."""
    this = [round_ for round_ in case.rounds if round_.cycle == case.cycle]
    earlier = case.rounds[: len(case.rounds) - len(this)]
    if case.clock is not ReopenClock.CONTINUE or not earlier or any(round_.submitted_at for round_ in this):
        return None
    return earlier[-1].due_at


def _judged(case: Case, act: Act, verdict: Verdict) -> tuple[Round, ...]:
    judged = replace(
        case.rounds[-1],
        verified_by=act.command.actor.person_id,
        verified_post=act.post_id,
        verified_at=act.now,
        verdict=verdict,
        reason=act.command.reason,
    )
    return (*case.rounds[:-1], judged)


def _next_round(case: Case, due_at: datetime | None) -> Fields:
    number = 1 + sum(1 for round_ in case.rounds if round_.cycle == case.cycle)
    return {"rounds": (*case.rounds, Round(cycle=case.cycle, number=number, due_at=due_at))}


def _rectified_by(case: Case, act: Act) -> Fields:
    return {"rectifiers": tuple(dict.fromkeys((*case.rectifiers, act.command.actor.person_id)))}


EFFECTS: Final[Mapping[Action, Effect]] = {
    Action.CONFIRM: _confirm,
    Action.DISMISS: _nothing,
    Action.TRANSFER: lambda _c, act: {
        "transferred_to": act.command.department,
        "receipt_number": act.command.receipt_number,
    },
    Action.MERGE: lambda _c, act: {"merged_into": act.command.into},
    Action.REGRADE: _regrade,
    Action.ASSIGN: _assign,
    Action.REASSIGN: lambda _c, act: {"responsible_post": act.command.post},
    Action.PLAN: lambda case, act: {"plan": dict(act.command.plan or {})} | _rectified_by(case, act),
    Action.CONTROL: lambda case, act: (
        {"controls": (*case.controls, act.command.note or "")} | _rectified_by(case, act)
    ),
    Action.START: _start,
    Action.SUBMIT: _submit,
    Action.PASS: _pass,
    Action.RETURN: _return,
    Action.CLOSE: _nothing,
    Action.REOPEN: _reopen,
    Action.SUPERVISE: lambda _c, act: {"supervision": act.command.supervision},
    Action.LIFT_SUPERVISION: lambda _c, _a: {"supervision": None},
    Action.SUSPEND_USE: lambda _c, _a: {"suspended": True},
    Action.RESUME_USE: lambda _c, _a: {"suspended": False},
    Action.NOTE: _nothing,
}
