"""What clients read of submissions. Pure functions from domain values.

Invariant: no telephone number of a person stands in any of them.
"""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field, JsonValue

from domain.collection import Member, Submission, Via, Window
from services.api.collection_views import StandingView, standing_view
from services.api.timing_views import EvidenceView, evidence_view


class SubmissionView(BaseModel):
    """One version of a submission."""

    collection_id: str
    unit_id: str
    version: int = Field(description="第几版")
    received_at: datetime = Field(description="报送时间；代登记为消息本身的时间")
    recorded_at: datetime = Field(description="登记时间")
    via: Via = Field(description="api 系统报送、group 工作群报送由办公室代登记")
    post_id: str = Field(description="报送岗位")
    on_behalf_of: str | None
    reason: str | None = Field(description="更正的理由")
    is_zero: bool = Field(description="是否零报告")
    content: dict[str, JsonValue] = Field(description="表单内容；手机号已掩码")
    evidence: list[EvidenceView]
    hash: str = Field(description="该版内容的哈希")
    verdict: str | None = Field(description="审核结论：accepted 通过、returned 退回；未审核为 null")
    reasons: list[str] = Field(description="退回的理由")
    reviewed_at: datetime | None = Field(description="审核时间")


class ReceiptView(SubmissionView):
    """The answer to a submission: what is on record, and how the unit stands with it."""

    standing: StandingView


def submission_view(submission: Submission, review: dict[str, Any]) -> SubmissionView:
    """A version as clients read it, with its review."""
    return SubmissionView(**_submission(submission, review))


def receipt_view(submission: Submission, member: Member, window: Window) -> ReceiptView:
    """The answer to a submission."""
    return ReceiptView(**_submission(submission, {}), standing=standing_view(member, window))


_SENT = frozenset(SubmissionView.model_fields) & frozenset(Submission.__dataclass_fields__) - {"evidence"}


def _submission(submission: Submission, review: dict[str, Any]) -> dict[str, Any]:
    return {name: getattr(submission, name) for name in _SENT} | {
        "evidence": [evidence_view(one) for one in submission.evidence],
        "verdict": review.get("verdict"),
        "reasons": review.get("reasons") or [],
        "reviewed_at": review.get("reviewed_at"),
    }
