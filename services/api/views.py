"""What clients read: a case, and pages. Pure functions from domain values.

Invariant: a view of a case depends on the case, the asker and ``now`` alone, so it can be kept as an answer.
"""

from datetime import datetime
from typing import Generic, TypeVar

from pydantic import BaseModel, Field

from domain import hazard
from domain.evidence import EvidenceKind
from domain.hazard import Case, Stage
from domain.ladder import Colour
from domain.people import Actor
from services.api.timing_views import (
    AcknowledgementView,
    ClockView,
    EvidenceView,
    ExtensionView,
    NextStepView,
    SlipView,
    clock_view,
    evidence_view,
    extension_view,
    next_step_view,
    slip_view,
)

Item = TypeVar("Item")


class Page(BaseModel, Generic[Item]):
    """A page: ask again with ``cursor=next`` until ``next`` is null."""

    items: list[Item]
    next: str | None = Field(description="下一页的 cursor；没有下一页时为 null")


class RoundView(BaseModel):
    """One round of rectification."""

    cycle: int
    number: int
    due_at: datetime | None
    submitted_by: str | None
    submitted_post: str | None
    submitted_at: datetime | None
    evidence: list[EvidenceView]
    verified_by: str | None
    verified_post: str | None
    verified_at: datetime | None
    verdict: hazard.Verdict | None
    reason: str | None


class AllowedView(BaseModel):
    """An action open to the asker now."""

    action: hazard.Action
    label: str
    href: str
    post_id: str = Field(description="以哪个岗位办理")
    needs: list[str] = Field(description="必填字段")
    evidence: list[EvidenceKind] = Field(description="必备佐证材料")


class SupervisionView(BaseModel):
    """挂牌督办."""

    level: str
    organ: str
    document_number: str


class ClaimView(BaseModel):
    """Who took the work."""

    person_id: str = Field(description="签领人")
    post_id: str = Field(description="以哪个岗位签领")
    at: datetime = Field(description="何时签领")


class HazardView(BaseModel):
    """A hazard case as it stands."""

    id: str = Field(description="案号", examples=["YH-2026-000123"])
    stage: Stage
    stage_label: str = Field(examples=["待整改"])
    stage_since: datetime
    is_open: bool
    level: str
    major: bool
    unit_id: str
    unit_name: str
    district: str
    place: str
    category: str
    item: str | None
    description: str
    due_at: datetime | None = Field(description="本环节时限")
    overdue: bool
    overdue_count: int
    colour: Colour | None = Field(description="督办颜色：blue 蓝、yellow 黄、red 红；未逾期为 null")
    paused: bool = Field(description="是否暂停计时")
    clock: ClockView | None = Field(description="正在计的时限")
    next_step: NextStepView | None = Field(description="无人办理时系统的下一步")
    acknowledgement: AcknowledgementView | None = Field(description="督办的签收；无人签收为 null")
    extensions: list[ExtensionView]
    slips: list[SlipView]
    fixed_on_spot: bool
    suspended: bool
    supervision: SupervisionView | None
    waiting_post: str | None = Field(description="待办岗位")
    claim: ClaimView | None = Field(description="谁签领了此件；无人签领为 null")
    responsible_post: str | None
    closing_authority: str
    cycle: int
    rounds: list[RoundView]
    plan: dict[str, str] | None
    controls: list[str]
    evidence: list[EvidenceView]
    repeat_of: str | None
    merged_into: str | None
    transferred_to: str | None
    receipt_number: str | None
    reported_at: datetime
    reported_post: str
    closed_at: datetime | None
    terms_version: str = Field(description="立案时适用的政策版本")
    seq: int = Field(description="已留痕的步数")
    head: str = Field(description="留痕链末条的哈希")
    allowed_actions: list[AllowedView]


class ReportedView(HazardView):
    """The answer to a report."""

    is_new: bool = Field(description="false 表示同一隐患已在办，返回的是在办的案")
    engine: str = Field(
        description="running 已启动流程；pending 引擎离线，恢复后自动启动", examples=["running"]
    )


def case_view(case: Case, actor: Actor, now: datetime) -> HazardView:
    """The case as ``actor`` sees it at ``now``."""
    return HazardView(**_case_fields(case, actor, now))


def reported_view(case: Case, actor: Actor, now: datetime, *, is_new: bool, engine: str) -> ReportedView:
    """The answer to a report."""
    return ReportedView(**_case_fields(case, actor, now), is_new=is_new, engine=engine)


def _case_fields(case: Case, actor: Actor, now: datetime) -> dict[str, object]:
    same = {name: getattr(case, name) for name in _SAME}
    return same | {
        "stage_label": case.stage.label,
        "is_open": case.stage.is_open,
        "overdue": case.overdue or (case.due_at is not None and case.due_at <= now),
        "paused": case.paused,
        "clock": case.running and clock_view(case.running),
        "next_step": next_step_view(case),
        "acknowledgement": case.acknowledgement and AcknowledgementView(**vars(case.acknowledgement)),
        "extensions": [extension_view(extension) for extension in case.extensions],
        "slips": [slip_view(slip) for slip in case.slips],
        "supervision": case.supervision and SupervisionView(**vars(case.supervision)),
        "waiting_post": case.waiting_post,
        "claim": case.claim and ClaimView(**vars(case.claim)),
        "rounds": [_round(round_) for round_ in case.rounds],
        "plan": None if case.plan is None else dict(case.plan),
        "controls": list(case.controls),
        "evidence": [evidence_view(evidence) for evidence in case.evidence],
        "terms_version": case.terms.version,
        "allowed_actions": [_allowed(case, allowed) for allowed in hazard.allowed_actions(case, actor, now)],
    }


_SAME = frozenset(HazardView.model_fields) & frozenset(Case.__dataclass_fields__) - {
    "overdue",
    "supervision",
    "rounds",
    "plan",
    "controls",
    "evidence",
    "clock",
    "acknowledgement",
    "extensions",
    "slips",
    "claim",
}


def _round(round_: hazard.Round) -> RoundView:
    return RoundView(
        **(vars(round_) | {"evidence": [evidence_view(evidence) for evidence in round_.evidence]})
    )


_FIELD_OF = {"grade": "level"}
"""What a command needs, by the name of the body's field."""


def _allowed(case: Case, allowed: hazard.Allowed) -> AllowedView:
    return AllowedView(
        action=allowed.action,
        label=allowed.action.label,
        href=f"/v1/hazards/{case.id}/actions/{allowed.action.value}",
        post_id=allowed.post_id,
        needs=[_FIELD_OF.get(need, need) for need in allowed.needs],
        evidence=[EvidenceKind(kind) for kind in allowed.evidence],
    )
