"""Throttles (频率限制): how many messages may begin in each of several sliding windows.

Invariant: in no window that ends at the instant given are there more than its count, whatever was sent before; so a robot that
bans a sender for ten minutes never sees one message too many.
Source: WeCom and DingTalk group robots take 20 messages a minute, Feishu 100 a minute and 5 a second.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, kw_only=True)
class Window:
    """At most ``count`` messages within any ``length`` of time."""

    count: int
    length: timedelta


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How often a contact point may be written to: ``urgent`` messages may use more than the ``usual`` ones, never all.

    Both stay below what the receiver allows, since its clock and its minutes are not ours.
    """

    usual: tuple[Window, ...]
    urgent: tuple[Window, ...]

    @property
    def longest(self) -> timedelta:
        """How far back one has to look."""
        return max((window.length for window in (*self.usual, *self.urgent)), default=timedelta())


def allowed_at(sent: Sequence[datetime], windows: Iterable[Window], now: datetime) -> datetime:
    """The first instant from ``now`` at which one more message keeps to every window; ``sent`` are the earlier ones."""
    ordered = sorted(sent)
    at = now
    for window in windows:
        if len(ordered) >= window.count:
            # the one that has to have left the window before another may come
            at = max(at, ordered[-window.count] + window.length)
    return at
