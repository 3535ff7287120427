"""Muting (免打扰): a person may keep the telephone quiet; nothing else changes by it.

Invariant: muting takes nothing off the person's own list, stops no ladder, and holds back nothing that is urgent or escalated.
"""

from datetime import datetime
from typing import Final

from domain.delivery.messages import ChannelName, Message
from domain.notices import NoticeKind

_NEVER: Final = frozenset(
    {NoticeKind.ESCALATION, NoticeKind.SLIP, NoticeKind.SLIP_UNANSWERED, NoticeKind.REARMED}
)


def withheld(message: Message, muted_until: datetime | None, now: datetime) -> bool:
    """Whether a message is kept to the inbox at ``now``, because its recipient is muted until an instant."""
    if muted_until is None or now >= muted_until or message.channel is ChannelName.INBOX:
        return False
    return not message.urgent and message.kind not in _NEVER
