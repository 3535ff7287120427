"""A message on its way: one notice, to one recipient, by one channel.

Invariant: the key is made of what it says, to whom and by which channel, so the same message is never on its way twice.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from domain.notices import NoticeKind


class ChannelName(StrEnum):
    """By what a message goes (送达渠道); each has a delivery workflow of its own."""

    INBOX = "inbox"
    WECOM = "wecom"
    DINGTALK = "dingtalk"
    FEISHU = "feishu"
    EMAIL = "email"
    SMS = "sms"
    WEBHOOK = "webhook"

    @property
    def label(self) -> str:
        """The name that people use."""
        return _CHANNELS[self]

    @property
    def of_group(self) -> bool:
        """Whether what is sent there is read by everybody in a group."""
        return self in _GROUPS


_CHANNELS: Final = {
    ChannelName.INBOX: "站内通知",
    ChannelName.WECOM: "企业微信群机器人",
    ChannelName.DINGTALK: "钉钉群机器人",
    ChannelName.FEISHU: "飞书群机器人",
    ChannelName.EMAIL: "电子邮件",
    ChannelName.SMS: "短信",
    ChannelName.WEBHOOK: "签名回调",
}
_GROUPS: Final = frozenset({ChannelName.WECOM, ChannelName.DINGTALK, ChannelName.FEISHU})


class DeliveryState(StrEnum):
    """What became of a message (送达状态)."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    MOOT = "moot"
    SUPERSEDED = "superseded"
    MUTED = "muted"

    @property
    def label(self) -> str:
        """The word that people use."""
        return _STATES[self]


_STATES: Final = {
    DeliveryState.PENDING: "待发送",
    DeliveryState.SENDING: "发送中",
    DeliveryState.SENT: "已送达",
    DeliveryState.FAILED: "该渠道未送达",
    DeliveryState.MOOT: "已办理，不再发送",
    DeliveryState.SUPERSEDED: "岗位已换人，改发接任者",
    DeliveryState.MUTED: "收件人免打扰，仅站内",
}


@dataclass(frozen=True, kw_only=True)
class Message:
    """One notice on its way.

    Attributes:
        key: see :func:`key_of`.
        recipient: ``person:p-1``, ``post:team-1`` or ``group:c-…``.
        contact_id: the contact point that it goes to.
        queued_at: since when it waits for this channel (aware UTC): its notice was due, or the channel before it failed.
        bundle_id: the message in which it was tried before; it is tried again with the same company under the same id.
        next_at: not tried again before this instant, after a failure.
        attempts: how often this channel was tried.
        elsewhere: whether another channel follows if this one fails.
    """

    key: str
    notice_id: str
    case_id: str
    seq: int
    kind: NoticeKind
    post_id: str
    recipient: str
    contact_id: str
    channel: ChannelName
    at: datetime
    leaves_at: datetime
    queued_at: datetime
    urgent: bool
    late: bool
    text: str
    bundle_id: str | None = None
    attempts: int = 0
    next_at: datetime | None = None
    elsewhere: bool = False


def key_of(case_id: str, seq: int, kind: str, recipient: str, channel: str) -> str:
    """The name of a message in the ledger: SHA-256 in hex of item, step, reason, recipient and channel.

    It is of the step, not of the notice: a person told by two posts is told once.
    """
    return hashlib.sha256("\n".join((case_id, str(seq), kind, recipient, channel)).encode()).hexdigest()
