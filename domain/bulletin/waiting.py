"""What happens when nobody does anything: who is told that a bulletin waits, and who is chased to read it, and when.

Invariant: each wait is twice the one before, so telling thins out but never stops before somebody acts; chasing readers ends
when all have read, or after as many times as the policy says.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from domain.bulletin.shapes import Bulletin
from domain.bulletin.words import State

LONGEST: Final = timedelta(days=30)


def next_at(bulletin: Bulletin, *, unread: bool) -> datetime | None:
    """When the clock next does something about it, or ``None`` when there is nothing to wait for."""
    if bulletin.state is State.WITHDRAWN:
        return None
    if not bulletin.state.in_force:
        return _after(bulletin, bulletin.policy.wait_hours)
    if not unread or bulletin.nudges >= bulletin.policy.chase_at_most:
        return None
    return _after(bulletin, bulletin.policy.chase_hours)


def nudged(bulletin: Bulletin, now: datetime) -> Bulletin:
    """The bulletin after somebody was told once more; what was due meanwhile and passed over is told of with it."""
    after = replace(bulletin, nudges=bulletin.nudges + 1)
    while (at := next_at(after, unread=True)) is not None and at <= now:
        after = replace(after, nudges=after.nudges + 1)
    return after


def _after(bulletin: Bulletin, hours: int) -> datetime:
    """The instant of the next one: 1, 3, 7, 15 … times the wait after ``since``, and never more than a month after the last."""
    at = bulletin.since
    for number in range(bulletin.nudges + 1):
        at += min(timedelta(hours=hours) * 2 ** min(number, 10), LONGEST)
    return at
