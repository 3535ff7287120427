"""Deciding a step: from (case, command or clock, now) to a change for the record.

Invariant: every change carries exactly the fields that it changed, so the chain of entries rebuilds the case.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from domain import audit
from domain.audit import Entry
from domain.hazard import changes, claims, firing, restamping, telling, timetable
from domain.hazard.checks import check
from domain.hazard.effects import EFFECTS, Act
from domain.hazard.shapes import Case, Change, Command, Restamp
from domain.hazard.table import Rule
from domain.hazard.telling import Told
from domain.hazard.words import CHANGE_TEAM, RESTAMP, Action, Stage


def apply(case: Case, command: Command, now: datetime) -> Change | None:
    """Decide ``command``; ``None`` when this request was already applied to the case (a repeat).

    Raises:
        Refused: see :func:`domain.hazard.checks.check`.
    """
    if command.request_id in case.recent_requests:
        return None
    rule, holding = check(case, command, now)
    act = Act(command=command, by=holding, now=now)
    under = replace(claims.in_force(case, command.lapsed), terms=command.terms or case.terms)
    changed = replace(under, **_changed(under, rule, act), evidence=(*case.evidence, *command.evidence))
    after = claims.kept(case, _whole(changed))
    entry = Entry(
        case_id=case.id,
        seq=case.seq + 1,
        at=now,
        action=command.action.value,
        person_id=command.actor.person_id,
        post_id=holding.post_id,
        on_behalf_of=command.actor.in_name_of(holding),
        channel=command.channel,
        request_id=command.request_id,
        patch=changes.difference(case, after),
        reason=command.reason,
        note=command.note,
        evidence=tuple(audit.plain(command.evidence)),
        prev=case.head,
    )
    change = changes.sealed(after, entry, told(case, after, command.action))
    return replace(change, bulk=command.bulk) if command.bulk else change


def step(case: Case, now: datetime) -> Change | None:
    """What the clock does at ``now`` (aware): the earliest step whose instant has come, or ``None``.

    Call it again for the next one: steps that an outage held up are taken once each, in order, and marked late.
    """
    due = timetable.at_or_before(case, now)
    if due is None:
        return None
    fired = firing.fire(case, due)
    after = _whole(fired.case)
    entry = Entry(
        case_id=case.id,
        seq=case.seq + 1,
        at=now,
        action=due.kind.value,
        person_id=None,
        post_id=None,
        on_behalf_of=None,
        channel="engine",
        request_id=None,
        patch=changes.difference(case, after),
        prev=case.head,
        due_at=due.at,
    )
    return changes.sealed(after, entry, fired.told)


def restamp(case: Case, newer: Restamp, now: datetime) -> Change | None:
    """Bring a running case under newer terms or days (时限重算), or under another team; ``None`` when it stays as it is.

    What was granted by extension stays. The first due instant stays for statistics; its post is told if it moves.
    """
    if (terms := restamping.brought(case, newer)) is None:
        return None
    team = newer.team_post
    under = restamping.restamped(case, terms, now) if team is None else restamping.under_team(case, team)
    after = claims.kept(case, _whole(under))
    entry = Entry(
        case_id=case.id,
        seq=case.seq + 1,
        at=now,
        action=RESTAMP if team is None else CHANGE_TEAM,
        person_id=newer.person_id,
        post_id=newer.post_id,
        on_behalf_of=None,
        channel="sweep",
        request_id=newer.request_id,
        patch=changes.difference(case, after),
        reason=newer.reason,
        prev=case.head,
    )
    return changes.sealed(after, entry, restamp_told(case, after, newer.reason))


def restamp_told(before: Case, after: Case, reason: str) -> Iterable[Told]:
    """Who is told of that: whoever the case waits on now, or that its time moved."""
    if after.waiting_post != before.waiting_post:
        return [telling.work(after)]
    return [telling.due_moved(after, reason)] if after.due_at != before.due_at else []


def _changed(case: Case, rule: Rule, act: Act) -> dict[str, Any]:
    changed = EFFECTS[act.command.action](case, act)
    level, major = changed.get("level", case.level), changed.get("major", case.major)
    to = rule.to
    if case.fixed_on_spot and rule.to_if_fixed and not major:
        to = rule.to_if_fixed
    if major and rule.to_if_major:
        to = rule.to_if_major
    if to is None:
        return changed
    graded = replace(case, level=level, major=major)
    entered = {"stage": to, "stage_since": act.now} | changes.timed(case, graded, to, act.now)
    if to is Stage.CLOSED:
        entered |= {"closed_at": act.now, "clock": None}
    return entered | changed


def _whole(case: Case) -> Case:
    """The case with what follows from its clock: the limit of the round in hand, and who has to act among those told."""
    running, waiting = case.running, case.waiting_post
    if running is None:
        return case
    if running.breached_at is not None and waiting is not None and waiting not in running.told:
        case = replace(case, running=replace(running, told=(waiting, *running.told)))
    if case.stage is not Stage.RECTIFYING or not case.rounds or running.due_at is None:
        return case
    return replace(case, rounds=(*case.rounds[:-1], replace(case.rounds[-1], due_at=running.due_at)))


def told(before: Case, after: Case, action: Action) -> Iterable[Told]:
    """Who is told of an act: whoever the case waits on now, or what became of its time."""
    if action is Action.EXTEND:
        yield telling.extension_requested(after, after.extensions[-1])
    elif action in (Action.GRANT_EXTENSION, Action.DENY_EXTENSION):
        yield telling.extension_decided(after, after.extensions[-1])
    elif action in (Action.PAUSE, Action.DEFER) and after.running and (hold := after.running.hold):
        yield telling.paused(after, hold.reason, hold.until)
    elif after.waiting_post is not None and _arrives(before, after):
        yield telling.work(after)
    elif after.due_at != before.due_at and after.due_at is not None:
        yield telling.due_moved(after, action.label)


def _arrives(before: Case, after: Case) -> bool:
    return (before.waiting_post, before.cycle, len(before.rounds)) != (
        after.waiting_post,
        after.cycle,
        len(after.rounds),
    )
