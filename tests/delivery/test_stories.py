"""What becomes of a notice when the world moves while it waits: people change, acts are done, machines stand still."""

import time
from datetime import timedelta
from functools import partial

import pytest

from domain.delivery import ChannelName
from domain.notices import NoticeKind
from tests.delivery import receivers
from tests.delivery.office import Office, dispatching
from tests.stack import eventually
from tests.stories import bulletins, loop

E, W, D = ChannelName.EMAIL, ChannelName.WECOM, ChannelName.DINGTALK
OLD, NEW, POST = "p-ec01-safety", "p-ec01-head", "ec01-safety"
NIGHT, HOUR, MINUTE = timedelta(hours=14), timedelta(hours=1), timedelta(minutes=1)
SENT = "sent"


async def _replace_holder(office: Office) -> None:
    """From now on somebody else holds the post."""
    now = office.world.clock()
    async with office.world.database.connection() as connection:
        await connection.execute(
            "UPDATE holders SET valid_to = $1 WHERE post_id = $2 AND valid_to > $1", now, POST
        )
        await connection.execute("INSERT INTO holders VALUES ($1, $2, $3)", POST, NEW, now)


async def _put_back(office: Office) -> None:
    async with office.world.database.connection() as connection:
        await connection.execute("DELETE FROM holders WHERE post_id = $1 AND person_id = $2", POST, NEW)
        await connection.execute("UPDATE holders SET valid_to = 'infinity' WHERE post_id = $1", POST)


async def _both_reached(office: Office) -> None:
    await office.reach(f"person:{OLD}", E, "old@unit.example")
    await office.reach(f"person:{NEW}", E, "new@unit.example")


async def test_a_holder_replaced_one_minute_before_gets_nothing_and_the_new_one_does(office: Office) -> None:
    await _both_reached(office)
    at = office.world.clock() + 2 * HOUR
    try:
        async with dispatching(office, E):
            cases = await office.put(POST, NoticeKind.ESCALATION, leaves_at=at)
            await office.until(at - MINUTE)
            await _replace_holder(office)
            await office.until(at)
            assert await office.settled(cases) == [(f"person:{NEW}", "email", SENT)]
    finally:
        await _put_back(office)
    assert [mail["To"] for mail in office.box.mails] == ["new@unit.example"]
    (row,) = await office.rows(cases)
    assert NEW in row["reason"]
    assert f"此前：{OLD}" in row["reason"]


async def test_a_message_that_waits_for_the_morning_goes_to_whoever_holds_the_post_then(
    office: Office,
) -> None:
    await _both_reached(office)
    await office.wind(NIGHT)
    opening = office.world.clock().replace(hour=0, minute=30, second=0) + timedelta(days=1)
    try:
        async with dispatching(office, E):
            cases = await office.put(POST, NoticeKind.WORK)
            await office.settled(await office.put(POST, urgent=True))
            assert await office.states(cases) == [(f"person:{OLD}", "email", "pending")]
            await _replace_holder(office)
            await office.until(opening + MINUTE)
            expected = [(f"person:{NEW}", "email", SENT), (f"person:{OLD}", "email", "superseded")]

            async def handed_on() -> bool:
                return await office.states(cases) == expected

            await eventually(handed_on)
    finally:
        await _put_back(office)
    assert [mail["To"] for mail in office.box.mails] == ["old@unit.example", "new@unit.example"]


@pytest.mark.parametrize(
    "acts", [((loop.STAFF, "start"), (loop.STAFF, "submit")), ((loop.OFFICE, "reassign"),)]
)
async def test_after_an_act_is_on_record_nothing_that_was_queued_for_its_step_leaves(
    office: Office, acts: tuple[tuple[str, str], ...]
) -> None:
    await office.reach(f"person:{OLD}", E, "old@unit.example")
    world = office.world
    await office.wind(NIGHT)
    opening = world.clock().replace(hour=0, minute=30, second=0) + timedelta(days=1)
    async with dispatching(office, E):
        case = (await world.report())["id"]
        await loop.do(world, loop.FINDER, case, "confirm")
        await loop.do(world, loop.OFFICE, case, "assign")
        await office.settled(await office.put(POST, urgent=True))
        assert [state for *_, state in await office.states([case])] == ["pending"]
        for person, action in acts:
            await loop.do(world, person, case, action)
        await office.until(opening + MINUTE)
        assert {state for *_, state in await office.settled([case])} == {"moot"}
    assert all("办理（第" in row["outcome"] for row in await office.rows([case]))
    assert all(case not in text for text in office.box.texts())


async def test_of_a_bulletin_that_was_reviewed_at_night_nobody_is_asked_for_the_review_in_the_morning(
    office: Office,
) -> None:
    await office.reach(f"person:{bulletins.OFFICE}", E, "office@unit.example")
    world = office.world
    await office.wind(NIGHT)
    opening = world.clock().replace(hour=0, minute=30, second=0) + timedelta(days=1)
    async with dispatching(office, E):
        draft = (await bulletins.drafted(world, await bulletins.listed(world)))["id"]
        await bulletins.decided(world, draft)
        await office.settled(await office.put(POST, urgent=True))
        assert [state for *_, state in await office.states([draft])] == ["pending"]
        await bulletins.do(world, bulletins.OFFICE, draft, "review")
        await office.until(opening + MINUTE)
        assert {state for *_, state in await office.settled([draft])} == {"moot"}
    assert office.box.texts("office@unit.example") == []


