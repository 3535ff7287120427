"""Receivers that are slow, swallow everything or hang up (F9): their fallback is used, and nobody else waits for them."""

import asyncio
import contextlib
import itertools
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

from pydantic import SecretStr

from domain.delivery import ChannelName
from tests.delivery import receivers
from tests.delivery.office import Office, dispatching
from tests.delivery.receivers import Call, Robot, Writer, says
from tests.stack import eventually

E, W, D, S = ChannelName.EMAIL, ChannelName.WECOM, ChannelName.DINGTALK, ChannelName.SMS
POSTS = [f"ec0{unit}-{post}" for unit in (1, 2, 3) for post in ("safety", "head")]
QUICK = 12.0
"""Seconds within which an urgent notice leaves on any machine: one who does not answer is waited for longer than that."""


async def _quickly(office: Office, post: str) -> list[str]:
    """An urgent notice to a post, which is sent in time; gives its case."""
    began = time.monotonic()
    cases = await office.put(post, urgent=True)
    states = await office.settled(cases)
    assert time.monotonic() - began < QUICK
    assert [state for *_, state in states] == ["sent"]
    return cases


async def test_a_black_hole_holds_up_no_other_recipient_and_no_other_channel(office: Office) -> None:
    async with receivers.black_hole() as hole, receivers.robot() as well:
        for post in POSTS[:3]:
            await office.reach(f"person:p-{post}", W, hole.url)
        await office.reach(f"person:p-{POSTS[3]}", W, well.url)
        await office.reach(f"person:p-{POSTS[4]}", E, "fine@unit.example")
        async with dispatching(office, W, E):
            stuck = [await office.put(post, urgent=True) for post in POSTS[:3]]
            await eventually(lambda: _asked(hole, 3))
            # they come while the three are waited for, one after the other
            for post in (POSTS[3], POSTS[4], POSTS[3]):
                await _quickly(office, post)
            assert [(await office.states(one))[0][2] for one in stuck] == ["sending"] * 3
    assert (len(well.read), len(office.box.mails), len(hole.calls)) == (2, 1, 3)


async def _asked(robot: Robot, times: int) -> bool:
    return len(robot.calls) >= times


async def test_what_a_black_hole_swallowed_goes_by_the_next_channel_and_is_marked_where_it_is_repeated(
    office: Office,
) -> None:
    async with receivers.robot(receivers.reset) as hole:
        await office.reach(f"person:p-{POSTS[0]}", W, hole.url)
        await office.reach(f"person:p-{POSTS[0]}", E, "second@unit.example")
        async with dispatching(office, W, E):
            cases = await office.put(POSTS[0], urgent=True)
            await eventually(lambda: _asked(hole, 1))
            await office.wind(timedelta(seconds=31))
            states = await office.settled(cases)
    assert [(channel, state) for _, channel, state in states] == [("email", "sent"), ("wecom", "failed")]
    assert ["（重发）" in call.text for call in hole.calls] == [False, True]
    assert len(office.box.mails) == 1


async def test_a_queue_that_could_not_leave_drains_once_its_receiver_is_mended(office: Office) -> None:
    async with receivers.robot(says(503, b"")) as robot:
        await office.reach(f"person:p-{POSTS[0]}", W, robot.url)
        async with dispatching(office, W):
            cases = await office.put(POSTS[0], count=20)
            await eventually(lambda: _asked(robot, 1))
            robot.answer = receivers.OK
            began = office.world.clock()
            await office.wind(timedelta(seconds=30))
            assert {state for *_, state in await office.settled(cases)} == {"sent"}
            assert office.world.clock() - began < timedelta(seconds=60)
    assert sum(text.count("【逾期】") for text in (call.text for call in robot.read)) == 20


async def test_a_slow_receiver_is_waited_for_and_written_to_once(office: Office) -> None:
    async def slow(robot: Robot, call: Call, writer: Writer) -> None:
        await slowly.wait()
        await receivers.OK(robot, call, writer)

    slowly = asyncio.Event()
    async with receivers.robot(slow) as robot, receivers.robot() as well:
        await office.reach(f"person:p-{POSTS[0]}", D, robot.url)
        await office.reach(f"person:p-{POSTS[1]}", D, well.url)
        async with dispatching(office, D):
            first = await office.put(POSTS[0], urgent=True)
            await eventually(lambda: _asked(robot, 1))
            second = await office.put(POSTS[0], urgent=True)
            await _quickly(office, POSTS[1])
            # while it is written to, the next message for it waits its turn
            assert len(robot.calls) == 1
            assert (await office.states(second))[0][2] == "pending"
            slowly.set()
            states = await office.settled([*first, *second])
    assert [state for *_, state in states] == ["sent"] * 2
    assert len(robot.read) == 2
    assert not any("（重发）" in call.text for call in robot.read)


@contextlib.asynccontextmanager
async def _mute_mail_server() -> AsyncIterator[tuple[str, list[int]]]:
    """A mail server that takes connections and says nothing; gives its address and how often it was called."""
    calls: list[int] = []
    over = asyncio.Event()

    async def silent(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        calls.append(1)
        await over.wait()
        writer.transport.abort()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    try:
        yield f"smtp+plain://127.0.0.1:{server.sockets[0].getsockname()[1]}?from=notice@bihuan.example", calls
    finally:
        over.set()
        server.close()


async def test_a_mail_server_that_says_nothing_takes_no_thread_from_the_text_messages(office: Office) -> None:
    async with _mute_mail_server() as (url, calls), receivers.robot(says(200, b"{}")) as gateway:
        sms = f"json://127.0.0.1:{gateway.port}/sms?:mobile={{mobile}}"
        told = {"mail_url": SecretStr(url), "sms_url": SecretStr(sms)}
        muted = replace(office, settings=office.settings.model_copy(update=told), handles={})
        for kind, post in itertools.product(("person:p-", "post:"), POSTS[:5]):
            await office.reach(f"{kind}{post}", E, f"{len(kind)}@unit.example")
        await office.reach(f"person:p-{POSTS[5]}", S, "13912345678")
        async with dispatching(muted, E, S):
            for post in POSTS[:5]:
                await office.put(post, urgent=True)
            # more at once than a machine of few cores has threads for everybody
            await eventually(lambda: _called(calls, 10))
            await _quickly(muted, POSTS[5])
    assert [call.told["mobile"] for call in gateway.calls] == ["13912345678"]


async def _called(calls: list[int], times: int) -> bool:
    return len(calls) >= times
