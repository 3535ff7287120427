"""The nightly audit on the real server: its schedule starts it, and it tells what it found."""

import uuid
from datetime import datetime, timedelta

import asyncpg
from temporalio.client import ScheduleActionExecutionStartWorkflow, ScheduleBackfill, WorkflowHandle
from temporalio.worker import Worker

from activities.delivery_audit import AuditFound
from domain.delivery import ChannelName
from services.worker import delivering
from tests.delivery.office import Office, dispatching
from tests.harness import LOCAL
from tests.stack import eventually
from workflows import delivery_audit
from workflows.delivery_audit import DeliveryAuditWorkflow
from workflows.sandbox import runner
from workflows.schedules import Schedules

E = ChannelName.EMAIL
SCHEDULE = delivery_audit.SCHEDULE_ID


async def _seeded(office: Office) -> str:
    """A notice that went out, and one whose message was lost from the ledger; gives the case of that."""
    await office.reach("person:p-ec01-safety", E, "ec01@unit.example")
    async with dispatching(office, E):
        await office.settled(await office.put("ec01-safety"))
        (lost,) = await office.put("ec01-safety", urgent=True)
        await office.settled([lost])
    owner = await asyncpg.connect(office.owner_url)
    await owner.execute("DELETE FROM deliveries WHERE case_id = $1 AND channel = 'email'", lost)
    await owner.close()
    return lost


async def _started(office: Office) -> WorkflowHandle[DeliveryAuditWorkflow, AuditFound] | None:
    described = await office.world.client.get_schedule_handle(SCHEDULE).describe()
    for one in described.info.recent_actions:
        assert isinstance(one.action, ScheduleActionExecutionStartWorkflow)
        return office.world.client.get_workflow_handle_for(DeliveryAuditWorkflow.run, one.action.workflow_id)
    return None


async def test_the_schedule_starts_the_audit_each_night_and_it_tells_what_it_found(office: Office) -> None:
    lost = await _seeded(office)
    client, queue = office.world.client, f"audit-{uuid.uuid4().hex[:8]}"
    handle = client.get_schedule_handle(SCHEDULE)
    await Schedules(client, task_queue=queue, timeout=20).ensure_delivery_audit()
    night = datetime.now(LOCAL).replace(hour=2, minute=0, second=0, microsecond=0) - timedelta(days=1)
    (coming, *_) = (await handle.describe()).info.next_action_times
    assert coming.astimezone(LOCAL).strftime("%H:%M") == "02:20"
    # the night is asked for below, and a real one that comes meanwhile is none of the test's
    await handle.pause()
    office.world.clock.ahead += timedelta(hours=2)
    async with delivering.opened(office.settings, now=office.world.clock) as delivery:
        worker = Worker(
            client,
            task_queue=queue,
            workflows=[DeliveryAuditWorkflow],
            activities=[delivery.audit.audit],
            workflow_runner=runner(),
        )
        async with worker:
            # one night as the server counts it: from two to half past
            await handle.backfill(ScheduleBackfill(start_at=night, end_at=night + timedelta(minutes=30)))
            run = await eventually(lambda: _started(office))
            found = await run.result()
            shown = str(await run.query("__temporal_workflow_metadata"))
            await handle.delete()
    assert found.missing >= 1
    assert any(f"漏发 {lost}.2.1" in sentence for sentence in found.sentences)
    assert f"漏发 {lost}.2.1" in shown
    async with office.world.database.connection() as connection:
        kept = await connection.fetch("SELECT missing, extra, notices FROM delivery_audits")
    assert [tuple(row) for row in kept] == [(found.missing, found.extra, found.notices)]
