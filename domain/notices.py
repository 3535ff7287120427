"""Notices (通知): what is told to a post because of a step, written with the step in one transaction.

Invariant: a notice is addressed to a post, never to a person; who holds the post is resolved when it is read or sent.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final


class NoticeKind(StrEnum):
    """Why somebody is told."""

    WORK = "work"
    REMINDER = "reminder"
    OVERDUE = "overdue"
    ESCALATION = "escalation"
    REPEAT = "repeat"
    REARMED = "rearmed"
    SLIP = "slip"
    SLIP_UNANSWERED = "slip_unanswered"
    DUE_MOVED = "due_moved"
    PAUSED = "paused"
    EXTENSION_REQUESTED = "extension_requested"
    EXTENSION_DECIDED = "extension_decided"
    DIGEST = "digest"
    BULLETIN = "bulletin"
    BULLETIN_UNREAD = "bulletin_unread"
    BULLETIN_WITHDRAWN = "bulletin_withdrawn"
    COLLECTION_OPENED = "collection_opened"
    COLLECTION_REMINDER = "collection_reminder"
    COLLECTION_OVERDUE = "collection_overdue"
    COLLECTION_DECIDED = "collection_decided"
    COLLECTION_ENDED = "collection_ended"

    @property
    def label(self) -> str:
        """The term that people use."""
        return _LABELS[self]

    @property
    def stops_ladder(self) -> bool:
        """Whether acknowledging it holds the ladder of its case."""
        return self in _OF_LADDER


_LABELS: Final = {
    NoticeKind.WORK: "待办",
    NoticeKind.REMINDER: "临期提醒",
    NoticeKind.OVERDUE: "逾期",
    NoticeKind.ESCALATION: "逐级督办",
    NoticeKind.REPEAT: "逾期催办",
    NoticeKind.REARMED: "签收后未见进展",
    NoticeKind.SLIP: "督办单",
    NoticeKind.SLIP_UNANSWERED: "督办单逾期未复",
    NoticeKind.DUE_MOVED: "时限变动",
    NoticeKind.PAUSED: "暂停计时",
    NoticeKind.EXTENSION_REQUESTED: "延期申请",
    NoticeKind.EXTENSION_DECIDED: "延期审批结果",
    NoticeKind.DIGEST: "批量事项",
    NoticeKind.BULLETIN: "通报",
    NoticeKind.BULLETIN_UNREAD: "通报催阅",
    NoticeKind.BULLETIN_WITHDRAWN: "通报撤销",
    NoticeKind.COLLECTION_OPENED: "限时报送",
    NoticeKind.COLLECTION_REMINDER: "催报",
    NoticeKind.COLLECTION_OVERDUE: "逾期未报",
    NoticeKind.COLLECTION_DECIDED: "报送事项的决定",
    NoticeKind.COLLECTION_ENDED: "报送名单已固定",
}
_OF_LADDER: Final = frozenset(
    {NoticeKind.OVERDUE, NoticeKind.ESCALATION, NoticeKind.REPEAT, NoticeKind.REARMED}
)


@dataclass(frozen=True, kw_only=True)
class Notice:
    """One notice.

    Attributes:
        id: case number, change and place in it, such as ``YH-2026-000123.7.1``.
        seq: the change of the case that it belongs to.
        post_id: whom it is for.
        at: when the step was taken (aware UTC).
        due_at: when the step was due by rule; equal to ``at`` for an act.
        leaves_at: not sent before this instant: what is not urgent waits for the next opening.
        urgent: leaves at once, at night and on holidays too.
        late: the step was taken more than a minute after it was due.
        text: one Chinese sentence; names no person.
    """

    id: str
    case_id: str
    seq: int
    kind: NoticeKind
    post_id: str
    at: datetime
    due_at: datetime
    leaves_at: datetime
    urgent: bool
    late: bool
    text: str
