"""The plan of a cycle (发送计划): all rules together over what waits for one channel.

Invariant: every message is in exactly one place of a plan: in a bundle that leaves now, withheld for good, or waiting for an
instant not later than which the next cycle begins.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from domain.delivery.brake import Brake, braked
from domain.delivery.bundling import Bundle, Pace, ready
from domain.delivery.messages import Message
from domain.delivery.muting import withheld
from domain.delivery.quiet import leaves
from domain.delivery.throttles import Limits, allowed_at
from domain.workdays import Calendar

LATE_AFTER: Final = timedelta(hours=1)
"""A message that leaves later than this after it could have is marked late."""


@dataclass(frozen=True, kw_only=True)
class Situation:
    """What the rules go by.

    Attributes:
        sent: when each contact point was written to lately, by its id.
        rests: until when a receiver asked for a rest, by contact point.
        muted: until when a contact point is muted.
    """

    calendar: Calendar
    limits: Limits
    pace: Pace
    brake: Brake
    sent: Mapping[str, Sequence[datetime]] = field(default_factory=dict)
    rests: Mapping[str, datetime] = field(default_factory=dict)
    muted: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What leaves now, what is kept to the inbox, how many a brake holds, and when to look again (``None``: never)."""

    bundles: tuple[Bundle, ...]
    muted: tuple[str, ...]
    held: int
    wake_at: datetime | None


def plan(messages: Iterable[Message], situation: Situation, now: datetime) -> Plan:
    """Plan one cycle of a channel at ``now`` (aware)."""
    waiting = list(messages)
    muted = [one for one in waiting if withheld(one, situation.muted.get(one.contact_id), now)]
    quiet = {one.key for one in muted}
    left = [one for one in waiting if one.key not in quiet]
    held = braked(left, situation.brake)
    by_contact: dict[str, list[Message]] = defaultdict(list)
    for message in left:
        by_contact[message.contact_id].append(message)
    bundles, instants = [], []
    for contact_id, group in by_contact.items():
        bundle, again = _of_contact(contact_id, group, held, situation, now)
        if bundle is not None:
            bundles.append(bundle)
        if again is not None:
            instants.append(again)
    bundles.sort(key=lambda bundle: (not bundle.urgent, min(one.queued_at for one in bundle.messages)))
    return Plan(
        bundles=tuple(bundles),
        muted=tuple(one.key for one in muted),
        held=sum(until > now for until in held.values()),
        wake_at=min(instants, default=None),
    )


def _of_contact(
    contact_id: str,
    group: list[Message],
    held: Mapping[str, datetime],
    situation: Situation,
    now: datetime,
) -> tuple[Bundle | None, datetime | None]:
    sent = situation.sent.get(contact_id, ())
    rests = situation.rests.get(contact_id, now)
    usual = max(allowed_at(sent, situation.limits.usual, now), rests)
    urgent = max(allowed_at(sent, situation.limits.urgent, now), rests)
    may_leave = {
        one.key: max(
            leaves(one, situation.calendar, now),
            urgent if one.urgent else usual,
            one.next_at or now,
            held.get(one.key, now),
        )
        for one in group
    }
    group = [replace(one, late=one.late or _is_late(one, situation.calendar, now)) for one in group]
    since = {one.key: leaves(one, situation.calendar, one.queued_at) for one in group}
    return ready(group, may_leave, since, max(sent, default=None), situation.pace, now)


def _is_late(message: Message, calendar: Calendar, now: datetime) -> bool:
    """Whether an outage, a throttle or a failure held a message up for long, quiet hours not counted."""
    return now - leaves(message, calendar, message.leaves_at) > LATE_AFTER
