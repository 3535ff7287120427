"""Deciding a step: from (case, command or clock, now) to a change for the record.

Invariant: every change carries exactly the fields that it changed, so the chain of entries rebuilds the case.
"""

from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from datetime import datetime
from typing import Any, Final

from domain import audit
from domain.audit import RECENT_REQUESTS, Entry
from domain.errors import Kind, Refused
from domain.evidence import EvidenceKind
from domain.hazard.checks import check
from domain.hazard.effects import EFFECTS, Act
from domain.hazard.shapes import LAPSE, REPORT, Case, Change, Command, Report, Stage
from domain.hazard.table import REPORTERS, Rule
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
    case = Case(
        id=number,
        seq=0,
        head=audit.GENESIS,
        stage=Stage.REPORTED,
        stage_since=now,
        reported_at=now,
        reported_by=actor.person_id,
        reported_post=holding.post_id,
        level=report.grade.code,
        major=report.grade.major,
        due_at=terms.due_at(report.grade.code, Stage.REPORTED, now),
        terms=terms,
        rectifiers=(actor.person_id,) if report.fixed_on_spot else (),
        **{f.name: getattr(report, f.name) for f in fields(report) if f.name != "grade"},
    )
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
    return _sealed(case, entry)


def apply(case: Case, command: Command, now: datetime) -> Change | None:
    """Decide ``command``; ``None`` when this request was already applied to the case (a repeat).

    Raises:
        Refused: see :func:`domain.hazard.checks.check`.
    """
    if command.request_id in case.recent_requests:
        return None
    rule, holding = check(case, command, now)
    act = Act(command=command, post_id=holding.post_id, now=now)
    after = replace(case, **_changed(case, rule, act), evidence=(*case.evidence, *command.evidence))
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
    return _sealed(after, entry)


def next_deadline(case: Case) -> datetime | None:
    """When the clock acts next (aware UTC), or ``None`` when no stage limit is still ahead."""
    return case.due_at if case.stage.is_open and not case.overdue else None


def lapse(case: Case, now: datetime) -> Change:
    """What the clock does at the due instant: the stage is flagged overdue (已逾期) and stays where it is."""
    after = replace(case, overdue=True, overdue_count=case.overdue_count + 1)
    entry = Entry(
        case_id=case.id,
        seq=case.seq + 1,
        at=now,
        action=LAPSE,
        person_id=None,
        post_id=None,
        on_behalf_of=None,
        channel="engine",
        request_id=None,
        patch=_difference(case, after),
        prev=case.head,
    )
    return _sealed(after, entry)


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
    entered = {
        "stage": to,
        "stage_since": act.now,
        "due_at": case.terms.due_at(level, to, act.now),
        "overdue": False,
    }
    if to is Stage.CLOSED:
        entered |= {"closed_at": act.now, "clock": None}
    if not to.is_open:
        entered["due_at"] = None
    return entered | changed


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
    old, new = audit.plain(asdict(before)), audit.plain(asdict(after))
    return {key: new[key] for key in new if key not in _DERIVED and new[key] != old[key]}


def _sealed(case: Case, entry: Entry) -> Change:
    entry = audit.seal(entry)
    requests = (*case.recent_requests, entry.request_id) if entry.request_id else case.recent_requests
    case = replace(case, seq=entry.seq, head=entry.hash, recent_requests=requests[-RECENT_REQUESTS:])
    return Change(entry=entry, case=case)
