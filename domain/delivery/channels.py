"""What each channel takes (渠道限制): bytes of text, messages by time, and whether its receiver knows a repeated message by id.

Invariant: every figure stays below what the receiver allows. Source: domain facts 4.7 (WeCom 20 a minute and 2048 bytes of text;
DingTalk 20 a minute and ten minutes of silence above; Feishu 100 a minute, 5 a second and 20 KB).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from domain.delivery.messages import ChannelName
from domain.delivery.throttles import Limits, Window

_SECOND: Final = timedelta(seconds=1)
_MINUTE: Final = timedelta(minutes=1)
_TEN_MINUTES: Final = timedelta(minutes=10)
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Spec:
    """One channel: the most bytes of a text in UTF-8, how often a contact point is written to, and whether ids are known there."""

    bytes: int
    limits: Limits
    knows_ids: bool = False


def _limits(usual: tuple[tuple[int, timedelta], ...], urgent: tuple[tuple[int, timedelta], ...]) -> Limits:
    return Limits(
        usual=tuple(Window(count=count, length=length) for count, length in usual),
        urgent=tuple(Window(count=count, length=length) for count, length in urgent),
    )


_ROBOT: Final = _limits(((15, _MINUTE),), ((18, _MINUTE),))
_PERSON: Final = _limits(((6, _TEN_MINUTES),), ((3, _MINUTE), (12, _TEN_MINUTES)))

SPECS: Final[Mapping[ChannelName, Spec]] = {
    ChannelName.INBOX: Spec(bytes=2000, limits=_limits((), ()), knows_ids=True),
    ChannelName.WECOM: Spec(bytes=2048, limits=_ROBOT),
    ChannelName.DINGTALK: Spec(bytes=18_000, limits=_ROBOT),
    ChannelName.FEISHU: Spec(
        bytes=18_000, limits=_limits(((3, _SECOND), (60, _MINUTE)), ((4, _SECOND), (90, _MINUTE)))
    ),
    ChannelName.EMAIL: Spec(bytes=60_000, limits=_PERSON),
    ChannelName.SMS: Spec(
        bytes=600,
        limits=_limits(((2, _TEN_MINUTES), (20, _DAY)), ((3, _MINUTE), (6, _TEN_MINUTES), (40, _DAY))),
    ),
    ChannelName.WEBHOOK: Spec(
        bytes=32_000, limits=_limits(((60, _MINUTE),), ((120, _MINUTE),)), knows_ids=True
    ),
}
