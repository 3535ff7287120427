"""De-duplication (去重): nobody reads the same sentence of the same step twice because of holding two posts.

Invariant: of messages with the same key exactly one is kept, and every other is named with the one that stands for it.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from domain.delivery.messages import key_of
from domain.notices import Notice


@dataclass(frozen=True, kw_only=True)
class Told:
    """One notice to one recipient by one channel, before it is a message."""

    notice: Notice
    recipient: str
    channel: str

    @property
    def key(self) -> str:
        """The name of the message that it would be."""
        return key_of(self.notice.case_id, self.notice.seq, self.notice.kind, self.recipient, self.channel)


def distinct(told: Iterable[Told]) -> dict[str, Told]:
    """What is left when each recipient is told once of a step, by key; the first one stands for the others."""
    kept: dict[str, Told] = {}
    for one in told:
        kept.setdefault(one.key, one)
    return kept
