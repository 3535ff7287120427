"""Comparing what has to run with what does, and putting right what follows from the record.

Invariant: it looks twice before it calls anything a drift, and a run is ended or started only as the record says.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from activities.drift_ports import Carried, Inventory
from domain import drift
from domain.drift import REPAIRABLE, Drift, DriftKind, OnRecord

STEPS: Final = 10
STEP: Final = 100
"""Cases that are in memory at once; between two steps whoever else works in this process has its turn."""

SECOND_LOOK_SECONDS: Final = 2.0
_ANEW: Final = (DriftKind.RUN_BEHIND, DriftKind.RUN_UNFIT, DriftKind.STEP_MISSED)
"""What a new run, which reads the record, puts right."""


class Runs:
    """The runs of the type ``of`` beside the record; ``clock`` gives aware instants."""

    def __init__(self, record: Carried, engine: Inventory, clock: Callable[[], datetime], *, of: str) -> None:
        self._record = record
        self._engine = engine
        self._clock = clock
        self._of = of

    async def compare(self, after: str, broken: set[str], *, repair: bool) -> tuple[str, list[Drift]]:
        """Compare a batch of them from behind ``after``, but for those whose record cannot be relied on.

        Gives behind which the next batch begins, and what was wrong. Raises ``Temporary``.
        """
        suspects: list[str] = []
        for _ in range(STEPS):
            after, more = await self._suspected(after, broken)
            suspects += more
            if not after:
                break
        if not suspects:
            return after, []
        await asyncio.sleep(SECOND_LOOK_SECONDS)
        known, runs = await self._record.look(suspects), await self._engine.look(suspects)
        now = self._clock()
        seen = (drift.between(each, known.get(each), runs.get(each), now) for each in sorted(suspects))
        found = [one for one in seen if one is not None]
        return after, await self.repaired(found, known) if repair else found

    async def _suspected(self, after: str, broken: set[str]) -> tuple[str, list[str]]:
        """One step from behind ``after``: behind which the next one begins (empty at the end), and what looks wrong."""
        known = await self._record.standing(STEP, after=after)
        last = max(known, default="") if len(known) == STEP else ""
        runs = await self._engine.running(after, last or None, of=self._of)
        unread = {each for each, standing in known.items() if standing is None}
        now = self._clock()
        return last, [
            each
            for each in {*known, *runs} - broken - unread
            if drift.between(each, known.get(each), runs.get(each), now)
        ]

    async def repaired(self, found: Iterable[Drift], known: Mapping[str, OnRecord]) -> list[Drift]:
        """What was found, with what could be put right put right."""
        return [
            replace(one, repaired=await self._repair(one, known.get(one.subject)))
            if one.kind in REPAIRABLE
            else one
            for one in found
        ]

    async def _repair(self, one: Drift, standing: OnRecord | None) -> bool:
        if one.kind is DriftKind.RUN_EXTRA:
            await self._engine.end(one.subject, "已办结，由自查结束")
        elif standing is not None and one.kind is DriftKind.RUN_MISSING:
            await self._engine.begin(standing)
        elif standing is not None and one.kind in _ANEW:
            await self._engine.end(one.subject, "与数据库不符，由自查按数据库的记录重新启动")
            await self._engine.begin(standing)
        else:
            return await self._record.repair(one)
        return True
