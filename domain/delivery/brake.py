"""The brake on mass changes (群发制动): a policy or calendar that moves a thousand limits rings no thousand telephones.

Invariant: only notices of changed limits are ever braked, never anything that is urgent, chased or escalated; what is braked
waits for one digest per recipient, and leaves by itself.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from domain.delivery.messages import Message
from domain.notices import NoticeKind

_MASS: Final = frozenset({NoticeKind.DUE_MOVED, NoticeKind.PAUSED})


@dataclass(frozen=True, kw_only=True)
class Brake:
    """From how many waiting messages on a channel the brake acts, and how long it holds them."""

    above: int = 200
    hold: timedelta = timedelta(minutes=30)
    released_at: datetime | None = None
    """When somebody let go of it last: what waited by then leaves at once."""


def braked(messages: Iterable[Message], brake: Brake) -> Mapping[str, datetime]:
    """Until when each braked message waits, by key; empty below the threshold."""
    mass = [
        message
        for message in messages
        if message.kind in _MASS and not message.urgent and not _released(message, brake)
    ]
    if len(mass) <= brake.above:
        return {}
    return {message.key: message.queued_at + brake.hold for message in mass}


def _released(message: Message, brake: Brake) -> bool:
    return brake.released_at is not None and message.queued_at <= brake.released_at
