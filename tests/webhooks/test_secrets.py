"""The secret of a subscription: replaced when it got out, sealed, and told once."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from adapters.postgres import sealed_columns
from adapters.postgres.webhooks import PostgresWebhooks
from adapters.webhook_posts import WebhookPosts
from domain.events import Event, EventKind
from domain.webhooks import SendOutcome
from services import bootstrap, clock, keys
from services.keys import Ring
from tests.harness import Json, World
from tests.outgoing.receiver import Request, receiving
from tests.webhooks import receiving as hooks
from tests.webhooks.receiving import OFFICE, check_signatures, subscribed, told


async def _replaced(hooked: World, hook: Json, key: str | None = None, **body: int) -> Json:
    answer = await hooked.post(OFFICE, f"/v1/webhooks/{hook['id']}/secret", body, key)
    assert answer.status_code == 200, answer.text
    replaced: Json = answer.json()
    return replaced


def _signed_by(secret: str, request: Request) -> bool:
    try:
        Webhook(secret).verify(request.body, request.headers)
    except WebhookVerificationError:
        return False
    return True


async def test_a_receiver_may_change_over_while_old_and_new_secret_sign(hooked: World) -> None:
    async with receiving() as there, subscribed(hooked, there.url()) as hook:
        new = await _replaced(hooked, hook, overlap_hours=24)
        assert new["secret"] != hook["secret"]
        await told(hooked, 1, 2)
        for request in await there.until(2):
            assert _signed_by(hook["secret"], request)
            assert _signed_by(new["secret"], request)
        seen = await hooks.standing(hooked, hook)
        assert (seen["former_until"], seen["secret_at"]) == (new["former_until"], new["secret_at"])


async def test_when_the_time_is_over_only_the_new_secret_signs(hooked: World) -> None:
    async with receiving() as there, subscribed(hooked, there.url()) as hook:
        await _replaced(hooked, hook, overlap_hours=24)
        subscription = await PostgresWebhooks(hooked.database).one(hook["id"])
        assert subscription.former_until is not None
        for before, signatures in ((timedelta(seconds=1), 2), (timedelta(), 1)):
            at = subscription.former_until - before
            posts = bootstrap.posts(hooked.settings, partial(datetime.fromtimestamp, at.timestamp(), UTC))
            await posts.send(subscription, _event(hook), 1)
            assert len(there.requests[-1].headers["webhook-signature"].split()) == signatures


async def test_a_secret_that_got_out_signs_nothing_any_more(hooked: World) -> None:
    async with receiving() as there, subscribed(hooked, there.url()) as hook:
        new = await _replaced(hooked, hook, overlap_hours=0)
        assert new["former_until"] is None
        await told(hooked, 1, 1)
        (request,) = await there.until(1)
        assert _signed_by(new["secret"], request)
        assert not _signed_by(hook["secret"], request)


async def test_a_repeated_replacement_is_one_and_shows_the_secret_once(hooked: World) -> None:
    async with receiving() as there, subscribed(hooked, there.url()) as hook:
        first = await _replaced(hooked, hook, "replace-once", overlap_hours=1)
        again = await _replaced(hooked, hook, "replace-once", overlap_hours=1)
        assert again == first | {"secret": None}
        await hooks.do(hooked, hook, "test")
        assert _signed_by(first["secret"], there.requests[-1])


@pytest.mark.parametrize("hours", [-1, 169, 1.5, "1", None])
async def test_an_overlap_that_is_none_is_refused(hooked: World, hours: object) -> None:
    async with receiving() as there, subscribed(hooked, there.url()) as hook:
        path = f"/v1/webhooks/{hook['id']}/secret"
        answer = await hooked.post(OFFICE, path, {"overlap_hours": hours})
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
        assert (await hooked.post("p-ec01-safety", path, {"overlap_hours": 1})).status_code == 403
        assert (await hooks.standing(hooked, hook))["secret_at"] == hook["secret_at"]


async def test_secrets_that_were_sealed_anew_sign_as_before(hooked: World) -> None:
    old = keys.read(hooked.settings.sealing_keys.get_secret_value())
    made = keys.made("hooks-new")
    async with receiving() as there, subscribed(hooked, there.url()) as hook:
        new = await _replaced(hooked, hook, overlap_hours=1)
        await sealed_columns.reseal(hooked.database, Ring(keys=made.keys | old.keys).sealer())
        try:
            subscription = await PostgresWebhooks(hooked.database).one(hook["id"])
            posts = WebhookPosts(bootstrap.outgoing(hooked.settings), made.sealer(), clock.real)
            assert (await posts.send(subscription, _event(hook), 1)).outcome is SendOutcome.ACCEPTED
            check_signatures(hook, there.requests)
            check_signatures(new, there.requests)
            lost = WebhookPosts(bootstrap.outgoing(hooked.settings), old.sealer(), clock.real)
            assert (await lost.send(subscription, _event(hook), 1)).outcome is SendOutcome.UNREADABLE_SECRET
            assert lost.retired(subscription) is None
        finally:
            await sealed_columns.reseal(hooked.database, Ring(keys=old.keys | made.keys).sealer())


def _event(hook: Json) -> Event:
    return Event(
        position=0,
        id="T.1",
        kind=EventKind.WEBHOOK,
        action="test",
        subject=hook["id"],
        seq=1,
        at=clock.real(),
        unit_id=None,
        unit_name=None,
        data={},
    )
