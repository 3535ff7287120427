"""How bulletins look to clients."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from domain import bulletin as rules
from domain.audit import Entry
from domain.bulletin import Action, Bulletin, BulletinKind, State
from domain.collection import Outcome
from domain.people import Actor


class BulletinActionView(BaseModel):
    """An action on a bulletin that is open to the asker now."""

    action: Action
    label: str
    href: str
    post_id: str = Field(description="以哪个岗位办理")
    needs: list[str] = Field(description="必填字段")


class BulletinCountsView(BaseModel):
    """What the list comes to."""

    expected: int = Field(description="名单上的单位数：按时、迟报、未报、免报与材料不合格之和")
    due: int = Field(description="应报：名单上的单位减去免报")
    on_time: int = Field(description="按时报送")
    late: int = Field(description="迟报")
    missing: int = Field(description="未报")
    exempt: int = Field(description="免报")
    defective: int = Field(description="材料不合格")
    on_time_rate: str = Field(description="按时报送率＝按时÷应报；应报为零时为“—”")


class RulingView(BaseModel):
    """What was corrected or supplemented about a unit."""

    unit_id: str
    unit_name: str
    was: Outcome = Field(description="原列")
    becomes: Outcome = Field(description="现列")
    received_at: datetime | None = Field(description="收到时间")
    late_minutes: int | None = Field(description="迟报几分钟")
    reason: str


class DecisionView(BaseModel):
    """Whether a unit with defective material is named."""

    unit_id: str
    named: bool = Field(description="是否点名")
    reason: str
    post_id: str
    at: datetime


class PublicationView(BaseModel):
    """Where it was made public."""

    url: str = Field(description="公开发布的网址")
    at: datetime
    post_id: str


class BulletinView(BaseModel):
    """A bulletin as it stands."""

    id: str = Field(description="通报编号（自拟稿起不变）", examples=["TB-2026-000001"])
    kind: BulletinKind
    kind_label: str
    state: State
    state_label: str
    number: str | None = Field(description="发文字号；未印发为 null", examples=["示例民发〔2026〕7号"])
    title: str
    collection_id: str = Field(description="所通报的收集")
    list_hash: str = Field(description="截止时固定的名单的 SHA-256")
    counts: BulletinCountsView
    about: str | None = Field(description="更正、补充的是哪份通报")
    amended_by: list[str] = Field(description="更正、补充本通报的发文字号")
    rulings: list[RulingView] = Field(description="更正、补充的单位")
    undecided: list[str] = Field(description="材料不合格而尚未认定的单位；认定后方可核稿")
    decisions: list[DecisionView] = Field(description="对材料不合格单位的认定")
    demands: list[str] = Field(description="工作要求，逐段")
    waiting_post: str | None = Field(description="待办岗位")
    drafted_at: datetime
    drafted_post: str | None = Field(description="拟稿岗位；系统自动拟稿为 null")
    reviewed_at: datetime | None = Field(description="核稿时间")
    reviewed_post: str | None = Field(description="核稿岗位")
    signed_at: datetime | None = Field(description="签发时间，即成文日期")
    signed_post: str | None = Field(description="签发岗位；按规定自动签发为 null")
    issued_at: datetime | None = Field(description="印发时间")
    withdrawn_reason: str | None = Field(description="撤销的理由")
    publications: list[PublicationView] = Field(description="公开发布登记")
    audience: int = Field(description="印发到多少个单位")
    policy_version: int = Field(description="适用的通报规定版本；0 为未设定时的默认")
    separation: str = Field(description="职责分离的规定")
    template: str | None = Field(description="所用模板的 SHA-256；标准模板为 null")
    files: dict[str, str] = Field(description="印发件的 SHA-256，按格式")
    documents: dict[str, str] = Field(description="下载地址，按格式")
    seq: int
    head: str
    allowed_actions: list[BulletinActionView]


class BulletinEntryView(BaseModel):
    """One line of a bulletin's record."""

    seq: int
    at: datetime
    action: str
    label: str
    person: str | None = Field(description="办理人")
    post: str | None = Field(description="办理岗位")
    on_behalf_of: str | None
    channel: str
    request_id: str | None
    reason: str | None
    note: str | None
    changed: dict[str, object] = Field(description="这一步改变的字段")
    hash: str


class ReaderView(BaseModel):
    """A unit that was sent a bulletin."""

    unit_id: str
    unit_name: str
    post_id: str = Field(description="印发到的岗位")
    read_at: datetime | None = Field(description="何时签收；未签收为 null")
    read_post: str | None = Field(description="以哪个岗位签收")


_SAME = frozenset(BulletinView.model_fields) & frozenset(Bulletin.__dataclass_fields__) - {
    "counts",
    "rulings",
    "decisions",
    "publications",
}


def view(bulletin: Bulletin, actor: Actor) -> BulletinView:
    """The bulletin as ``actor`` sees it."""
    same: dict[str, Any] = {name: getattr(bulletin, name) for name in _SAME}
    base = f"/v1/bulletins/{bulletin.id}"
    return BulletinView(
        **same,
        kind_label=bulletin.kind.label,
        state_label=bulletin.state.label,
        counts=counts_view(bulletin),
        rulings=[RulingView(**vars(one)) for one in bulletin.rulings],
        decisions=[
            DecisionView(**{k: v for k, v in vars(one).items() if k != "person_id"})
            for one in bulletin.decisions
        ],
        publications=[PublicationView(**vars(one)) for one in bulletin.publications],
        waiting_post=rules.telling.waiting_post(bulletin),
        policy_version=bulletin.policy.version,
        separation=rules.SEPARATION,
        documents={name: f"{base}.{name}" for name in ("docx", "pdf", "xlsx")},
        allowed_actions=[_allowed(base, one) for one in rules.allowed_actions(bulletin, actor)],
    )


def counts_view(bulletin: Bulletin) -> BulletinCountsView:
    """What the list comes to, with the rate."""
    counts = bulletin.counts
    return BulletinCountsView(
        expected=counts.expected, due=counts.due, on_time_rate=rules.naming.rate(counts), **vars(counts)
    )


def entry_view(entry: Entry, names: dict[str, str]) -> BulletinEntryView:
    """One line of the record; ``names`` gives people's names and posts' titles by id."""
    return BulletinEntryView(
        seq=entry.seq,
        at=entry.at,
        action=entry.action,
        label=rules.STEP_LABELS[entry.action],
        person=names.get(entry.person_id or "", entry.person_id),
        post=names.get(entry.post_id or "", entry.post_id),
        on_behalf_of=names.get(entry.on_behalf_of or "", entry.on_behalf_of),
        channel=entry.channel,
        request_id=entry.request_id,
        reason=entry.reason,
        note=entry.note,
        changed=dict(entry.patch),
        hash=entry.hash,
    )


_FIELD_OF = {"rulings": "units"}
"""What a command needs, by the name of the body's field."""


def _allowed(base: str, allowed: rules.Allowed) -> BulletinActionView:
    return BulletinActionView(
        action=allowed.action,
        label=allowed.action.label,
        href=f"{base}/actions/{allowed.action.value}",
        post_id=allowed.post_id,
        needs=[_FIELD_OF.get(need, need) for need in allowed.needs],
    )
