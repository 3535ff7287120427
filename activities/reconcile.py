"""Looking for drift between record, tables and engine, and putting right what follows from the record.

Invariant: one pass is bounded (so many cases of either side), looks twice before it calls anything a drift, and repeats
harmlessly; what a pass found is told whether or not it could be repaired.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Protocol

from temporalio import activity

from activities.ports import DriftRecord, Inventory
from domain import drift
from domain.drift import REPAIRABLE, Drift, DriftKind, Standing

BATCH: Final = 1000
TOLD: Final = 50
SECOND_LOOK_SECONDS: Final = 2.0
GIVEN_UP_AFTER: Final = timedelta(minutes=10)
"""A bulk act that nobody went on with for so long is told of as far as it came."""


class Digests(Protocol):
    """What bulk acts have to tell."""

    async def write_left(self, before: datetime, now: datetime) -> int:
        """Tell of every bulk act that nobody went on with since ``before``; gives the number of notices."""
        ...


@dataclass(frozen=True, kw_only=True)
class Pass:
    """Where a pass begins: behind which open case, and behind which case of the record."""

    after_open: str = ""
    after_record: str = ""


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
        engine: Inventory,
        clock: Callable[[], datetime],
        digests: Digests | None = None,
    ) -> None:
        self._record = record
        self._digests = digests
        self._engine = engine
        self._clock = clock

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
        return passed

    async def look(self, begin: Pass, *, repair: bool) -> Passed:
        """One pass; without ``repair`` nothing is changed. Raises ``Temporary``."""
        examined = await self._record.examine(BATCH, after=begin.after_record)
        found = [*await self._record.numbers(), *examined.drifts]
        # the record first: what a run is compared with must be put right before
        found = await self._repaired(found, {}) if repair else found
        broken = {one.subject for one in found if not one.repaired}
        last_open, of_runs = await self._runs(begin.after_open, broken, repair=repair)
        found += of_runs
        return Passed(
            next=Pass(after_open=last_open, after_record=examined.next),
            cases=examined.cases,
            found=len(found),
            repaired=sum(one.repaired for one in found),
            drifts=tuple(found[:TOLD]),
        )

    async def _runs(self, after: str, broken: set[str], *, repair: bool) -> tuple[str, list[Drift]]:
        """Compare a batch of runs with the record, but for the cases whose record cannot be relied on."""
        known = await self._record.standing(BATCH, after=after)
        last = max(known, default="") if len(known) == BATCH else ""
        runs = await self._engine.running(after, last or None)
        now = self._clock()
        suspects = [
            each
            for each in {*known, *runs} - broken
            if drift.between(each, known.get(each), runs.get(each), now)
        ]
        if not suspects:
            return last, []
        await asyncio.sleep(SECOND_LOOK_SECONDS)
        known, runs = await self._record.look(suspects), await self._engine.look(suspects)
        now = self._clock()
        seen = (drift.between(each, known.get(each), runs.get(each), now) for each in sorted(suspects))
        found = [one for one in seen if one is not None]
        return last, await self._repaired(found, known) if repair else found

    async def _repaired(self, found: Iterable[Drift], known: dict[str, Standing]) -> list[Drift]:
        return [
            replace(one, repaired=await self._repair(one, known.get(one.subject)))
            if one.kind in REPAIRABLE
            else one
            for one in found
        ]

    async def _repair(self, one: Drift, standing: Standing | None) -> bool:
        match one.kind, standing:
            case DriftKind.RUN_MISSING, Standing():
                await self._engine.start_missing(standing.case)
            case DriftKind.RUN_EXTRA, _:
                await self._engine.end(one.subject, "已办结，由自查结束")
            case ((DriftKind.RUN_BEHIND | DriftKind.RUN_UNFIT | DriftKind.STEP_MISSED), Standing()):
                await self._engine.end(one.subject, "与数据库不符，由自查按数据库的记录重新启动")
                await self._engine.start_missing(standing.case)
            case _:
                return await self._record.repair(one)
        return True
