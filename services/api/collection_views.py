"""What clients read of collections. Pure functions from domain values.

Invariant: no telephone number of a person stands in any of them.
"""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field, JsonValue

from domain import collection as rules
from domain.audit import Entry
from domain.collection import Collection, CollectionKind, Counts, Member, Outcome, Phase
from domain.evidence import EvidenceKind


class KindView(BaseModel):
    """A kind of collections as it is in force (收集种类)."""

    code: str
    version: int
    label: str
    evidence: list[EvidenceKind] = Field(description="须按此先后提供的材料")
    seal_alternative: list[EvidenceKind] = Field(description="可代替上述全部材料的电子印章")
    zero: bool = Field(description="是否接受零报告")
    review: bool = Field(description="是否须经审核")
    consequence: rules.Consequence = Field(description="截止后的处理")
    remind_before: list[int] = Field(description="到期前几分钟催报")
    remind_after: list[int] = Field(description="到期后几分钟催报")
    urgent: bool = Field(description="催报在夜间和节假日是否即时发出")
    counted: rules.Counted = Field(description="退回后重报的，以哪一次报送的时间为准")
    form: dict[str, JsonValue] = Field(description="表单（JSON Schema 2020-12）")


class CollectionView(BaseModel):
    """A collection as it stands (限时收集)."""

    id: str = Field(description="收集编号", examples=["SJ-2026-000001"])
    kind: KindView
    phase: Phase
    phase_label: str = Field(description="阶段的中文名")
    title: str
    basis: str
    opens_at: datetime = Field(description="开启时刻")
    due_at: datetime = Field(description="到期时刻")
    due_text: str = Field(description="到期时刻的中文写法，含星期")
    cut_off_at: datetime = Field(description="截止时刻")
    wording: str | None = Field(description="通知原文的时限表述")
    grace_minutes: int = Field(description="宽限分钟数")
    audience: str = Field(description="应报范围")
    expected: int = Field(description="名单中的单位数，含免报")
    contact_post: str = Field(description="联系岗位")
    contact_phone: str = Field(description="联系电话")
    covers_from: datetime | None = Field(description="值班表须覆盖的起始时刻")
    covers_to: datetime | None = Field(description="值班表须覆盖的终止时刻")
    subject: str | None = Field(description="所针对的事项")
    series_id: str | None = Field(description="所属的周期收集")
    period: str | None = Field(description="周期")
    created_at: datetime = Field(description="新建时间")
    created_post: str = Field(description="新建岗位")
    ended_at: datetime | None = Field(description="截止或撤销的时间")
    ended_early: bool = Field(description="是否收齐后提前截止")
    frozen_hash: str | None = Field(description="固定名单的哈希")
    reason: str | None = Field(description="撤销的理由")
    seq: int
    head: str = Field(description="留痕链末条的哈希")


class CreatedView(CollectionView):
    """The answer to a new collection."""

    engine: str = Field(description="running 已启动流程；pending 引擎离线，恢复后自动启动")


class StandingView(BaseModel):
    """How one unit stands in a collection."""

    unit_id: str
    unit_name: str
    outcome: Outcome
    outcome_label: str = Field(description="情况的中文名")
    due_at: datetime = Field(description="约束该单位的到期时刻")
    version: int = Field(description="已报送几版；0 为未报")
    received_at: datetime | None = Field(description="计为何时报送")
    late_minutes: int | None = Field(description="迟报几分钟")
    returned: bool = Field(description="是否被退回而未重报")
    accepted: bool = Field(description="是否已审核通过")
    returns: int = Field(description="被退回几次")
    basis: str | None = Field(description="延期或免报的理由")


class CountsOfCollection(BaseModel):
    """How many units are what: expected is the sum of on_time, late, missing, exempt and defective."""

    expected: int = Field(description="名单中的单位数")
    due: int = Field(description="应报：名单减免报")
    received: int = Field(description="已报：按时与迟报")
    on_time: int = Field(description="按时")
    late: int = Field(description="迟报")
    missing: int = Field(description="未报")
    exempt: int = Field(description="免报")
    defective: int = Field(description="材料不合格")
    on_time_rate: str = Field(description="按时率＝按时÷应报；没有应报单位时为“—”")