async def test_a_matter_that_turns_out_graver_at_night_is_told_at_once(office: Office) -> None:
    await office.reach(f"person:{OLD}", E, "old@unit.example")
    world = office.world
    async with dispatching(office, E):
        case = (await world.report())["id"]
        await loop.do(world, loop.FINDER, case, "confirm")
        await loop.do(world, loop.OFFICE, case, "assign")
        await eventually(partial(_told_times, office, 1))
        await office.wind(NIGHT)
        began = time.monotonic()
        await loop.do(world, loop.CHECKER, case, "regrade")
        await eventually(partial(_told_times, office, 2))
        assert time.monotonic() - began < 30
    assert all(case in text for text in office.box.texts("old@unit.example"))


async def _told_times(office: Office, times: int) -> bool:
    return len(office.box.mails) == times


async def test_after_an_outage_of_a_day_everything_due_leaves_once_in_order_marked_late(
    office: Office,
) -> None:
    await office.reach(f"person:{OLD}", E, "old@unit.example")
    began = office.world.clock()
    cases = []
    for hour in range(5):
        cases += await office.put(POST, at=began + hour * HOUR)
    office.world.clock.ahead += timedelta(hours=26)
    async with dispatching(office, E):
        assert await office.settled(cases) == [(f"person:{OLD}", "email", SENT)] * 5
    (text,) = office.box.texts()
    lines = [line for line in text.splitlines() if "逾期" in line]
    assert [line.split("】")[1].split()[0] for line in lines] == cases
    assert all("（迟发）" in line for line in lines)


async def test_what_was_taken_note_of_is_not_sent(office: Office) -> None:
    await office.reach(f"person:{OLD}", E, "old@unit.example")
    await office.wind(NIGHT)
    async with dispatching(office, E):
        cases = await office.put(POST)
        await office.settled(await office.put(POST, urgent=True))
        await office.acknowledge(cases[0])
        await office.wind(timedelta(hours=10))
        assert await office.settled(cases) == [(f"person:{OLD}", "email", "moot")]


async def test_muting_keeps_the_telephone_quiet_and_nothing_else(office: Office) -> None:
    contact = await office.reach(f"person:{OLD}", E, "old@unit.example")
    await office.contacts.mute(contact, office.world.clock() + HOUR)
    async with dispatching(office, E):
        usual = await office.put(POST)
        graver = await office.put(POST, NoticeKind.ESCALATION)
        assert await office.settled(usual) == [(f"person:{OLD}", "email", "muted")]
        assert await office.settled(graver) == [(f"person:{OLD}", "email", SENT)]
    assert [row["state"] for row in await office.rows(usual, channel="inbox")] == [SENT]


async def test_notices_of_a_vacant_post_wait_for_whoever_takes_it(office: Office) -> None:
    await _both_reached(office)
    async with office.world.database.connection() as connection:
        await connection.execute(
            "UPDATE holders SET valid_to = $1 WHERE post_id = $2", office.world.clock(), POST
        )
    try:
        async with dispatching(office, E):
            cases = await office.put(POST)
            await office.settled(await office.put("ec01-head", urgent=True))
            assert await office.rows(cases) == []
            await _replace_holder(office)
            await office.wind(MINUTE)
            assert await office.settled(cases) == [(f"person:{NEW}", "email", SENT)]
    finally:
        await _put_back(office)


async def test_the_throttles_of_the_robots_are_kept_and_lose_nothing(office: Office) -> None:
    async with receivers.robot(receivers.wecom) as wecom, receivers.robot(receivers.dingtalk) as dingtalk:
        wecom.clock = dingtalk.clock = lambda: office.world.clock().timestamp()
        await office.reach(f"person:{OLD}", W, wecom.url)
        await office.reach(f"person:{NEW}", D, dingtalk.url)
        cases: list[str] = []
        async with dispatching(office, W, D):
            for number in range(25):
                cases += await office.put(POST, urgent=True) + await office.put("ec01-head", urgent=True)
                if number < 18:
                    await office.settled(cases[-2:])
            await office.wind(timedelta(seconds=61))
            states = await office.settled(cases)
    assert {state for *_, state in states} == {SENT}
    for robot in (wecom, dingtalk):
        assert 18 < len(robot.calls) == len(robot.read) <= 20
    assert all(any(case in call.text for call in wecom.read + dingtalk.read) for case in cases)


async def _failed_once(office: Office) -> bool:
    return [row["code"] for row in await office.attempts()] == ["code_130101"]


async def test_a_robot_that_throttles_all_the_same_is_left_alone_as_long_as_it_asks(office: Office) -> None:
    async with receivers.robot(receivers.dingtalk) as robot:
        robot.clock = lambda: office.world.clock().timestamp()
        robot.banned_until = robot.clock() + 600
        await office.reach(f"person:{OLD}", D, robot.url)
        async with dispatching(office, D):
            first = await office.put(POST, urgent=True)
            await eventually(partial(_failed_once, office))
            for _ in range(3):
                await office.wind(timedelta(minutes=3))
            await office.settled(await office.put("ec03-head", urgent=True))
            assert len(robot.calls) == 1
            await office.wind(timedelta(minutes=2))
            assert await office.settled(first) == [(f"person:{OLD}", "dingtalk", SENT)]
    assert len(robot.calls) == 2
