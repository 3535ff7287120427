"""Robots of groups: of a team and of an area (片区群机器人), set up by the office, told of the units that belong to them."""

import re
from datetime import timedelta

from domain.delivery import ChannelName
from tests.delivery import receivers
from tests.delivery.office import Office, dispatching
from tests.delivery.receivers import Robot, says

W, D, F = ChannelName.WECOM, ChannelName.DINGTALK, ChannelName.FEISHU
HEAD, NORTH, SOUTH = "p-office", "area:north-town", "area:south-town"
OK = says(200, b'{"errcode": 0, "code": 0}')


async def _join(office: Office, robot: Robot, owner: str, channel: ChannelName) -> None:
    """The office registers a robot, reads the code in its group, and verifies it."""
    body = {"owner": owner, "channel": channel.value, "address": robot.url}
    point = (await office.world.post(HEAD, "/v1/contact-points", body)).json()["id"]
    path = f"/v1/contact-points/{point}"
    assert (await office.world.post(HEAD, f"{path}/code", None)).status_code == 200
    found = re.search(r"\d{6}", robot.calls[-1].text)
    assert found is not None
    verified = await office.world.post(HEAD, f"{path}/verify", {"code": found[0]})
    assert verified.json()["verified_at"] is not None
    assert (await office.world.post(HEAD, f"{path}/test", None)).status_code == 200
    assert "测试消息" in robot.calls[-1].text
    robot.calls.clear()


async def test_an_area_hears_of_its_own_units_and_posts_by_the_robot_of_its_group(office: Office) -> None:
    async with receivers.robot(OK) as north, receivers.robot(OK) as south:
        await _join(office, north, NORTH, W)
        await _join(office, south, SOUTH, F)
        async with dispatching(office, W, F):
            of_unit, of_post = await office.put("ec05-safety"), await office.put("north-town-lead")
            elsewhere, nobody = await office.put("ec06-safety"), await office.put("ec01-safety")
            assert await office.settled([*of_unit, *of_post]) == [(NORTH, "wecom", "sent")] * 2
            assert await office.settled(elsewhere) == [(SOUTH, "feishu", "sent")]
            assert await office.settled(nobody) == []
    told = [" ".join(call.text for call in robot.calls) for robot in (north, south)]
    assert all(case in told[0] for case in (*of_unit, *of_post))
    assert [elsewhere[0] in text for text in told] == [False, True]
    assert not any(nobody[0] in text for text in told)


async def test_a_burst_in_an_area_is_one_message_in_its_group_and_waits_for_no_other_group(
    office: Office,
) -> None:
    async with receivers.robot(receivers.dingtalk) as north, receivers.black_hole() as south:
        north.clock = lambda: office.world.clock().timestamp()
        await office.reach(NORTH, D, north.url)
        await office.reach(SOUTH, D, south.url)
        async with dispatching(office, D):
            stuck = await office.put("ec06-safety", urgent=True)
            await south.came.wait()
            cases = await office.put("ec05-safety", count=40)
            assert {state for *_, state in await office.settled(cases)} == {"sent"}
            assert (await office.states(stuck))[0][2] == "sending"
    assert len(north.read) <= 2
    assert all(any(case in call.text for call in north.read) for case in cases)


async def test_a_robot_of_two_areas_is_one_receiver_that_is_throttled_as_one(office: Office) -> None:
    async with receivers.robot(receivers.dingtalk) as robot:
        robot.clock = lambda: office.world.clock().timestamp()
        await office.reach(NORTH, D, robot.url)
        await office.reach(SOUTH, D, robot.url)
        cases: list[str] = []
        async with dispatching(office, D):
            for number in range(24):
                cases += await office.put("ec06-safety" if number % 2 else "ec05-safety", urgent=True)
                if number < 18:
                    await office.settled(cases[-1:])
            await office.wind(timedelta(seconds=61))
            assert {state for *_, state in await office.settled(cases)} == {"sent"}
    assert len(robot.calls) == len(robot.read)
    assert all(any(case in call.text for call in robot.read) for case in cases)


async def test_a_robot_that_left_its_group_is_followed_by_the_next_one_of_the_area(office: Office) -> None:
    async with receivers.robot(says(200, b'{"errcode": 93000}')) as gone, receivers.robot() as other:
        await office.reach(NORTH, W, gone.url)
        await office.reach(NORTH, D, other.url)
        async with dispatching(office, W, D):
            cases = await office.put("ec05-safety")
            assert await office.settled(cases) == [(NORTH, "dingtalk", "sent"), (NORTH, "wecom", "failed")]
    assert (len(gone.calls), len(other.read)) == (1, 1)
