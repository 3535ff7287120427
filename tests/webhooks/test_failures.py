"""Receivers that are wrong, slow and hostile: what they do costs their own events a wait and nobody else anything."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.harness import World
from tests.outgoing import receiver
from tests.outgoing.receiver import Answerer, Receiver, receiving, status
from tests.stack import eventually
from tests.webhooks import receiving as hooks
from tests.webhooks.receiving import by_case, check_signatures, subscribed, told

HOSTILE: dict[str, tuple[Callable[[str], Answerer], str]] = {
    "a wrong status": (lambda _: status(500), "status"),
    "a redirect to us": (lambda victim: status(302, Location=victim), "status"),
    "not HTTP": (lambda _: receiver.garbage, "no_answer"),
    "hanging up": (lambda _: receiver.hang_up, "no_answer"),
    "headers without end": (lambda _: receiver.endless_head, "no_answer"),
}


@pytest.mark.parametrize("how", HOSTILE)
async def test_what_is_not_taken_comes_again_with_the_same_id(hooked: World, how: str) -> None:
    answering, outcome = HOSTILE[how]
    async with (
        receiving() as victim,
        receiving(answering(victim.url("/v1/health"))) as there,
        subscribed(hooked, there.url()) as hook,
    ):
        expected = await told(hooked, 1, 2)
        await hooks.until(hooked, hook, pending=2, blocked=1)
        there.answer = status(200)
        await hooks.pass_time(hooked, hook, timedelta(minutes=2))
        await hooks.until(hooked, hook, pending=0, state="active")
        (arrived,) = by_case(there.requests).values()
        assert list(dict.fromkeys(arrived)) == next(iter(expected.values()))
        check_signatures(hook, there.requests)
        first = (await hooks.log(hooked, hook))[0]
        assert {one["outcome"] for one in first["latest"][1:]} == {outcome}
        assert victim.connections == 0


async def test_a_body_without_end_is_left_unread(hooked: World) -> None:
    async with receiving(receiver.endless) as there, subscribed(hooked, there.url()) as hook:
        await told(hooked, 1, 1)
        await there.until(1)
        await hooks.until(hooked, hook, pending=0, blocked=0)


async def test_a_case_that_is_refused_holds_up_no_other(hooked: World) -> None:
    async with receiving(status(500)) as there, subscribed(hooked, there.url()) as hook:
        refused = await told(hooked, 1, 3)
        there.answer = hooks.only(refused, status(500), status(200))
        others = await told(hooked, 3, 3)
        ((number, steps),) = refused.items()
        await eventually(lambda: _arrived(there, others))
        assert set(by_case(there.requests)[number]) == {steps[0]}
        await hooks.until(hooked, hook, pending=3, blocked=1)
        there.answer = status(200)
        await hooks.pass_time(hooked, hook, timedelta(hours=1))
        await hooks.until(hooked, hook, pending=0)
        assert list(dict.fromkeys(by_case(there.requests)[number])) == steps


async def _arrived(there: Receiver, wanted: dict[str, list[str]]) -> bool:
    came = by_case(there.requests)
    return {case: came.get(case) for case in wanted} == wanted


async def test_a_case_that_is_never_answered_holds_up_no_other(hooked: World) -> None:
    async with receiving(receiver.never) as there, subscribed(hooked, there.url()) as hook:
        slow = await told(hooked, 1, 1)
        await there.until(1)
        there.answer = hooks.only(slow, receiver.never, status(200))
        others = await told(hooked, 2, 2)
        await eventually(lambda: _arrived(there, others))
        await hooks.until(hooked, hook, pending=1, blocked=1)


async def test_a_receiver_that_is_gone_is_reported_and_resumed_by_a_person(hooked: World) -> None:
    async with receiving(status(410)) as there, subscribed(hooked, there.url()) as hook:
        expected = await told(hooked, 2, 2)
        seen = await hooks.until(hooked, hook, state="failed", reason="gone")
        assert seen["reason_label"] == "对方答复地址已不存在（410）"
        assert "已停止" in (await hooks.warned(hooked, hook))["webhook_failed"]
        there.answer, before = status(200), len(there.requests)
        await told(hooked, 1, 1)
        assert len(there.requests) == before
        assert (await hooks.do(hooked, hook, "resume", skip_tried=False)).json()["state"] == "active"
        await hooks.until(hooked, hook, pending=0, state="active")
        came = by_case(there.requests[before:])
        assert {case: came[case] for case in expected} == expected
        assert await hooks.warned(hooked, hook) == {}


async def test_after_days_in_vain_it_stops_and_what_was_tried_can_be_given_up(hooked: World) -> None:
    async with receiving(status(503)) as there, subscribed(hooked, there.url()) as hook:
        expected = await told(hooked, 1, 2)
        await hooks.until(hooked, hook, blocked=1)
        await hooks.pass_time(hooked, hook, timedelta(hours=81))
        await hooks.until(hooked, hook, state="failed", reason="exhausted")
        assert 15 < len(there.requests) < 40
        there.answer, before = status(200), len(there.requests)
        assert (await hooks.do(hooked, hook, "resume", skip_tried=True)).status_code == 200
        await hooks.until(hooked, hook, pending=0, state="active")
        ((_, steps),) = expected.items()
        assert [one.headers["webhook-id"] for one in there.requests[before:]] == steps[1:]
        assert [one["state"] for one in await hooks.log(hooked, hook)] == ["skipped", "delivered"]


async def test_one_that_is_refused_for_an_hour_is_warned_of(hooked: World) -> None:
    async with receiving(status(503)) as there, subscribed(hooked, there.url()) as hook:
        await told(hooked, 1, 1)
        await hooks.until(hooked, hook, blocked=1)
        hooked.clock.ahead = timedelta(hours=2)
        try:
            await eventually(lambda: hooks.warned(hooked, hook))
            assert "反复未被接收" in (await hooks.warned(hooked, hook))["webhook_refused"]
        finally:
            hooked.clock.ahead = timedelta()
