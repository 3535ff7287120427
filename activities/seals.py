"""Making the daily seal on behalf of its workflow, behind the removal of numbers whose time is over.

Invariant: idempotent by the local day: a repeat gives the seal that there is, and what is removed is removed once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

import structlog
from temporalio import activity

from activities.ports import RosterNumbers, Seals
from domain import seals

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Sealed:
    """The seal of the day, when the next is due (aware UTC), and of how many shifts the numbers were removed."""

    number: int
    day: date
    chains: int
    hash: str
    next_at: datetime
    purged: int = 0


class SealActivities:
    """The workflow's one effect; ``clock`` gives aware instants."""

    def __init__(self, record: Seals, numbers: RosterNumbers, clock: Callable[[], datetime]) -> None:
        self._record = record
        self._numbers = numbers
        self._clock = clock

    @activity.defn(name="seals.make")
    async def make(self) -> Sealed:
        """The seal of today, made unless there is one; it is logged, so that it stands outside the database too."""
        now = self._clock()
        purged = await self._numbers.purge(now)
        seal = await self._record.make(now)
        log.info("daily seal", number=seal.number, day=seal.day.isoformat(), hash=seal.hash, key=seal.key)
        return Sealed(
            number=seal.number,
            day=seal.day,
            chains=seal.chains,
            hash=seal.hash,
            next_at=seals.next_after(now),
            purged=purged,
        )
