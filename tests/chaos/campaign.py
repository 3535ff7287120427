"""One campaign: load, faults, rest, verdict.

Invariant: everything that chance decides comes from the seed, and the schedule is on disk before the first fault.
"""

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Final

import httpx

from activities.reconcile import Pass
from adapters.postgres.database import Database
from domain.errors import Temporary
from tests.chaos import faults
from tests.chaos import stage as stages
from tests.chaos.faults import Fault
from tests.chaos.journal import Journal
from tests.chaos.judge import Course, Trouble, Verdict, judge
from tests.chaos.lateness import put_due
from tests.chaos.load import Load
from tests.chaos.stage import Stage
from tests.stack import eventually

REST_WITHIN: Final = 240.0
"""Seconds until it must work again; generous, because a machine may be shared."""


DUE_EVERY: Final = 2.0
"""Seconds between cases whose time runs out during the campaign, on average."""


@dataclass
class Outcome:
    """What a campaign came to; ``recovery`` has seconds from each fault's end to the next success, by fault."""

    seed: int
    verdict: Verdict
    acknowledged: int
    refused: int
    unanswered: int
    complaints: list[str]
    recovery: dict[str, list[float]] = field(default_factory=dict)
    kills: Counter[str] = field(default_factory=Counter)

    @property
    def sound(self) -> bool:
        return not self.verdict.wrong and not self.complaints and not self.unanswered


async def run(
    stage: Stage,
    folder: Path,
    seed: int,
    schedule: Sequence[Fault],
    *,
    clients: int = 16,
    patient: bool = False,
) -> Outcome:
    """Run the schedule under load and judge; ``patient`` waits for the reconciler's own pass."""
    faults.write(folder / f"plan-{seed}.json", seed, schedule)
    journal = Journal(folder / f"journal-{seed}.jsonl")
    load = Load(live=stage.live, journal=journal, seed=seed, clients=clients)
    await load.prepare()
    recovery: dict[str, list[float]] = {}
    url = stage.live.stack.database_url
    async with Database.opened(url, size=2, timeout=30) as database:
        began = datetime.now(UTC)
        await _put_due(stage, database, seed, schedule)
        working = asyncio.create_task(load.run())
        try:
            troubles = await _played(stage, schedule, recovery)
        finally:
            load.stop.set()
            await working
        await _rest(stage, database, patient=patient)
        verdict = await judge(stage, database, journal, Course(began=began, troubles=troubles))
    journal.close()
    return Outcome(
        seed=seed,
        verdict=verdict,
        acknowledged=journal.counts["acknowledged"],
        refused=journal.counts["refused"],
        unanswered=load.unanswered,
        complaints=load.faults,
        recovery=recovery,
        kills=Counter(fault.name for fault in schedule if fault.name.startswith("kill")),
    )


async def _put_due(stage: Stage, database: Database, seed: int, schedule: Sequence[Fault]) -> None:
    """Cases whose time runs out at instants of the seed's while the schedule is played (I5)."""
    random = Random(seed)  # noqa: S311 - must be repeatable
    lasting = sum(fault.rest + fault.lasts for fault in schedule)
    world = stages.hands(stage.live, database)
    for _ in range(max(5, round(lasting / DUE_EVERY))):
        at = datetime.now(UTC) + timedelta(seconds=DUE_EVERY + random.random() * lasting)
        await put_due(world, at)


async def _played(stage: Stage, schedule: Sequence[Fault], recovery: dict[str, list[float]]) -> list[Trouble]:
    """Play the schedule; gives from when to when each fault made itself felt."""
    troubles = []
    for fault in schedule:
        await asyncio.sleep(fault.rest)
        stage.say(f"— {fault.name}")
        began = datetime.now(UTC)
        await faults.ALL[fault.name](stage, fault)
        if fault.name.startswith(("kill", "engine's file", "disk")):
            recovery.setdefault(fault.name, []).append(await _recovered(stage))
        troubles.append(Trouble(began=began, ended=datetime.now(UTC)))
    return troubles


async def _recovered(stage: Stage) -> float:
    """Seconds until a new report is taken and a command on it is done."""
    began = time.monotonic()

    async def works() -> bool:
        with contextlib.suppress(httpx.TransportError):
            report = await stage.live.report()
            if report.status_code in (200, 201, 202):
                path = f"/v1/hazards/{report.json()['id']}/actions/note"
                note = await stage.live.post("p-team1a", path, {"note": "探"})
                return note.status_code == 200
        return False

    await eventually(works, within=REST_WITHIN)
    seconds = time.monotonic() - began
    stage.say(f"— works again after {seconds:.1f} s")
    return seconds


async def _rest(stage: Stage, database: Database, *, patient: bool) -> None:
    """Wait until nothing is owed and nothing drifts; unless ``patient``, make the reconciler's pass now."""
    await _recovered(stage)
    reconciling = stages.reconciling(stage.live, database)

    async def swept() -> int:
        """What one pass after the other finds until all are looked at: one pass sees a thousand of each."""
        passed = await reconciling.look(Pass(), repair=not patient)
        found = passed.found
        while passed.next != Pass():
            passed = await reconciling.look(passed.next, repair=not patient)
            found += passed.found
        return found

    async def rests() -> bool:
        try:
            found = await swept()
        except Temporary:
            return False
        async with database.connection() as connection:
            wanted = await connection.fetchval(
                "SELECT count(*) FROM hazards WHERE start_wanted_at IS NOT NULL"
            )
        return found == 0 and wanted == 0

    await eventually(rests, within=REST_WITHIN)
