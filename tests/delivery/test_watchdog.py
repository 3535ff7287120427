"""The watchdog alarms when no cycle ended for five minutes, once, and again every half hour; and says when it is over."""

from datetime import timedelta

from adapters.postgres.database import Database
from domain.delivery import ChannelName, watch
from services.watchdog import main as watchdogs
from tests.delivery.messages import NOON
from tests.delivery.office import Office, dispatching
from tests.stack import eventually

MINUTE = timedelta(minutes=1)
E, INBOX = ChannelName.EMAIL, ChannelName.INBOX


def test_a_channel_is_silent_after_five_minutes_without_the_end_of_a_cycle() -> None:
    cycles = {INBOX: NOON, E: NOON + 3 * MINUTE}
    assert watch.silent([INBOX, E], cycles, NOON, NOON + 5 * MINUTE) == {INBOX: NOON}
    assert watch.silent([INBOX, E], cycles, NOON, NOON + 4 * MINUTE) == {}
    assert watch.silent([E], {}, NOON, NOON + 5 * MINUTE) == {E: NOON}
    assert "站内通知（7分钟）" in watch.alarm({INBOX: NOON}, NOON + 7 * MINUTE)


async def test_a_delivery_that_stands_still_is_told_to_somebody_outside(office: Office) -> None:
    told = office.settings.model_copy(
        update={"alarm_to": type(office.settings.mail_url)("email:duty@unit.example")}
    )
    world = office.world
    dog = watchdogs.watchdog(told, world.database, world.clock())
    dog.wanted = (INBOX, E)
    async with dispatching(office, E):

        async def cycled() -> bool:
            return set(await dog.reads.cycles()) >= {INBOX, E}

        await eventually(cycled)
        assert await dog.look(world.clock()) is None
    assert await dog.look(world.clock() + 4 * MINUTE) is None
    assert "通知送达停止" in (await dog.look(world.clock() + 6 * MINUTE) or "")
    assert await dog.look(world.clock() + 10 * MINUTE) is None
    assert await dog.look(world.clock() + 37 * MINUTE) is not None
    assert len(office.box.texts("duty@unit.example")) == 2


async def test_a_database_that_does_not_answer_is_a_silence_too(office: Office) -> None:
    async with Database.opened("postgresql://nobody@127.0.0.1:1/none", size=1, timeout=0.5) as away:
        dog = watchdogs.watchdog(office.settings, away, NOON)
        assert await dog.look(NOON + MINUTE) is None
        assert await dog.look(NOON + 6 * MINUTE) is not None
