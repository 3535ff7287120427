"""Every kind of drift, seeded behind everybody's back: found, told, and put right where it follows from the record."""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import asyncpg
import pytest

from activities.reconcile import Pass, ReconcileActivities
from activities.runs import Runs
from adapters.postgres.collection_drift import PostgresCollectionDrift
from adapters.postgres.drift import PostgresDrift
from adapters.postgres.hazards import PostgresHazards
from deploy import folder, postgres
from domain import drift, hazard
from domain.drift import REPAIRABLE, DriftKind, Run, Standing
from domain.hazard import Action, Command
from services import clock
from tests import launched
from tests.api.live import Live
from tests.faults import cases
from tests.harness import World
from tests.stack import eventually
from tests.stories import behind, loop
from workflows.gateway import HazardGateway
from workflows.inventory import STANDING, EngineInventory
from workflows.reconciler import RECONCILER_ID

NOBODY = "nobody-listens"
TABLES = ("changes", "case_files", "hazards")

OF_THE_TABLES = {
    DriftKind.CASE_DIFFERS: "UPDATE hazards SET snapshot = snapshot || '{\"suspended\": true}' WHERE id = $1",
    DriftKind.CITATION_LOST: "DELETE FROM case_files WHERE case_id = $1",
    DriftKind.CITATION_DIFFERS: "INSERT INTO case_files SELECT case_id, 2, file_id, kind FROM case_files WHERE case_id = $1",
    DriftKind.NOTE_LINGERING: "UPDATE hazards SET start_wanted_at = now() - interval '1 hour' WHERE id = $1",
    DriftKind.COUNTER_BEHIND: "UPDATE case_numbers SET last = 1 WHERE $1 <> ''",
    DriftKind.NUMBER_GAP: "UPDATE case_numbers SET last = last + 2 WHERE $1 <> ''",
    DriftKind.ENTRY_ALTERED: 'UPDATE changes SET entry = entry || \'{"reason": "改过"}\' WHERE case_id = $1 AND seq = 1',
    DriftKind.ENTRY_MISSING: "DELETE FROM changes WHERE case_id = $1 AND seq = 2",
    DriftKind.ENTRY_COLUMNS: "UPDATE changes SET action = 'dismiss' WHERE case_id = $1 AND seq = 2",
}
WRONG_ROWS = {
    "a version behind": "UPDATE hazards SET seq = seq - 1 WHERE id = $1",
    "another head": "UPDATE hazards SET head = repeat('0', 64) WHERE id = $1",
    "a snapshot that cannot be read": "UPDATE hazards SET snapshot = '{}' WHERE id = $1",
    "closed, as its columns say": "UPDATE hazards SET is_open = false, stage = 'closed', waiting_post = NULL WHERE id = $1",
}


@pytest.fixture
async def owner(live: Live) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    """The superuser, with foreign keys out of the way."""
    secrets = folder.secrets(live.stack.data)
    connection = await asyncpg.connect(postgres.url(live.stack.data, "postgres", secrets.postgres))
    try:
        await connection.execute("SET session_replication_role = replica")
        yield connection
    finally:
        await connection.close()


@contextlib.asynccontextmanager
async def _seeded(owner: "asyncpg.Connection[asyncpg.Record]", number: str, sql: str) -> AsyncIterator[None]:
    """The tables with the fault; afterwards as they were."""
    saved = {table: f"old_{table}" for table in TABLES}
    for table, old in saved.items():
        name = "id" if table == "hazards" else "case_id"
        await owner.execute(f"CREATE TEMP TABLE {old} AS SELECT * FROM {table} WHERE {name} = '{number}'")  # noqa: S608
    last = await owner.fetchval("SELECT max(last) FROM case_numbers")
    await owner.execute(sql, number)
    try:
        yield
    finally:
        async with owner.transaction():
            for table, old in saved.items():
                name = "id" if table == "hazards" else "case_id"
                await owner.execute(f"DELETE FROM {table} WHERE {name} = '{number}'")  # noqa: S608
                await owner.execute(f"INSERT INTO {table} SELECT * FROM {old}")  # noqa: S608
                await owner.execute(f"DROP TABLE {old}")
            await owner.execute("UPDATE case_numbers SET last = $1", last)


def _reconciling(world: World) -> ReconcileActivities:
    gateway = HazardGateway(world.client, task_queue=world.settings.task_queue, timeout=10)
    inventory = EngineInventory(world.client, gateway, timeout=10)
    return ReconcileActivities(
        PostgresDrift(world.database), PostgresCollectionDrift(world.database), inventory, clock.real
    )


