"""A worker is frozen while it sends, and thawed when another has its work (F2): nothing is lost, nothing comes twice unmarked."""

import asyncio
import os
import signal

import psutil

from domain.delivery import ChannelName
from tests.delivery import receivers, victim
from tests.delivery.office import Office, dispatching
from tests.delivery.receivers import Call, Robot, Writer
from tests.stack import eventually

W = ChannelName.WECOM
UNITS = ("ec01", "ec02", "ec03")


async def test_who_is_frozen_while_sending_adds_nothing_when_thawed(office: Office) -> None:
    thaw = asyncio.Event()

    async def late(robot: Robot, call: Call, writer: Writer) -> None:
        """Its first answer comes when the one who asked stands still."""
        if len(robot.calls) == 1:
            await thaw.wait()
        await receivers.OK(robot, call, writer)

    async with receivers.robot(late) as asked, receivers.robot() as answered, receivers.robot() as claimed:
        robots = (asked, answered, claimed)
        for unit, robot in zip(UNITS, robots, strict=True):
            await office.reach(f"person:p-{unit}-safety", W, robot.url)
        async with victim.at_work(office, victim.FROZEN, W) as (process, queue):
            cases = await office.put("ec01-safety", urgent=True)
            await asked.came.wait()
            cases += await office.put("ec02-safety", urgent=True)
            await answered.came.wait()
            cases += await office.put("ec03-safety", urgent=True)
            await eventually(lambda: _stands_still(process.pid))
            async with dispatching(office, W, queue=queue):
                states = await office.settled(cases)
                thaw.set()
                os.kill(process.pid, signal.SIGCONT)
                assert await process.wait() == 0
    assert [state for *_, state in states] == ["sent"] * 3
    marked = [["（重发）" in call.text for call in robot.read] for robot in robots]
    # what was asked or answered before comes again, marked; what was only claimed comes once
    assert sorted(marked[0]) == [False, True]
    assert marked[1:] == [[False, True], [True]]
    assert sorted(row["outcome"] for row in await office.attempts()) == ["sent"] * 3 + ["unknown"] * 3
    assert [state for *_, state in await office.states(cases)] == ["sent"] * 3


async def _stands_still(pid: int) -> bool:
    return psutil.Process(pid).status() == psutil.STATUS_STOPPED
