"""Events reach a subscriber signed, in order per case and all of them, though it was away for a day."""

from datetime import timedelta

from tests.harness import World
from tests.outgoing.receiver import receiving
from tests.webhooks import receiving as hooks
from tests.webhooks.receiving import by_case, check_signatures, subscribed, told


async def test_what_happens_arrives_at_once_in_order_per_case_and_signed(hooked: World) -> None:
    async with receiving() as there, subscribed(hooked, there.url()) as hook:
        expected = await told(hooked, 3, 3)
        came = await there.until(9)
        assert by_case(came) == expected
        check_signatures(hook, came)
        assert {one.headers["content-type"] for one in came} == {
            "application/cloudevents+json; charset=utf-8"
        }
        await hooks.until(hooked, hook, pending=0, blocked=0, state="active")


async def test_a_receiver_that_was_down_for_a_day_gets_every_event_later(hooked: World) -> None:
    port = hooks.free_port()
    async with subscribed(hooked, f"http://127.0.0.1:{port}/hook") as hook:
        expected = await told(hooked, 3, 2)
        await hooks.until(hooked, hook, pending=6, blocked=3)
        for _ in range(24):
            await hooks.pass_time(hooked, hook, timedelta(hours=1))
        more = await told(hooked, 1, 2)
        async with receiving(port=port) as there:
            await hooks.pass_time(hooked, hook, timedelta(hours=7))
            came = await there.until(8)
            assert by_case(came) == expected | more
            check_signatures(hook, came)
            await hooks.until(hooked, hook, pending=0, blocked=0, state="active")
        tries = [one["attempts"] for one in await hooks.log(hooked, hook, state="delivered", limit=3)]
        assert len(tries) == 8
        assert max(tries) > 8