async def _told(
    owner: "asyncpg.Connection[asyncpg.Record]", kind: DriftKind, subject: str
) -> tuple[str, bool] | None:
    """The sentence that was kept of a drift and whether it was repaired; the running reconciler may be first."""
    row = await owner.fetchrow(
        "SELECT sentence, repaired_at FROM drifts WHERE kind = $1 AND subject = $2 ORDER BY first_seen_at DESC LIMIT 1",
        kind.value,
        subject,
    )
    return None if row is None else (row["sentence"], row["repaired_at"] is not None)


async def _found_and_repaired(
    world: World, owner: "asyncpg.Connection[asyncpg.Record]", kind: DriftKind, subject: str
) -> None:
    await _reconciling(world).reconcile(Pass())
    told = await _told(owner, kind, subject)
    assert told is not None
    assert told[1] == (kind in REPAIRABLE), told
    again = await _reconciling(world).look(Pass(), repair=False)
    left = [one for one in again.drifts if one.kind is kind and one.subject == subject]
    assert bool(left) == (kind not in REPAIRABLE), again.drifts


@pytest.mark.parametrize("kind", OF_THE_TABLES)
async def test_a_drift_of_the_tables_is_found_and_put_right_from_the_record_where_it_follows(
    world: World, owner: "asyncpg.Connection[asyncpg.Record]", kind: DriftKind
) -> None:
    number = await loop.to(world, "confirmed")
    by_year = kind in {DriftKind.COUNTER_BEHIND, DriftKind.NUMBER_GAP}
    async with _seeded(owner, number, OF_THE_TABLES[kind]):
        await _found_and_repaired(world, owner, kind, number.split("-")[1] if by_year else number)


@pytest.mark.parametrize("what", WRONG_ROWS)
async def test_a_row_that_its_chain_does_not_give_is_written_anew(
    world: World, owner: "asyncpg.Connection[asyncpg.Record]", what: str
) -> None:
    number = await loop.to(world, "confirmed")
    before = await owner.fetchrow("SELECT * FROM hazards WHERE id = $1", number)
    async with _seeded(owner, number, WRONG_ROWS[what]):
        await _found_and_repaired(world, owner, DriftKind.CASE_DIFFERS, number)
        assert await owner.fetchrow("SELECT * FROM hazards WHERE id = $1", number) == before