class StatusView(BaseModel):
    """A collection at this moment: the counts, and who is missing."""

    id: str
    phase: Phase
    sentence: str = Field(description="一句话，如 应报 41，已报 39，迟报 1，未报 2；已报含迟报")
    counts: CountsOfCollection
    complete: bool = Field(description="是否再无未报、退回或待审核")
    missing: list[StandingView] = Field(description="未报的单位，至多列出一百个")
    missing_href: str = Field(description="逐页列出未报单位的地址")


class StepView(BaseModel):
    """One step of a collection (办理过程)."""

    seq: int
    at: datetime
    action: str
    label: str = Field(description="这一步的中文名")
    due_at: datetime | None = Field(description="系统自动办理的一步按规定应在何时")
    person: str | None = Field(description="办理人")
    post: str | None = Field(description="办理岗位")
    on_behalf_of: str | None
    channel: str
    request_id: str | None
    reason: str | None
    note: str | None
    changed: dict[str, object] = Field(description="这一步改变的内容")
    hash: str


def kind_view(kind: CollectionKind) -> KindView:
    """A kind as clients read it."""
    return KindView(
        code=kind.code,
        version=kind.version,
        label=kind.label,
        evidence=[EvidenceKind(one) for one in kind.evidence],
        seal_alternative=[EvidenceKind(one) for one in kind.seal_alternative],
        zero=kind.zero,
        review=kind.review,
        consequence=kind.consequence,
        remind_before=list(kind.reminders.before),
        remind_after=list(kind.reminders.after),
        urgent=kind.reminders.urgent,
        counted=kind.counted,
        form=dict(kind.form),
    )


def step_view(entry: Entry, names: dict[str, str]) -> StepView:
    """One step; ``names`` gives people's names and posts' titles by id."""
    same = ("seq", "at", "action", "due_at", "channel", "request_id", "reason", "note", "hash")
    return StepView(
        **{name: getattr(entry, name) for name in same},
        label=rules.label_of(entry.action),
        person=names.get(entry.person_id or "", entry.person_id),
        post=names.get(entry.post_id or "", entry.post_id),
        on_behalf_of=names.get(entry.on_behalf_of or "", entry.on_behalf_of),
        changed=dict(entry.patch),
    )


def collection_view(collection: Collection) -> CollectionView:
    """A collection as clients read it."""
    return CollectionView(**_fields(collection))


def created_view(collection: Collection, engine: str) -> CreatedView:
    """The answer to a new collection."""
    return CreatedView(**_fields(collection), engine=engine)


def standing_view(member: Member, window: rules.Window) -> StandingView:
    """How a unit stands."""
    standing = rules.standing(member, window)
    same = {name: getattr(standing, name) for name in _STANDING}
    return StandingView(
        **same,
        outcome_label=standing.outcome.label,
        returned=member.returned,
        accepted=member.accepted,
    )


def counts_view(counts: Counts) -> CountsOfCollection:
    """The counts with their definition."""
    rate = f"{counts.on_time / counts.due:.1%}" if counts.due else "—"
    same = {name: getattr(counts, name) for name in CountsOfCollection.model_fields if name != "on_time_rate"}
    return CountsOfCollection(**same, on_time_rate=rate)


_STANDING = (
    "unit_id",
    "unit_name",
    "outcome",
    "due_at",
    "version",
    "received_at",
    "late_minutes",
    "returns",
    "basis",
)
_SAME = frozenset(CollectionView.model_fields) & frozenset(Collection.__dataclass_fields__) - {"kind"}


def _fields(collection: Collection) -> dict[str, Any]:
    window, covers = collection.window, collection.covers or (None, None)
    return {name: getattr(collection, name) for name in _SAME} | {
        "kind": kind_view(collection.kind),
        "phase_label": collection.phase.label,
        "opens_at": window.opens_at,
        "due_at": window.due_at,
        "due_text": window.spoken(window.due_at),
        "cut_off_at": window.cut_off_at,
        "wording": window.wording,
        "grace_minutes": window.grace_seconds // 60,
        "covers_from": covers[0],
        "covers_to": covers[1],
    }
