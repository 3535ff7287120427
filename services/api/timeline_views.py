"""One line of a case's timeline (办理过程) as clients read it.

Invariant: names are resolved when the line is read; a line that a substitute signed names both.
"""

from datetime import datetime

from pydantic import BaseModel, Field

from domain.audit import Entry
from domain.evidence import Evidence
from domain.hazard import ACTION_LABELS, Stage
from services.api.timing_views import EvidenceView, evidence_view


class EntryView(BaseModel):
    """One line of the timeline."""

    seq: int
    at: datetime
    action: str
    label: str
    due_at: datetime | None = Field(description="系统自动办理的一步按规定应在何时")
    person: str | None = Field(description="办理人")
    post: str | None = Field(description="办理岗位")
    on_behalf_of: str | None = Field(description="代谁办理")
    signed: str | None = Field(description="署名：本人办理为姓名，代理为“乙 代 甲”；系统自动办理为 null")
    channel: str
    request_id: str | None
    stage: Stage | None = Field(description="这一步之后的环节，未变则为 null")
    stage_label: str | None
    reason: str | None
    note: str | None
    evidence: list[EvidenceView]
    changed: dict[str, object] = Field(description="这一步改变的字段")
    hash: str


def entry_view(entry: Entry, names: dict[str, str]) -> EntryView:
    """One line of the timeline; ``names`` gives people's names and posts' titles by id."""
    stage = Stage(entry.patch["stage"]) if "stage" in entry.patch else None
    person = names.get(entry.person_id or "", entry.person_id)
    principal = names.get(entry.on_behalf_of or "", entry.on_behalf_of)
    return EntryView(
        seq=entry.seq,
        at=entry.at,
        action=entry.action,
        label=ACTION_LABELS[entry.action],
        due_at=entry.due_at,
        person=person,
        post=names.get(entry.post_id or "", entry.post_id),
        on_behalf_of=principal,
        signed=f"{person} 代 {principal}" if principal else person,
        channel=entry.channel,
        request_id=entry.request_id,
        stage=stage,
        stage_label=stage.label if stage else None,
        reason=entry.reason,
        note=entry.note,
        evidence=[evidence_view(Evidence(**cited)) for cited in entry.evidence],  # type: ignore[arg-type]
        changed=dict(entry.patch),
        hash=entry.hash,
    )
