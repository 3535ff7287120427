"""The timeline (时间线): what happened in a rehearsal, who was told what, when and why.

Invariant: every instant is nominal, the one at which it happens by rule, so the same scenario gives the same bytes.
"""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from deploy.rehearsal.scenario import LOCAL
from domain.notices import NoticeKind


class Kind(StrEnum):
    """What a line tells of."""

    OPENED = "opened"
    ACT = "act"
    REFUSED = "refused"
    SUBMITTED = "submitted"
    REMINDER = "reminder"
    OVERDUE = "overdue"
    ESCALATION = "escalation"
    SLIP = "slip"
    CUTOFF = "cutoff"
    BULLETIN = "bulletin"
    CORRECTION = "correction"
    SUCCESSION = "succession"
    OUTAGE = "outage"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        """The term that people use."""
        return _LABELS[self]


_LABELS: Final = {
    Kind.OPENED: "立案",
    Kind.ACT: "办理",
    Kind.REFUSED: "不予受理",
    Kind.SUBMITTED: "报送",
    Kind.REMINDER: "提醒",
    Kind.OVERDUE: "逾期",
    Kind.ESCALATION: "逐级督办",
    Kind.SLIP: "督办单",
    Kind.CUTOFF: "截止",
    Kind.BULLETIN: "通报",
    Kind.CORRECTION: "更正",
    Kind.SUCCESSION: "人员变动",
    Kind.OUTAGE: "引擎中断",
    Kind.CLOSED: "办结",
}

INBOX: Final = "站内"
"""The channel that is always on: the in-app inbox."""

OF_NOTICE: Final = {
    NoticeKind.REMINDER: Kind.REMINDER,
    NoticeKind.REPEAT: Kind.REMINDER,
    NoticeKind.OVERDUE: Kind.OVERDUE,
    NoticeKind.ESCALATION: Kind.ESCALATION,
    NoticeKind.REARMED: Kind.ESCALATION,
    NoticeKind.SLIP: Kind.SLIP,
    NoticeKind.SLIP_UNANSWERED: Kind.SLIP,
    NoticeKind.COLLECTION_REMINDER: Kind.REMINDER,
    NoticeKind.COLLECTION_OVERDUE: Kind.OVERDUE,
    NoticeKind.COLLECTION_ENDED: Kind.CUTOFF,
    NoticeKind.BULLETIN: Kind.BULLETIN,
    NoticeKind.BULLETIN_UNREAD: Kind.REMINDER,
    NoticeKind.BULLETIN_WITHDRAWN: Kind.CORRECTION,
}
"""What a notice is told as; the rest follow from acts and are told as such."""


def spoken(at: datetime) -> str:
    """An instant (aware) as people read it, in Chinese time."""
    return at.astimezone(LOCAL).strftime("%Y-%m-%d %H:%M")


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line.

    Attributes:
        at: the nominal instant (aware).
        case: the number of the case, or ``None`` where it is about none.
        kind_of_case: ``hazard`` or the kind of a collection.
        step: the action, the clock's step or the kind of notice.
        post, person: who acted or was told; the person as the holder at that instant.
        channel: by which way somebody was told or acted.
    """

    at: datetime
    kind: Kind
    case: str | None = None
    kind_of_case: str | None = None
    unit: str | None = None
    step: str | None = None
    post: str | None = None
    person: str | None = None
    channel: str | None = None
    text: str = ""

    @property
    def said(self) -> str:
        """The text without the number of the case that it may begin with."""
        return self.text.removeprefix(f"{self.case} ")

    def as_json(self) -> str:
        """The line as one JSON object; ``at`` in RFC 3339, in Chinese time."""
        fields = asdict(self) | {"at": self.at.astimezone(LOCAL).isoformat(timespec="seconds")}
        return json.dumps(fields, ensure_ascii=False)

    @classmethod
    def of_json(cls, text: str) -> "Line":
        """The line that was written as ``text``. Raises ``ValueError`` or ``TypeError`` for what is none."""
        told = json.loads(text)
        return cls(**{**told, "at": datetime.fromisoformat(told["at"]), "kind": Kind(told["kind"])})
