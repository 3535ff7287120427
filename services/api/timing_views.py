"""What clients read of the time of a case: its running limit, extensions, supervision slips, the next step.

Invariant: pure functions from domain values.
"""

from datetime import datetime

from pydantic import BaseModel, Field

from domain import hazard
from domain.evidence import Evidence, EvidenceKind
from domain.hazard import Case
from domain.ladder import ClockKind, Colour


class EvidenceView(BaseModel):
    """A cited file."""

    kind: EvidenceKind
    kind_label: str
    file_id: str
    sha256: str = Field(description="原件的 SHA-256")


class ClockView(BaseModel):
    """The running time limit."""

    kind: ClockKind = Field(description="时限种类：respond 响应、rectify 整改、verify 复查、close 销号")
    kind_label: str
    since: datetime
    limit: str = Field(description="时限长短", examples=["15个自然日"])
    due_at: datetime | None = Field(description="到期时刻；暂停计时中为 null")
    last_day: str | None = Field(description="末日（当地）；暂停计时中为 null", examples=["2026-10-08"])
    provisional: bool = Field(description="暂定：跨入尚无放假安排的年份，载入后重算")
    first_due_at: datetime | None = Field(description="最初的到期时刻，用于统计")
    extended: bool = Field(description="是否经批准延期")
    paused_since: datetime | None
    paused_until: datetime | None = Field(description="暂缓的，到此时自动恢复")
    paused_reason: str | None
    breached_at: datetime | None = Field(description="何时标记逾期")


class AcknowledgementView(BaseModel):
    """Who has the late matter in hand."""

    post_id: str = Field(description="签收的岗位")
    at: datetime = Field(description="签收时间")
    until: datetime = Field(description="督办暂停至何时；届时未见进展则恢复")


class ExtensionView(BaseModel):
    """An extension request and what became of it."""

    until: str
    reason: str
    decision: hazard.Decision
    decision_label: str
    requested_post: str
    requested_at: datetime
    due_before: datetime
    decided_post: str | None
    decided_at: datetime | None
    due_after: datetime | None
    evidence: list[EvidenceView]


class SlipView(BaseModel):
    """A supervision slip (督办单)."""

    serial: str
    colour: Colour
    colour_label: str
    at: datetime
    post_id: str = Field(description="受理岗位")
    reply_due_at: datetime
    replied_at: datetime | None
    reply: str | None
    chased: bool = Field(description="是否因逾期未复被催办")


class NextStepView(BaseModel):
    """What the clock does next if nobody acts."""

    kind: hazard.StepKind
    label: str
    at: datetime


def evidence_view(evidence: Evidence) -> EvidenceView:
    """One cited file."""
    kind = EvidenceKind(evidence.kind)
    return EvidenceView(kind=kind, kind_label=kind.label, file_id=evidence.file_id, sha256=evidence.sha256)


def clock_view(clock: hazard.Clock) -> ClockView:
    """The running limit."""
    hold = clock.hold
    return ClockView(
        **{name: getattr(clock, name) for name in _OF_CLOCK},
        kind_label=clock.kind.label,
        last_day=None if hold else clock.last_day,
        provisional=clock.provisional and hold is None,
        limit=clock.limit.spoken,
        paused_since=hold and hold.since,
        paused_until=hold and hold.until,
        paused_reason=hold and hold.reason,
    )


_OF_CLOCK = frozenset(ClockView.model_fields) & frozenset(hazard.Clock.__dataclass_fields__) - {
    "limit",
    "last_day",
    "provisional",
}


def next_step_view(case: Case) -> NextStepView | None:
    """What the clock does next."""
    coming = hazard.next_step(case)
    return None if coming is None else NextStepView(kind=coming.kind, label=coming.kind.label, at=coming.at)


def extension_view(extension: hazard.Extension) -> ExtensionView:
    """One extension request."""
    fields = {
        name: getattr(extension, name) for name in ExtensionView.model_fields if name in vars(extension)
    }
    evidence = [evidence_view(one) for one in extension.evidence]
    return ExtensionView(**fields | {"decision_label": extension.decision.label, "evidence": evidence})


def slip_view(slip: hazard.Slip) -> SlipView:
    """One supervision slip."""
    fields = {name: getattr(slip, name) for name in SlipView.model_fields if name in vars(slip)}
    return SlipView(**fields, colour_label=slip.colour.label)
