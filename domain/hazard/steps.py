"""Deciding a step: from (case, command or clock, now) to a change for the record.

Invariant: every change carries exactly the fields that it changed, so the chain of entries rebuilds the case.
"""

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from datetime import datetime
from typing import Any, Final

from domain import audit
from domain.audit import RECENT_REQUESTS, Entry
from domain.errors import Kind, Refused
from domain.evidence import EvidenceKind
from domain.hazard import clocks, firing, plain, restamping, telling, timetable, timing_effects
from domain.hazard.checks import check
from domain.hazard.effects import EFFECTS, Act
from domain.hazard.shapes import Case, Change, Command, Report, Restamp
from domain.hazard.table import REPORTERS, Rule
from domain.hazard.telling import Told
from domain.hazard.words import CLOCK_OF, REPORT, RESTAMP, Action, Stage
from domain.people import Actor, Role
from domain.terms import Terms

_DERIVED: Final = frozenset({"seq", "head", "recent_requests"})


def open_case(
    number: str,
    report: Report,
    terms: Terms,
    actor: Actor,
    request_id: str,
    now: datetime,
    channel: str = "api",
) -> Change:
    """The first change of a case: the hazard as reported (发现上报).

    Args:
        number: the case number allocated with the intake, such as ``YH-2026-000123``.
        now: aware UTC; the stage's due date counts from it.

    Raises:
        Refused: ``role_required``, ``evidence_missing`` or ``fixed_on_spot_is_general``.
    """
    holding = actor.capacity(REPORTERS, report.unit_id)
    if holding is None:
        roles = [role for role in Role if role in REPORTERS]
        raise Refused(Kind.NOT_ALLOWED, "role_required", "没有上报隐患的岗位", roles=roles)
    _check_fixed_on_spot(report)
    case = _first(number, report, terms, actor, holding.post_id, now)
    entry = Entry(
        case_id=number,
        seq=1,
        at=now,
        action=REPORT,
        person_id=actor.person_id,
        post_id=holding.post_id,
        on_behalf_of=actor.on_behalf_of,
        channel=channel,
        request_id=request_id,
        patch={key: value for key, value in audit.plain(case).items() if key not in _DERIVED},
        note=report.description,
        evidence=tuple(audit.plain(report.evidence)),
    )
    return _sealed(case, entry, [telling.work(case)])


def _first(number: str, report: Report, terms: Terms, actor: Actor, post_id: str, now: datetime) -> Case:
    """The case as reported, its clock set."""
    case = Case(
        id=number,
        seq=0,
        head=audit.GENESIS,
        stage=Stage.REPORTED,
        stage_since=now,
        reported_at=now,
        reported_by=actor.person_id,
        reported_post=post_id,
        level=report.grade.code,
        major=report.grade.major,
        terms=terms,
        rectifiers=(actor.person_id,) if report.fixed_on_spot else (),
        **{f.name: getattr(report, f.name) for f in fields(report) if f.name != "grade"},
    )
    return replace(case, **_timed(case, case, Stage.REPORTED, now))


def apply(case: Case, command: Command, now: datetime) -> Change | None:
    """Decide ``command``; ``None`` when this request was already applied to the case (a repeat).

    Raises:
        Refused: see :func:`domain.hazard.checks.check`.
    """
    if command.request_id in case.recent_requests:
        return None
    rule, holding = check(case, command, now)
    act = Act(command=command, post_id=holding.post_id, now=now)
    changed = replace(case, **_changed(case, rule, act), evidence=(*case.evidence, *command.evidence))
    after = _whole(changed)
    entry = Entry(
        case_id=case.id,
        seq=case.seq + 1,
        at=now,
        action=command.action.value,
        person_id=command.actor.person_id,
        post_id=holding.post_id,
        on_behalf_of=command.actor.on_behalf_of,
        channel=command.channel,
        request_id=command.request_id,
        patch=_difference(case, after),
        reason=command.reason,
        note=command.note,
        evidence=tuple(audit.plain(command.evidence)),
        prev=case.head,
    )
    return _sealed(after, entry, _told(case, after, command.action))


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
        patch=_difference(case, after),
        prev=case.head,
        due_at=due.at,
    )
    return _sealed(after, entry, fired.told)


def restamp(case: Case, newer: Restamp, now: datetime) -> Change | None:
    """Bring a running case under newer terms or days (时限重算); ``None`` when the request was applied already.

    What was granted by extension stays. The first due instant stays for statistics; its post is told if it moves.
    """
    if newer.request_id in case.recent_requests or not case.stage.is_open:
        return None
    after = _whole(restamping.restamped(case, newer.terms, now))
    entry = Entry(
        case_id=case.id,
        seq=case.seq + 1,
        at=now,
        action=RESTAMP,
        person_id=newer.person_id,
        post_id=newer.post_id,
        on_behalf_of=None,
        channel="sweep",
        request_id=newer.request_id,
        patch=_difference(case, after),
        reason=newer.reason,
        prev=case.head,
    )
    told = [telling.due_moved(after, newer.reason)] if after.due_at != case.due_at else []
    return _sealed(after, entry, told)


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
    entered = {"stage": to, "stage_since": act.now} | _timed(case, graded, to, act.now)
    if to is Stage.CLOSED:
        entered |= {"closed_at": act.now, "clock": None}
    return entered | changed


def _timed(before: Case, case: Case, to: Stage, now: datetime) -> dict[str, Any]:
    """What entering a stage does to the time of ``case``, which is ``before`` with its new level already."""
    if plain.applies(case.terms):
        return plain.entered(case, to, now)
    over = CLOCK_OF.get(to) is not CLOCK_OF.get(case.stage)
    return clocks.entered(before, case, to, now) | (timing_effects.moot(case) if over else {})


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


def _told(before: Case, after: Case, action: Action) -> Iterable[Told]:
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


def _check_fixed_on_spot(report: Report) -> None:
    if not report.fixed_on_spot:
        return
    if report.grade.major:
        raise Refused(Kind.CONFLICT, "fixed_on_spot_is_general", "重大隐患不适用立行立改")
    given = {evidence.kind for evidence in report.evidence}
    wanted = (EvidenceKind.BEFORE_PHOTO, EvidenceKind.AFTER_PHOTO)
    if lacking := [kind for kind in wanted if kind not in given]:
        names = "、".join(kind.label for kind in lacking)
        raise Refused(Kind.CONFLICT, "evidence_missing", f"立行立改缺少：{names}", evidence=lacking)


def _difference(before: Case, after: Case) -> Mapping[str, Any]:
    names = [field.name for field in fields(after) if field.name not in _DERIVED]
    changed = {name: getattr(after, name) for name in names if getattr(after, name) != getattr(before, name)}
    return dict(audit.plain(changed))


def _sealed(case: Case, entry: Entry, told: Iterable[Told]) -> Change:
    entry = audit.seal(entry)
    requests = (*case.recent_requests, entry.request_id) if entry.request_id else case.recent_requests
    case = replace(case, seq=entry.seq, head=entry.hash, recent_requests=requests[-RECENT_REQUESTS:])
    return Change(entry=entry, case=case, notices=telling.notices(case, entry, told))
