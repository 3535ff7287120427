"""Scenes of subscriptions to events and of their bell: sent, tried again, woken, paused, and for so long that a run is continued."""

from datetime import timedelta
from functools import partial

from deploy.devstack import Devstack
from tests.corpus import absences, trouble
from tests.corpus.walk import Walks
from tests.harness import World
from tests.outgoing.receiver import receiving, status
from tests.stack import eventually
from tests.stories import behind
from tests.webhooks.receiving import do, free_port, subscribe
from workflows import webhook


async def webhooks(walks: Walks, stack: Devstack) -> list[str]:
    """A subscription to a receiver that answers, then does not, then does again; another one to nobody, which is paused."""
    world = walks.world
    async with absences.working(world), receiving() as receiver:
        await behind.gateway(world).start_event_bell()
        sent = await subscribe(world, receiver.url())
        lost = await subscribe(world, f"http://127.0.0.1:{free_port()}/hook")
        ids = [webhook.workflow_id(one["id"]) for one in (sent, lost)]
        await world.report()
        await receiver.until(1)
        receiver.answer = status(500)
        await world.report()
        await receiver.until(2)
        await eventually(partial(trouble.at_rest, world, ids[0]))
        receiver.answer = status(200)
        await world.skipper.fast_forward(world.handle(ids[0]), timedelta(hours=1))
        await _paused(world, lost["id"])
        await _until_continued(world, stack, sent["id"])
        for one in (sent, lost):
            await do(world, one, "remove")
        await world.handle(ids[0]).result()
    async with absences.working(world):
        await eventually(partial(trouble.happened, world, webhook.BELL_ID, "activity_task_completed"))
        await world.handle(webhook.BELL_ID).terminate("ended")
    return [*ids, webhook.BELL_ID]


async def _paused(world: World, webhook_id: str) -> None:
    known_as = webhook.workflow_id(webhook_id)
    await eventually(partial(trouble.at_rest, world, known_as))
    await do(world, {"id": webhook_id}, "pause")
    await behind.gateway(world).start_webhook(webhook_id, signal="wake")
    await world.handle(known_as).result()


async def _until_continued(world: World, stack: Devstack, webhook_id: str) -> None:
    """Wake a subscription again and again, once in the middle of a round, until another run goes on."""
    known_as, gateway = webhook.workflow_id(webhook_id), behind.gateway(world)
    handle = world.handle(known_as)
    first = (await handle.describe()).run_id
    await eventually(partial(trouble.at_rest, world, known_as))
    rounds = trouble.count(await handle.fetch_history(), "activity_task_scheduled")
    async with trouble.without(stack, "SELECT", "webhooks"):
        await gateway.start_webhook(webhook_id, signal="wake")
        await eventually(partial(trouble.happened, world, known_as, "activity_task_scheduled", rounds + 1))
        await gateway.start_webhook(webhook_id, signal="wake")
    while (await handle.describe()).run_id == first:
        await gateway.start_webhook(webhook_id, signal="wake")
