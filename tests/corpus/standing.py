"""Scenes of what runs for ever: the clock of bulletins, the daily seal and the dispatchers, and how such runs are continued."""

import contextlib
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final

from deploy.devstack import Devstack
from domain import seals
from domain.delivery import ChannelName
from services.worker import delivering
from services.worker import main as worker
from tests.corpus import trouble
from tests.corpus.walk import Walks
from tests.delivery.office import Office
from tests.harness import World
from tests.stack import eventually
from tests.stories import behind, bulletins
from workflows.bulletin import CLOCK_ID, LONGEST
from workflows.daily_seal import DAILY_SEAL_ID
from workflows.delivery import workflow_id
from workflows.delivery_audit import SCHEDULE_ID, DeliveryAuditWorkflow

DAY: Final = timedelta(days=1)


async def _wind(world: World, workflow: str, ahead: timedelta) -> None:
    # the engine loses sight of a run that is continued
    with contextlib.suppress(RuntimeError):
        await world.skipper.fast_forward(world.handle(workflow), ahead)


async def bulletin_clocks(walks: Walks, stack: Devstack) -> list[str]:
    """The clock of bulletins: it tells, is woken at rest and in the middle of a look, is ended, and is continued."""
    world, gateway = walks.world, behind.gateway(walks.world)
    await gateway.start_bulletin_clock()
    await eventually(partial(trouble.at_rest, world, CLOCK_ID))
    await bulletins.drafted(world, await bulletins.listed(world))
    await gateway.wake_bulletin_clock()
    await eventually(partial(trouble.happened, world, CLOCK_ID, "timer_canceled"))
    await eventually(partial(trouble.at_rest, world, CLOCK_ID))
    await _wind(world, CLOCK_ID, 5 * DAY)
    await eventually(partial(trouble.at_rest, world, CLOCK_ID))
    async with trouble.without(stack, "SELECT", "bulletins"):
        looks = trouble.count(await world.handle(CLOCK_ID).fetch_history(), "activity_task_scheduled")
        await gateway.wake_bulletin_clock()
        await eventually(partial(trouble.happened, world, CLOCK_ID, "activity_task_scheduled", looks + 1))
        await gateway.wake_bulletin_clock()
    await eventually(partial(trouble.happened, world, CLOCK_ID, "activity_task_scheduled", looks + 2))
    await world.handle(CLOCK_ID).terminate("ended")
    await gateway.start_bulletin_clock()
    await eventually(partial(trouble.at_rest, world, CLOCK_ID))
    first = (await world.handle(CLOCK_ID).describe()).run_id
    while (await world.handle(CLOCK_ID).describe()).run_id == first:
        await _wind(world, CLOCK_ID, 20 * LONGEST)
    await world.handle(CLOCK_ID).terminate("ended")
    return [CLOCK_ID]


async def woken_in_brief_runs(walks: Walks, rounds: int) -> list[str]:
    """The clock of bulletins on an engine that wants short runs."""
    gateway = behind.gateway(walks.world)
    await gateway.start_bulletin_clock()
    for _ in range(rounds):
        await eventually(partial(trouble.at_rest, walks.world, CLOCK_ID))
        await gateway.wake_bulletin_clock()
    await eventually(partial(trouble.at_rest, walks.world, CLOCK_ID))
    await walks.world.handle(CLOCK_ID).terminate("ended")
    return [CLOCK_ID]


async def daily_seals(walks: Walks, stack: Devstack) -> list[str]:
    """The daily seal of one day, and of so many that its run is continued; the same day is asked for once a minute."""
    world, gateway = walks.world, behind.gateway(walks.world)
    now = datetime.now(UTC)
    midnight = seals.next_after(now) - now
    for ahead in (timedelta(), midnight + timedelta(minutes=3), midnight + timedelta(minutes=105)):
        await gateway.start_daily_seal()
        await eventually(partial(trouble.at_rest, world, DAILY_SEAL_ID))
        if ahead:
            await _wind(world, DAILY_SEAL_ID, ahead)
        await world.handle(DAILY_SEAL_ID).terminate("ended")
    return [DAILY_SEAL_ID]


async def deliveries(walks: Walks, stack: Devstack) -> list[str]:
    """A dispatcher without work, that of the inbox for so many rounds that its run is continued, and the audit of both."""
    world, gateway = walks.world, behind.gateway(walks.world)
    settings = world.settings
    ids = [workflow_id(channel) for channel in (ChannelName.INBOX, ChannelName.EMAIL)]
    async with (
        delivering.opened(settings, now=world.clock) as delivery,
        worker.build(world.client, settings, world.database, gateway, delivery),
    ):
        await gateway.start_delivery(ChannelName.EMAIL)
        await gateway.start_delivery(ChannelName.INBOX)
        first = (await world.handle(ids[0]).describe()).run_id
        while (await world.handle(ids[0]).describe()).run_id == first:
            await _round(world, stack, ids[0])
        for known_as in ids:
            await world.handle(known_as).terminate("ended")
        await world.client.execute_workflow(
            DeliveryAuditWorkflow.run, id=SCHEDULE_ID, task_queue=settings.task_queue
        )
    return [*ids, SCHEDULE_ID]


async def _round(world: World, stack: Devstack, known_as: str) -> None:
    """Something is told, and so much time passes that a round is over."""
    office = Office(world, world.settings, None, stack.owner_url)  # type: ignore[arg-type]
    before = await world.handle(known_as).describe()
    await office.put("office")
    await office.wind(timedelta(seconds=31))

    async def over() -> bool:
        now = await world.handle(known_as).describe()
        return now.history_length > before.history_length + 5 or now.run_id != before.run_id

    # a notice that was there before the round's first look ends none
    with contextlib.suppress(TimeoutError):
        await eventually(over, within=1)
