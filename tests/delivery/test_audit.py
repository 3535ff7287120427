"""The auditor recomputes from the record what should have been sent: nothing missing, nothing extra, or the list."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import asyncpg
import pytest

from domain.delivery import ChannelName
from domain.delivery.auditing import Flaw
from services.cli import notices
from tests.delivery import receivers
from tests.delivery.office import Office, dispatching
from tests.delivery.receivers import says
from tests.stories import loop

E, W = ChannelName.EMAIL, ChannelName.WECOM
STAFF, POST, BOX = "person:p-ec01-safety", "ec01-safety", "ec01@unit.example"
HOUR = timedelta(hours=1)


async def test_a_case_that_went_its_way_was_told_exactly_as_its_record_says(office: Office) -> None:
    await office.reach(STAFF, E, BOX)
    world = office.world
    async with receivers.robot() as robot, dispatching(office, E, W):
        await office.reach("team:team-1", W, robot.url)
        case = (await world.report())["id"]
        await loop.do(world, loop.FINDER, case, "confirm")
        await loop.do(world, loop.OFFICE, case, "assign")
        await loop.do(world, loop.STAFF, case, "start")
        await office.settled([case])
        await loop.do(world, loop.STAFF, case, "submit")
        await loop.do(world, loop.CHECKER, case, "pass")
        await office.settled([case])
    await office.sound()


async def test_after_an_hour_without_a_worker_nothing_is_missing_and_nothing_extra(office: Office) -> None:
    await office.reach(STAFF, E, BOX)
    async with dispatching(office, E):
        await office.settled(await office.put(POST))
    cases = await office.put(POST, count=5)
    office.world.clock.ahead += HOUR
    async with dispatching(office, E):
        await office.settled(cases)
    await office.sound()


async def test_a_fallback_a_repeat_and_a_person_replaced_are_right_as_they_are(office: Office) -> None:
    async with receivers.robot(says(200, b'{"errcode": 93000}')) as robot:
        await office.reach(STAFF, W, robot.url)
        await office.reach(STAFF, E, BOX)
        async with dispatching(office, W, E):
            await office.settled(await office.put(POST))
            robot.answer = receivers.reset
            await office.settled(await office.put(POST, urgent=True))
    await office.sound()


async def _lose_from_queue(owner: asyncpg.Connection, _case: str) -> str:
    await owner.execute("DELETE FROM notice_routes")
    await owner.execute("DELETE FROM deliveries")
    return "到时后没有寻址"


async def _lose_a_row(owner: asyncpg.Connection, _case: str) -> str:
    await owner.execute("DELETE FROM deliveries WHERE channel = 'email'")
    return "没有走电子邮件"


async def _lose_the_inbox(owner: asyncpg.Connection, _case: str) -> str:
    await owner.execute("DELETE FROM deliveries WHERE channel = 'inbox'")
    return "站内通知"


async def _call_it_acted_on(owner: asyncpg.Connection, _case: str) -> str:
    await owner.execute("UPDATE deliveries SET state = 'moot' WHERE channel = 'email'")
    return "留痕中没有办理"


async def _call_it_handed_on(owner: asyncpg.Connection, _case: str) -> str:
    await owner.execute("UPDATE deliveries SET state = 'superseded' WHERE channel = 'email'")
    return "其时仍在岗"


async def _let_it_wait(owner: asyncpg.Connection, _case: str) -> str:
    await owner.execute("UPDATE deliveries SET state = 'pending' WHERE channel = 'email'")
    return "到时仍未发出"


async def _give_it_up(owner: asyncpg.Connection, _case: str) -> str:
    await owner.execute("UPDATE deliveries SET state = 'failed' WHERE channel = 'email'")
    return "各渠道均未送达"


MISSING = (
    _lose_from_queue,
    _lose_a_row,
    _lose_the_inbox,
    _call_it_acted_on,
    _call_it_handed_on,
    _let_it_wait,
    _give_it_up,
)


async def _send_twice(owner: asyncpg.Connection, _case: str) -> str:
    await owner.execute(
        "INSERT INTO delivery_attempts (bundle_id, number, channel, contact_id, epoch, at, items, resent, outcome) "
        "SELECT bundle_id, 2, channel, contact_id, epoch, at, items, false, 'sent' FROM delivery_attempts"
    )
    return "没有标明重发"


async def _send_early(owner: asyncpg.Connection, _case: str) -> str:
    await owner.execute("UPDATE delivery_attempts SET at = at - interval '1 hour'")
    return "早于规定的时间"


async def _send_to_a_stranger(owner: asyncpg.Connection, _case: str) -> str:
    await owner.execute(
        "INSERT INTO deliveries SELECT (jsonb_populate_record(NULL::deliveries, to_jsonb(d) || "
        '\'{"key": "k", "recipient": "person:p-ec02-safety"}\')).* FROM deliveries AS d '
        "WHERE channel = 'email' LIMIT 1"
    )
    await owner.execute("UPDATE delivery_attempts SET items = items || 'k'::text")
    return "收件人并不在岗"


async def _send_after_the_act(owner: asyncpg.Connection, case: str) -> str:
    await owner.execute(
        "INSERT INTO notice_acks (notice_id, at, person_id, post_id) "
        "SELECT notice_id, queued_at - interval '1 minute', 'p', post_id FROM deliveries WHERE channel = 'email'"
    )
    return "办理之后仍然发出"


EXTRA = (_send_twice, _send_early, _send_to_a_stranger, _send_after_the_act)
Tamper = Callable[[asyncpg.Connection, str], Awaitable[str]]


@pytest.mark.parametrize(
    ("tamper", "flaw"), [*((one, Flaw.MISSING) for one in MISSING), *((one, Flaw.EXTRA) for one in EXTRA)]
)
async def test_every_way_to_lose_or_to_add_a_message_is_found(
    office: Office, tamper: Tamper, flaw: Flaw
) -> None:
    await office.reach(STAFF, E, BOX)
    async with dispatching(office, E):
        await office.settled(await office.put(POST))
        (case,) = await office.put(POST)
        await office.settled([case])
    await office.sound()
    owner = await asyncpg.connect(office.owner_url)
    said = await tamper(owner, case)
    await owner.close()
    findings = await office.audited()
    assert any(one.flaw is flaw and said in one.sentence for one in findings), findings


async def test_a_notice_that_the_outbox_lost_or_that_nobody_decided_is_found(office: Office) -> None:
    async with dispatching(office):
        case = (await office.world.report())["id"]
        await office.settled([case])
    await office.sound()
    owner = await asyncpg.connect(office.owner_url)
    await owner.execute("UPDATE notices SET post_id = 'office' WHERE case_id = $1", case)
    await owner.close()
    sentences = {one.sentence.partition("（")[0] for one in await office.audited()}
    assert sentences >= {"留痕应有的通知不在待发表中", "待发表中的通知没有留痕依据"}


async def test_the_command_says_that_nothing_is_missing_or_lists_what_is(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    office.world.clock.ahead = timedelta()
    async with dispatching(office):
        (case,) = await office.put(POST, at=office.world.clock() - 2 * HOUR)
        await office.settled([case])
    await asyncio.to_thread(notices.audit, office.settings, 1)
    said = capsys.readouterr().out
    assert case not in "".join(line for line in said.splitlines() if "漏发　" in line)
    owner = await asyncpg.connect(office.owner_url)
    await owner.execute("DELETE FROM deliveries WHERE case_id = $1", case)
    await owner.close()
    assert not await asyncio.to_thread(notices.audit, office.settings, 1)
    assert f"漏发　{case}.2.1" in capsys.readouterr().out
