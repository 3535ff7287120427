"""What a bundle says, within the bytes that a channel takes.

Invariant: a text is cut between characters and never inside one; whatever did not fit is counted in the text itself.
"""

from collections.abc import Sequence
from typing import Final

from domain.delivery.messages import Message

SHORTEST: Final = 64
"""Bytes below which no text is cut: nothing could be read in it."""

_MORE: Final = "……另有{count}项，请登录系统查看"
_CUT: Final = "……"


def fit(text: str, limit: int) -> str:
    """``text`` within ``limit`` bytes of UTF-8, at least :data:`SHORTEST`; what is cut ends in an ellipsis."""
    encoded = text.encode()
    if len(encoded) <= limit:
        return text
    room = limit - len(_CUT.encode())
    return encoded[:room].decode(errors="ignore") + _CUT


def body(messages: Sequence[Message], limit: int) -> str:
    """The sentences of a bundle, a line each and numbered where there are several, within ``limit`` bytes."""
    lines = [
        _line(message, number if len(messages) > 1 else None) for number, message in enumerate(messages, 1)
    ]
    for shown in range(len(lines), 0, -1):
        left = len(lines) - shown
        text = "\n".join(lines[:shown] + ([_MORE.format(count=left)] if left else []))
        if len(text.encode()) <= limit:
            return text
    tail = "\n" + _MORE.format(count=len(lines) - 1) if len(lines) > 1 else ""
    return fit(lines[0], limit - len(tail.encode())) + tail


def _line(message: Message, number: int | None) -> str:
    marks = ("【急】" if message.urgent else "") + ("（迟发）" if message.late else "")
    return f"{'' if number is None else f'{number}. '}{marks}【{message.kind.label}】{message.text}"
