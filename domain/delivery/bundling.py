"""Bundling (合并发送): what waits for one contact point leaves in one message.

Invariant: within any bundling window a contact point is written to at most once by what is not urgent; what is urgent leaves at
once and takes with it whatever may leave too. Nothing is left out of a bundle that could have gone with it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.delivery.messages import ChannelName, Message


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How long messages wait for company."""

    window: timedelta = timedelta(seconds=30)


@dataclass(frozen=True, kw_only=True)
class Bundle:
    """The messages that leave together for one contact point, the urgent ones first; ``id`` of one that was tried before."""

    channel: ChannelName
    contact_id: str
    messages: tuple[Message, ...]
    id: str | None = None

    @property
    def urgent(self) -> bool:
        """Whether anything in it is urgent."""
        return any(message.urgent for message in self.messages)

    @property
    def keys(self) -> list[str]:
        """The messages by key."""
        return [message.key for message in self.messages]


def ready(
    waiting: Sequence[Message],
    may_leave: Mapping[str, datetime],
    since: Mapping[str, datetime],
    last: datetime | None,
    pace: Pace,
    now: datetime,
) -> tuple[Bundle | None, datetime | None]:
    """What of one contact point's messages leaves now, and when to look again for the rest.

    Args:
        waiting: the messages of one contact point, at least one.
        may_leave: the first instant at which each may leave, by key.
        since: since when each waits for company, by key: since it was queued, or since the opening that it waited for.
        last: when the contact point was written to last.
        pace: the window.
        now: aware.
    """
    able = [message for message in waiting if may_leave[message.key] <= now]
    if not able:
        return None, min(may_leave.values())
    leaving, opens = _leaving(able, since, last, pace, now)
    if not leaving:
        return None, min([opens, *(at for at in may_leave.values() if at > now)])
    keys = {message.key for message in leaving}
    rest = [max(may_leave[message.key], now) for message in waiting if message.key not in keys]
    first = leaving[0]
    bundle = Bundle(
        channel=first.channel, contact_id=first.contact_id, messages=_ordered(leaving), id=first.bundle_id
    )
    return bundle, min(rest, default=None)


def _leaving(
    able: Sequence[Message], since: Mapping[str, datetime], last: datetime | None, pace: Pace, now: datetime
) -> tuple[Sequence[Message], datetime]:
    """What leaves of what may: what was tried before, else all of it once its window is over or something is urgent."""
    tried = sorted(one.bundle_id for one in able if one.bundle_id and one.urgent)
    tried = tried or sorted(one.bundle_id for one in able if one.bundle_id)
    fresh = [one for one in able if one.bundle_id is None]
    urgent = any(one.urgent for one in fresh)
    if tried and not urgent:
        return [one for one in able if one.bundle_id == tried[0]], now
    opens = now if urgent else min(since[one.key] for one in fresh) + pace.window
    if last is not None and not urgent:
        opens = max(opens, last + pace.window)
    return (fresh if opens <= now else []), opens


def _ordered(messages: Sequence[Message]) -> tuple[Message, ...]:
    return tuple(sorted(messages, key=lambda one: (not one.urgent, one.at, one.case_id, one.seq, one.key)))
