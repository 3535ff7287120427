"""One campaign: load, faults, rest, verdict.

Invariant: everything that chance decides comes from the seed, and the schedule is on disk before the first fault.
"""

import asyncio
import contextlib
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import httpx

from activities.reconcile import Pass, ReconcileActivities
from adapters.postgres.collection_drift import PostgresCollectionDrift
from adapters.postgres.database import Database
from adapters.postgres.drift import PostgresDrift
from domain.errors import Temporary
from services import clock
from tests.chaos import faults
from tests.chaos.faults import Fault
from tests.chaos.journal import Journal
from tests.chaos.judge import Verdict, judge
from tests.chaos.load import Load
from tests.chaos.stage import Stage
from tests.stack import eventually
from workflows.gateway import HazardGateway
from workflows.inventory import EngineInventory

REST_WITHIN: Final = 240.0
"""Seconds until it must work again; generous, because a machine may be shared."""


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
    working = asyncio.create_task(load.run())
    recovery: dict[str, list[float]] = {}
    try:
        for fault in schedule:
            await asyncio.sleep(fault.rest)
            stage.say(f"— {fault.name}")
            await faults.ALL[fault.name](stage, fault)
            if fault.name.startswith(("kill", "engine's file", "disk")):
                recovery.setdefault(fault.name, []).append(await _recovered(stage))
    finally:
        load.stop.set()
        await working
    url = stage.live.stack.database_url
    async with Database.opened(url, size=2, timeout=30) as database:
        await _rest(stage, database, patient=patient)
        verdict = await judge(stage, database, journal)
    journal.close()
    return Outcome(
        seed=seed,
        verdict=verdict,
        acknowledged=journal.counts["acknowledged"],
        refused=journal.counts["refused"],
        unanswered=load.unanswered,
        complaints=load.faults,
        recovery=recovery,
    )


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
    gateway = HazardGateway(stage.live.client, task_queue=stage.live.settings.task_queue, timeout=30)
    inventory = EngineInventory(stage.live.client, gateway, timeout=30)
    reconciling = ReconcileActivities(
        PostgresDrift(database), PostgresCollectionDrift(database), inventory, clock.real
    )

    async def rests() -> bool:
        try:
            passed = await reconciling.look(Pass(), repair=not patient)
        except Temporary:
            return False
        async with database.connection() as connection:
            wanted = await connection.fetchval(
                "SELECT count(*) FROM hazards WHERE start_wanted_at IS NOT NULL"
            )
        return passed.found == 0 and wanted == 0

    await eventually(rests, within=REST_WITHIN)
