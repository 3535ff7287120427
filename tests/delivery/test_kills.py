"""The worker is killed at every step of sending: each message is seen once, or again under the same id and marked."""

import asyncio
from datetime import timedelta

import pytest

from domain.delivery import ChannelName
from tests.delivery import receivers, victim
from tests.delivery.office import Office, dispatching
from tests.delivery.victim import POINTS

W, E, H = ChannelName.WECOM, ChannelName.EMAIL, ChannelName.WEBHOOK
SECRET = "whsec_" + "c2Vj" * 8


async def _killed(office: Office, point: str, *channels: ChannelName) -> None:
    """Have a worker begin to send and be killed at the point."""
    async with victim.at_work(office, point, *channels) as (process, _), asyncio.timeout(60):
        assert await process.wait() == -9


@pytest.mark.parametrize("point", POINTS)
async def test_a_kill_at_any_step_of_sending_loses_nothing_and_marks_what_comes_twice(
    office: Office, point: str
) -> None:
    async with receivers.robot() as robot:
        await office.reach("person:p-ec01-safety", W, robot.url)
        cases = await office.put("ec01-safety", urgent=True)
        await _killed(office, point, W)
        async with dispatching(office, W):
            await office.nudge()
            assert await office.settled(cases) == [("person:p-ec01-safety", "wecom", "sent")]
    texts = [call.text for call in robot.read]
    attempts = await office.attempts()
    assert len({row["bundle_id"] for row in attempts}) == 1
    if point in ("before_claim", "after_settle"):
        assert len(texts) == 1
    else:
        # the next worker cannot know whether it arrived
        assert [row["outcome"] for row in attempts] == ["unknown", "sent"]
        assert texts[-1].startswith("（重发）")
        assert len(texts) == (1 if point == "after_claim" else 2)


@pytest.mark.parametrize("point", ["after_claim", "after_send"])
async def test_a_receiver_that_knows_ids_gets_the_same_id_and_no_mark(office: Office, point: str) -> None:
    async with receivers.robot() as sink:
        await office.reach("person:p-ec01-safety", H, sink.url, SECRET)
        cases = await office.put("ec01-safety", urgent=True)
        await _killed(office, point, H)
        async with dispatching(office, H):
            assert await office.settled(cases) == [("person:p-ec01-safety", "webhook", "sent")]
    assert len({call.headers["webhook-id"] for call in sink.calls}) == 1
    assert all("（重发）" not in call.told["data"]["text"] for call in sink.calls)


async def test_a_dispatcher_that_was_overtaken_sends_nothing_more(office: Office) -> None:
    async with receivers.robot() as robot:
        await office.reach("person:p-ec01-safety", W, robot.url)
        async with dispatching(office, W):
            await office.settled(await office.put("ec01-safety", urgent=True))
            async with office.world.database.connection() as connection:
                await connection.execute("UPDATE delivery_channels SET epoch = epoch + 1")
            # the old one finds that it may not write, ends, and the next one takes over
            await office.settled(await office.put("ec01-safety", urgent=True))
    assert len(robot.read) == 2
    epochs = [row["epoch"] for row in await office.attempts()]
    assert epochs[1] > epochs[0] + 1


async def test_what_was_being_sent_when_the_record_moved_on_is_not_sent_again(office: Office) -> None:
    async with receivers.robot(receivers.reset) as robot:
        await office.reach("person:p-ec01-safety", W, robot.url)
        async with dispatching(office, W):
            cases = await office.put("ec01-safety", urgent=True)
            await robot.came.wait()
            await office.acknowledge(cases[0])
            await office.wind(timedelta(seconds=31))
            assert await office.settled(cases) == [("person:p-ec01-safety", "wecom", "moot")]
    assert len(robot.calls) == 1
