"""Looking for drift between record, tables and engine, and putting right what follows from the record.

Invariant: one pass is bounded (so many cases of either side) and repeats harmlessly; what a pass found is told whether or
not it could be repaired.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from temporalio import activity

from activities.drift_ports import Carried, DriftRecord, Inventory
from activities.runs import STEP, STEPS, Runs
from domain.drift import Drift, Examined

TOLD: Final = 50
GIVEN_UP_AFTER: Final = timedelta(minutes=10)
"""A bulk act that nobody went on with for so long is told of as far as it came; a write that is unnoted for so long is noted."""


class Digests(Protocol):
    """What bulk acts have to tell."""

    async def write_left(self, before: datetime, now: datetime) -> int:
        """Tell of every bulk act that nobody went on with since ``before``; gives the number of notices."""
        ...


class Deeds(Protocol):
    """Writes that are still to stand in the access log."""

    async def note_left(self, before: datetime) -> int:
        """Note every write of before ``before`` that its process did not note; gives how many."""
        ...


@dataclass(frozen=True, kw_only=True)
class Pass:
    """Where a pass begins: behind which open case, which case of the record, and which open collection."""

    after_open: str = ""
    after_record: str = ""
    after_collection: str = ""


@dataclass(frozen=True, kw_only=True)
class Passed:
    """What came of a pass: where the next one begins, how many cases were seen, and what was wrong (at most 50)."""

    next: Pass
    cases: int
    found: int
    repaired: int
    drifts: tuple[Drift, ...]


class ReconcileActivities:
    """The reconciler's one effect, over the record and the engine; ``clock`` gives aware instants."""

    def __init__(
        self,
        record: DriftRecord,
        collections: Carried,
        engine: Inventory,
        clock: Callable[[], datetime],
        digests: Digests | None = None,
        deeds: Deeds | None = None,
    ) -> None:
        self._record = record
        self._digests = digests
        self._deeds = deeds
        self._clock = clock
        self._cases = Runs(record, engine, clock, of="Hazard")
        self._collections = Runs(collections, engine, clock, of="Collection")

    @activity.defn(name="reconcile.pass")
    async def reconcile(self, begin: Pass) -> Passed:
        """One pass that repairs, noted in the log of drifts. Raises ``Temporary``."""
        passed = await self.look(begin, repair=True)
        for one in passed.drifts:
            activity.logger.warning("drift", extra={"kind": one.kind.value, "subject": one.subject})
        now = self._clock()
        await self._record.note(passed.drifts, passed.cases, now)
        if self._digests is not None:
            await self._digests.write_left(now - GIVEN_UP_AFTER, now)
        if self._deeds is not None and (left := await self._deeds.note_left(now - GIVEN_UP_AFTER)):
            activity.logger.warning("writes noted that their processes had not noted", extra={"writes": left})
        return passed

    async def look(self, begin: Pass, *, repair: bool) -> Passed:
        """One pass; without ``repair`` nothing is changed. Raises ``Temporary``."""
        examined = await self._examined(begin.after_record)
        found = [*await self._record.numbers(), *examined.drifts]
        # the record first: what a run is compared with must be put right before
        found = await self._cases.repaired(found, {}) if repair else found
        broken = {one.subject for one in found if not one.repaired}
        last_open, of_cases = await self._cases.compare(begin.after_open, broken, repair=repair)
        last_collection, others = await self._collections.compare(
            begin.after_collection, set(), repair=repair
        )
        found += [*of_cases, *others]
        return Passed(
            next=Pass(after_open=last_open, after_record=examined.next, after_collection=last_collection),
            cases=examined.cases,
            found=len(found),
            repaired=sum(one.repaired for one in found),
            drifts=tuple(found[:TOLD]),
        )

    async def _examined(self, after: str) -> Examined:
        """The record's side of a pass, step by step."""
        drifts: list[Drift] = []
        cases = 0
        for _ in range(STEPS):
            one = await self._record.examine(STEP, after=after)
            drifts += one.drifts
            cases, after = cases + one.cases, one.next
            if not after:
                break
        return Examined(drifts=drifts, cases=cases, next=after)
