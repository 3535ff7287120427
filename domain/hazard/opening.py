"""Opening a case: the hazard as reported (发现上报).

Invariant: the first change holds every field of the case, so the chain of entries rebuilds it.
"""

from dataclasses import fields, replace
from datetime import datetime

from domain import audit
from domain.audit import Entry
from domain.errors import Kind, Refused
from domain.evidence import EvidenceKind
from domain.hazard import changes, effects, telling
from domain.hazard.shapes import Case, Change, Report
from domain.hazard.table import REPORTERS
from domain.hazard.words import REPORT, Stage
from domain.people import Actor, Holding, Role
from domain.terms import Terms


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
    case = _first(number, report, terms, actor, holding, now)
    entry = Entry(
        case_id=number,
        seq=1,
        at=now,
        action=REPORT,
        person_id=actor.person_id,
        post_id=holding.post_id,
        on_behalf_of=actor.in_name_of(holding),
        channel=channel,
        request_id=request_id,
        patch={key: value for key, value in audit.plain(case).items() if key not in changes.DERIVED},
        note=report.description,
        evidence=tuple(audit.plain(report.evidence)),
    )
    return changes.sealed(case, entry, [telling.work(case)])


def _first(number: str, report: Report, terms: Terms, actor: Actor, by: Holding, now: datetime) -> Case:
    """The case as reported, its clock set."""
    case = Case(
        id=number,
        seq=0,
        head=audit.GENESIS,
        stage=Stage.REPORTED,
        stage_since=now,
        reported_at=now,
        reported_by=actor.person_id,
        reported_post=by.post_id,
        level=report.grade.code,
        major=report.grade.major,
        terms=terms,
        rectifiers=effects.rectifiers(actor, by) if report.fixed_on_spot else (),
        **{f.name: getattr(report, f.name) for f in fields(report) if f.name != "grade"},
    )
    return replace(case, **changes.timed(case, case, Stage.REPORTED, now))


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
