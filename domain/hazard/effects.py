"""What each action does to a case: the fields it changes, and nothing else.

Invariant: an effect is a pure function (case, act) → changed fields; the stage and its due date are set in one
place (:mod:`domain.hazard.steps`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from domain.hazard import clocks, plain, timing_effects
from domain.hazard.shapes import Case, Claim, Command, Round
from domain.hazard.words import Action, Stage, Verdict
from domain.ladder import ClockKind
from domain.people import Actor, Holding
from domain.terms import ReopenClock

Fields = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Act:
    """A command that the rules allow: by which post and when (aware UTC) it is done."""

    command: Command
    by: Holding
    now: datetime

    @property
    def post_id(self) -> str:
        """The post by which it is done."""
        return self.by.post_id


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
    level: Fields = {"level": grade.code, "major": grade.major}
    if grade.code == case.level:
        return level
    if plain.applies(case.terms):
        return level | plain.regraded(case, grade.code, act.now)
    return level | clocks.summary(clocks.regraded(replace(case, **level), act.now))


def _start(case: Case, act: Act) -> Fields:
    if not plain.applies(case.terms):
        return _next_round(case, None) | _rectified_by(case, act)
    due_at = plain.continued(case) or case.terms.plain_due(case.level, Stage.RECTIFYING, act.now)
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
    return _next_round(judged, case.terms.plain_due(case.level, Stage.RECTIFYING, act.now))


def _reopen(case: Case, act: Act) -> Fields:
    clock = act.command.clock or case.terms.reopen_clock
    # what was not answered before the closure is not asked for in the new cycle
    slips = tuple(replace(slip, chased=True) for slip in case.slips)
    fields: Fields = {"cycle": case.cycle + 1, "closed_at": None, "clock": clock, "slips": slips}
    if plain.applies(case.terms):
        due_at = plain.continued(replace(case, **fields))
        return fields | ({"due_at": due_at} if due_at else {})
    last = next((one for one in reversed(case.stopped) if one.kind is ClockKind.RECTIFY), None)
    if clock is not ReopenClock.CONTINUE or last is None:
        return fields
    # it goes on, so it is not over: it stands among the stopped ones again when it stops
    stopped = tuple(clock for clock in case.stopped if clock is not last)
    return (
        fields | clocks.summary(clocks.going_on(last, case.terms, case.level, act.now)) | {"stopped": stopped}
    )


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
    return {"rectifiers": rectifiers(act.command.actor, act.by, case.rectifiers)}


def rectifiers(actor: Actor, by: Holding, before: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Who took part in the rectification, with the one who does now and the one in whose name."""
    return tuple(dict.fromkeys((*before, actor.person_id, *filter(None, (actor.in_name_of(by),)))))


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
    Action.EXTEND: lambda case, act: timing_effects.extend(case, act.command, act.by, act.now),
    Action.GRANT_EXTENSION: lambda case, act: timing_effects.grant(case, act.command, act.post_id, act.now),
    Action.DENY_EXTENSION: lambda case, act: timing_effects.deny(case, act.command, act.post_id, act.now),
    Action.PAUSE: lambda case, act: timing_effects.pause(case, act.command, act.now),
    Action.DEFER: lambda case, act: timing_effects.defer(case, act.command, act.now),
    Action.RESUME: lambda case, act: timing_effects.resume(case, act.now),
    Action.ACKNOWLEDGE: lambda case, act: timing_effects.acknowledge(case, act.post_id, act.now),
    Action.REPLY: lambda case, act: timing_effects.reply(case, act.command, act.now),
    Action.SUPERVISE: lambda _c, act: {"supervision": act.command.supervision},
    Action.LIFT_SUPERVISION: lambda _c, _a: {"supervision": None},
    Action.SUSPEND_USE: lambda _c, _a: {"suspended": True},
    Action.RESUME_USE: lambda _c, _a: {"suspended": False},
    Action.NOTE: _nothing,
    Action.CLAIM: lambda _c, act: {
        "claim": Claim(person_id=act.command.actor.person_id, post_id=act.post_id, at=act.now)
    },
    Action.RELEASE: lambda _c, _a: {"claim": None},
    Action.HAND_OVER: lambda case, act: {
        "claim": case.claim and replace(case.claim, person_id=act.command.successor or "", at=act.now)
    },
}
