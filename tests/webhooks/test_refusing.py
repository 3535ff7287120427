"""Receivers that refuse: as a whole, some cases only, or by asking for patience."""

from datetime import UTC, datetime, timedelta

import pytest

from adapters.postgres.webhooks import PostgresWebhooks
from domain.events import Event, EventKind
from domain.webhooks import Judged, SendOutcome
from services import bootstrap, clock
from services.settings import Settings
from tests.harness import Json, World
from tests.outgoing.receiver import Receiver, receiving, status
from tests.stack import eventually
from tests.webhooks import receiving as hooks
from tests.webhooks.receiving import by_case, subscribed, told


async def test_many_refused_cases_have_the_receiver_left_alone_and_starve_no_other(hooked: World) -> None:
    async with receiving(status(500)) as there, subscribed(hooked, there.url()) as hook:
        await hooks.do(hooked, hook, "pause")
        refused, others = await told(hooked, 18, 1), await told(hooked, 2, 2)
        there.answer = hooks.only(refused, status(500), status(200))
        await hooks.do(hooked, hook, "resume", skip_tried=False)
        await there.until(8)
        await hooks.pass_time(hooked, hook, timedelta(seconds=6))
        await eventually(lambda: _arrived(there, others))
        seen = await hooks.until(hooked, hook, pending=18, blocked=18, state="active")
        assert seen["next_at"] is not None
        first = {
            one["subject"]: _at(one)
            for one in await hooks.log(hooked, hook)
            if one["event_id"].endswith(".1")
        }
        rest = min(first[case] for case in others) - min(first[case] for case in refused)
        assert rest >= timedelta(seconds=4)


async def _arrived(there: Receiver, wanted: dict[str, list[str]]) -> bool:
    came = by_case(there.requests)
    return {case: came.get(case) for case in wanted} == wanted


def _at(delivery: Json) -> datetime:
    return datetime.fromisoformat(delivery["latest"][-1]["at"])


@pytest.mark.parametrize(
    ("asked", "heard"), [("3600", timedelta(hours=1)), ("soon", None), ("-5", None), ("9" * 30, None)]
)
async def test_a_wait_in_seconds_is_heard_and_nonsense_is_not(
    hooked: World, asked: str, heard: timedelta | None
) -> None:
    async with receiving(status(429, Retry_After=asked)) as there, subscribed(hooked, there.url()) as hook:
        judged = await _sent(hooked, hook, hooked.settings)
        assert (judged.outcome, judged.status, judged.asked) == (SendOutcome.STATUS, 429, heard)


async def test_an_address_that_is_no_longer_allowed_is_sent_nothing(hooked: World) -> None:
    async with receiving() as there, subscribed(hooked, there.url()) as hook:
        without = hooked.settings.model_copy(update={"outgoing_loopback": False})
        assert (await _sent(hooked, hook, without)).outcome is SendOutcome.NOT_ALLOWED
        assert there.connections == 0


async def _sent(hooked: World, hook: Json, settings: Settings) -> Judged:
    subscription = await PostgresWebhooks(hooked.database).one(hook["id"])
    event = Event(
        position=1,
        id="T.1",
        kind=EventKind.WEBHOOK,
        action="test",
        subject=hook["id"],
        seq=1,
        at=datetime(2026, 1, 1, tzinfo=UTC),
        unit_id=None,
        unit_name=None,
        data={},
    )
    return await bootstrap.posts(settings, clock.real).send(subscription, event, 1)
