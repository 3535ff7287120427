"""Keeping the time of bulletins (催办、催阅), on behalf of their clock.

Invariant: what is done is decided in the record under its lock, so a repeat after a crash at any point tells nobody twice.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from temporalio import activity

from activities.ports import BulletinClock

BATCH: Final = 50


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What a look came to: how many bulletins somebody was told of, and when to look next (aware), if at all."""

    told: int
    next_at: datetime | None


class BulletinActivities:
    """The clock's one effect; ``clock`` is the record."""

    def __init__(self, clock: BulletinClock) -> None:
        self._clock = clock

    @activity.defn(name="bulletin.keep_time")
    async def keep_time(self, now: datetime) -> Kept:
        """Do everything that is due at ``now`` (aware) and tell when the next thing is. Raises ``Temporary``."""
        told = 0
        while due := await self._clock.due(now, BATCH):
            done = [await self._clock.take(bulletin_id, now) for bulletin_id in due]
            told += sum(done)
            activity.heartbeat(told)
            if not any(done):
                # somebody else is at them
                break
        return Kept(told=told, next_at=await self._clock.next_at())