async def test_a_case_that_cannot_be_read_keeps_no_later_one_from_being_looked_at(
    world: World, owner: "asyncpg.Connection[asyncpg.Record]", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("activities.runs.STEP", 1)
    first, second = await loop.to(world, "confirmed"), await _terminated(world)
    before = f"{first[:-6]}{int(first[-6:]) - 1:06}"
    gateway = HazardGateway(world.client, task_queue=world.settings.task_queue, timeout=10)
    inventory = EngineInventory(world.client, gateway, timeout=10)
    runs = Runs(PostgresDrift(world.database), inventory, clock.real, of="Hazard")
    async with _seeded(owner, first, WRONG_ROWS["a snapshot that cannot be read"]):
        _, found = await runs.compare(before, set(), repair=False)
    assert [(one.kind, one.subject) for one in found] == [(DriftKind.RUN_MISSING, second)]


async def _run_elsewhere(world: World, number: str) -> None:
    """A run that nobody works for, so it stays as it is."""
    gateway = HazardGateway(world.client, task_queue=NOBODY, timeout=10)
    some = await PostgresHazards(world.database).load(await loop.to(world, "reported"))
    known = await PostgresDrift(world.database).look([number])
    case = known[number].case if number in known else hazard.Case(**(vars(some) | {"id": number}))
    assert await gateway.start_missing(case)


async def _terminated(world: World) -> str:
    number = await loop.to(world, "confirmed")
    await world.handle(number).terminate("an operator's mistake")
    return number


async def _runs_though_closed(world: World) -> str:
    number = await loop.to(world, "dismissed")
    await world.handle(number).result()
    await _run_elsewhere(world, number)
    return number


async def _never_reported(world: World) -> str:
    await _run_elsewhere(world, "YH-2026-888888")
    return "YH-2026-888888"


async def _overtaken(world: World) -> str:
    number = await loop.to(world, "reported")
    record = PostgresHazards(world.database)
    command = Command(
        action=Action.CONFIRM, request_id="elsewhere", actor=await behind.actor(world, loop.FINDER)
    )
    change = hazard.apply(await record.load(number), command, datetime.now(UTC))
    assert change is not None
    await record.append(change)
    return number


async def _slept_through(world: World) -> str:
    number = (await behind.put_on_record(world, ago=timedelta(days=5))).id
    await _run_elsewhere(world, number)
    return number


OF_THE_ENGINE: dict[DriftKind, Callable[[World], Awaitable[str]]] = {
    DriftKind.RUN_MISSING: _terminated,
    DriftKind.RUN_EXTRA: _runs_though_closed,
    DriftKind.RUN_UNKNOWN: _never_reported,
    DriftKind.RUN_BEHIND: _overtaken,
    DriftKind.STEP_MISSED: _slept_through,
}


async def _at_rest(world: World, number: str) -> bool:
    """Whether the case's run and its record say the same."""
    known = (await PostgresDrift(world.database).look([number])).get(number)
    gateway = HazardGateway(world.client, task_queue=world.settings.task_queue, timeout=10)
    run = (await EngineInventory(world.client, gateway, timeout=10).look([number])).get(number)
    return drift.between(number, known, run, datetime.now(UTC)) is None


async def test_every_drift_of_the_engine_is_found_in_one_pass_and_the_cases_go_on_from_the_record(
    world: World, owner: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    numbers = {kind: await seed(world) for kind, seed in OF_THE_ENGINE.items()}
    chain = "SELECT hash, entry->>'person_id' AS person FROM changes WHERE case_id = $1 ORDER BY seq"
    before = {kind: await owner.fetch(chain, number) for kind, number in numbers.items()}
    await _reconciling(world).reconcile(Pass())
    for kind, number in numbers.items():
        told = await _told(owner, kind, number)
        assert told is not None, kind
        assert told[1] == (kind in REPAIRABLE), told
        if kind is DriftKind.RUN_UNKNOWN:
            await world.handle(number).terminate("the test is over")
        assert await eventually(partial(_at_rest, world, number))
        after = await owner.fetch(chain, number)
        assert after[: len(before[kind])] == before[kind]
        later = after[len(before[kind]) :]
        by_the_clock = kind is DriftKind.STEP_MISSED and all(row["person"] is None for row in later)
        assert by_the_clock or not later, "nothing is done twice"


async def test_a_run_whose_tasks_keep_failing_is_told(world: World) -> None:
    number = await loop.to(world, "reported")
    standing = (await PostgresDrift(world.database).look([number]))[number]
    shown = Run(case_id=number, stage="reported", level="general", overdue=False, due_at=standing.case.due_at)
    now = datetime.now(UTC)
    assert drift.between(number, standing, shown, now) is None
    stuck = drift.between(number, standing, Run(**(vars(shown) | {"stuck": True})), now)
    assert stuck is not None
    assert stuck.kind is DriftKind.RUN_STUCK
    unfit = drift.between(number, standing, Run(**(vars(shown) | {"stuck": True, "unfit": True})), now)
    assert unfit is not None
    assert unfit.kind is DriftKind.RUN_UNFIT, "the code changed, not the case: a new run puts it right"
    assert drift.between(number, None, None, now) is None
    wanted = Standing(case=standing.case, start_wanted_at=now - timedelta(seconds=30))
    assert drift.between(number, wanted, None, now) is None, "still the relay's business"


async def test_the_reconciler_stands_beside_the_relay_and_shows_its_last_pass(live: Live) -> None:
    assert await eventually(partial(cases.all_run, live, *STANDING))
    details = live.client.get_workflow_handle(RECONCILER_ID)

    async def shown() -> bool:
        history = await details.fetch_history()
        return any(event.HasField("activity_task_completed_event_attributes") for event in history.events)

    assert await eventually(shown)


async def test_doctor_says_that_all_is_well_and_where_it_is_not(
    live: Live, world: World, owner: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    number = await loop.to(world, "confirmed")

    async def well() -> bool:
        code, out, err = await launched.command("doctor", "--data", str(live.stack.data))
        assert err == ""
        return code == 0 and "一切正常" in out and "异常　" not in out

    assert await eventually(well)
    async with _seeded(owner, number, OF_THE_TABLES[DriftKind.ENTRY_ALTERED]):
        code, out, _ = await launched.command("doctor", "--data", str(live.stack.data))
    assert code == 1
    [line] = [line for line in out.splitlines() if line.startswith("异常")]
    assert f"{number} 第 1 条：内容与哈希不符" in line
