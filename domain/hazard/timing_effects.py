"""What the acts on time change: extensions, pauses, acknowledgements, answers to supervision slips.

Invariant: while a request for more time is pending the old limit rules; a grant is one change with all that hangs on it.
"""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from domain import workdays
from domain.hazard import clocks, ladders
from domain.hazard.shapes import Case, Command
from domain.hazard.timing import Acknowledgement, Clock, Extension, Hold
from domain.hazard.words import Decision
from domain.people import Holding

Fields = dict[str, Any]


def extend(case: Case, command: Command, by: Holding, now: datetime) -> Fields:
    """Ask for more time."""
    asked = Extension(
        until=command.until or "",
        reason=command.reason or "",
        requested_by=command.actor.person_id,
        requested_post=by.post_id,
        requested_for=command.actor.in_name_of(by),
        requested_at=now,
        due_before=_running(case).due_at or now,
        evidence=command.evidence,
    )
    return {"extensions": (*case.extensions, asked)}


def grant(case: Case, command: Command, post_id: str, now: datetime) -> Fields:
    """More time: the named day of the request becomes the limit."""
    until = case.extensions[-1].until
    clock = clocks.extended(_running(case), case.terms, case.level, until, now)
    return clocks.summary(clock) | _decided(case, command, post_id, now, Decision.GRANTED, clock.due_at)


def deny(case: Case, command: Command, post_id: str, now: datetime) -> Fields:
    """No more time."""
    return _decided(case, command, post_id, now, Decision.DENIED, None)


def moot(case: Case) -> Fields:
    """The clock stopped before the request was decided."""
    if case.pending_extension is None:
        return {}
    return {"extensions": (*case.extensions[:-1], replace(case.extensions[-1], decision=Decision.MOOT))}


def pause(case: Case, command: Command, now: datetime) -> Fields:
    """Let time stand still. A case that was late stays late while it rests."""
    return _held(case, Hold(since=now, reason=command.reason or ""))


def defer(case: Case, command: Command, now: datetime) -> Fields:
    """Let time stand still until a day begins."""
    until = case.terms.midnight(date.fromisoformat(command.until or ""))
    return _held(case, Hold(since=now, reason=command.reason or "", until=until))


def resume(case: Case, now: datetime) -> Fields:
    """Let time go on."""
    return clocks.resumed(case, now)


def acknowledge(case: Case, post_id: str, now: datetime) -> Fields:
    """Take the matter in hand: the ladder rests for a while."""
    clock = _running(case)
    until = workdays.due(clocks.calendar_of(case.terms), now, ladders.ladder_of(case).acknowledged_for).at
    return {
        "running": replace(clock, acknowledged=(*clock.acknowledged, post_id)),
        "acknowledgement": Acknowledgement(post_id=post_id, at=now, until=until),
    }


def reply(case: Case, command: Command, now: datetime) -> Fields:
    """Answer a supervision slip."""
    slips = (
        replace(slip, replied_at=now, replied_by=command.actor.person_id, reply=command.note)
        if slip.serial == command.slip
        else slip
        for slip in case.slips
    )
    return {"slips": tuple(slips)}


def _decided(
    case: Case, command: Command, post_id: str, now: datetime, decision: Decision, due_after: datetime | None
) -> Fields:
    decided = replace(
        case.extensions[-1],
        decision=decision,
        decided_by=command.actor.person_id,
        decided_post=post_id,
        decided_at=now,
        due_after=due_after,
    )
    return {"extensions": (*case.extensions[:-1], decided)}


def _held(case: Case, hold: Hold) -> Fields:
    return clocks.summary(clocks.held(_running(case), hold))


def _running(case: Case) -> Clock:
    if case.running is None:
        raise AssertionError("the rules let an act on time pass where no clock runs")
    return case.running
