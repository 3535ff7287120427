"""Subscriptions as an administrator keeps them: allowed addresses, pausing, replay, a test send."""

from tests.harness import World
from tests.outgoing.receiver import receiving, status
from tests.webhooks import receiving as hooks
from tests.webhooks.receiving import OFFICE, by_case, check_signatures, subscribed, told

UNIT = "p-ec01-safety"
REFUSED, INVALID = (409, "address_refused"), (422, "invalid_request")


async def test_an_address_that_may_not_be_sent_to_is_refused_where_it_is_entered(hooked: World) -> None:
    own = hooked.settings.temporal_address
    for url in (
        f"http://{own}/",
        "http://127.0.0.1:5432/",
        "http://169.254.169.254/latest",
        "https://203.0.113.7/x",
        "ftp://hooks.example.cn/x",
        "http://a@127.0.0.1/x",
    ):
        answer = await hooked.post(OFFICE, "/v1/webhooks", {"name": "坏地址", "url": url})
        assert (answer.status_code, answer.json()["code"]) in (REFUSED, INVALID), url
    assert all(one["name"] != "坏地址" for one in (await hooked.get(OFFICE, "/v1/webhooks")).json())


async def test_a_name_that_nobody_knows_yet_is_kept_with_a_warning(hooked: World) -> None:
    async with subscribed(hooked, "https://hooks.invalid/x") as hook:
        assert hook["warning"] == "此刻域名无法解析，事件将积存并反复重试"


async def test_a_unit_keeps_no_subscription_and_sees_none(hooked: World) -> None:
    answer = await hooked.post(UNIT, "/v1/webhooks", {"name": "我的", "url": "http://127.0.0.1:1/"})
    assert (answer.status_code, answer.json()["code"]) == (403, "role_required")
    assert (await hooked.get(UNIT, "/v1/webhooks")).status_code == 403


async def test_a_repeated_registration_is_one_and_shows_the_secret_once(hooked: World) -> None:
    async with receiving() as there:
        body = {"name": "一次", "url": there.url(), "kinds": ["bulletin"]}
        first = await hooked.post(OFFICE, "/v1/webhooks", body, "hook-once")
        again = await hooked.post(OFFICE, "/v1/webhooks", body, "hook-once")
        assert again.headers["Idempotency-Replayed"] == "true"
        assert (again.json()["id"], again.json()["secret"]) == (first.json()["id"], None)
        assert first.json()["secret"].startswith("whsec_")
        assert "secret" not in await hooks.standing(hooked, first.json())
        await hooks.do(hooked, first.json(), "remove")


async def test_what_happens_during_a_pause_is_sent_after_it(hooked: World) -> None:
    async with receiving() as there, subscribed(hooked, there.url()) as hook:
        assert (await hooks.do(hooked, hook, "pause")).json()["state"] == "paused"
        expected = await told(hooked, 2, 2)
        assert there.requests == []
        assert (await hooks.do(hooked, hook, "resume", skip_tried=False)).status_code == 200
        assert by_case(await there.until(4)) == expected


async def test_a_replay_sends_everything_from_a_cursor_once_more_with_the_same_ids(hooked: World) -> None:
    async with receiving() as there, subscribed(hooked, there.url()) as hook:
        expected = await told(hooked, 2, 2)
        await there.until(4)
        await hooks.until(hooked, hook, pending=0)
        assert (await hooks.do(hooked, hook, "replay", cursor=hook["cursor"])).status_code == 200
        await there.until(8)
        assert by_case(there.requests[4:]) == expected
        check_signatures(hook, there.requests)
        await hooks.until(hooked, hook, pending=0)
        assert [one["generation"] for one in await hooks.log(hooked, hook)] == [1, 2] * 4
        refused = await hooks.do(hooked, hook, "replay", cursor="999999999")
        assert (refused.status_code, refused.json()["code"]) == (409, "cursor_unknown")


async def test_a_test_send_tells_how_the_receiver_answered(hooked: World) -> None:
    async with receiving(status(401)) as there, subscribed(hooked, there.url()) as hook:
        tested = (await hooks.do(hooked, hook, "test")).json()
        assert (tested["outcome"], tested["status"]) == ("status", 401)
        there.answer = status(204)
        assert (await hooks.do(hooked, hook, "test")).json()["outcome"] == "accepted"
        check_signatures(hook, there.requests)


async def test_a_changed_address_gets_what_is_pending(hooked: World) -> None:
    async with receiving() as there, subscribed(hooked, f"http://127.0.0.1:{hooks.free_port()}/") as hook:
        expected = await told(hooked, 1, 2)
        await hooks.until(hooked, hook, pending=2, blocked=1)
        body = {"name": "新地址", "url": there.url(), "kinds": ["hazard"]}
        assert (await hooked.put(OFFICE, f"/v1/webhooks/{hook['id']}", body)).status_code == 200
        assert (await hooks.do(hooked, hook, "resume", skip_tried=False)).status_code == 200
        assert by_case(await there.until(2)) == expected
