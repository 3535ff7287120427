"""Fallback (渠道切换): what follows a failure of one channel, within the same step.

Invariant: no message is given up while a channel is left, and the last channel is tried for days; only then it is dead, which
is listed and never silent.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from domain.delivery.messages import Message

DEAD_AFTER: Final = timedelta(days=3)
"""How long the last channel is tried."""

_TRIES: Final = {True: 2, False: 4}
"""Attempts at a channel that has another one behind it, by urgency."""

_PAUSES: Final = (timedelta(seconds=5), timedelta(seconds=10), timedelta(seconds=20), timedelta(seconds=30))
_PATIENCE: Final = {True: timedelta(seconds=10), False: timedelta(minutes=2)}
"""How long a message waits for a receiver that asks for a rest, where there is another channel."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What follows: another attempt at ``again_at``, or the ``next_channel``, or neither (``dead``)."""

    again_at: datetime | None = None
    next_channel: bool = False

    @property
    def dead(self) -> bool:
        """Whether nothing is left to try."""
        return self.again_at is None and not self.next_channel


def after_failure(
    message: Message, now: datetime, *, permanent: bool, retry_after: timedelta | None = None
) -> Outcome:
    """What follows a failed attempt at ``now``; ``message.attempts`` counts it already."""
    if permanent:
        return Outcome(next_channel=message.elsewhere)
    pause = retry_after or _PAUSES[min(max(message.attempts, 1), len(_PAUSES)) - 1]
    if message.elsewhere and (
        message.attempts >= _TRIES[message.urgent] or pause > _PATIENCE[message.urgent]
    ):
        return Outcome(next_channel=True)
    if not message.elsewhere and now - message.queued_at >= DEAD_AFTER:
        return Outcome()
    return Outcome(again_at=now + pause)
