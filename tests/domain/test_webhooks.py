"""When a webhook is tried again, how far a receiver may ask for patience, and what stops a subscription."""

from datetime import UTC, datetime, timedelta

import pytest

from domain import webhooks
from domain.webhooks import Judged, SendOutcome

NOW = datetime(2022, 9, 26, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def _judged(outcome: SendOutcome) -> Judged:
    return Judged(outcome=outcome, took=timedelta())


def test_the_waits_grow_from_seconds_to_hours_and_stay_there() -> None:
    waits = [(webhooks.next_try(tries, None, NOW) - NOW).total_seconds() for tries in range(1, 12)]
    assert waits == [5, 30, 120, 600, 1800, 3600, 7200, 14400, 21600, 21600, 21600]


@pytest.mark.parametrize(
    ("asked", "wait"), [(2, 30), (3600, 3600), (21600, 21600), (10**8, 21600)], ids=lambda value: str(value)
)
def test_a_receiver_may_ask_for_longer_but_not_for_less_nor_for_ever(asked: int, wait: int) -> None:
    assert webhooks.next_try(2, timedelta(seconds=asked), NOW) == NOW + timedelta(seconds=wait)


@pytest.mark.parametrize(
    "outcome", [SendOutcome.GONE, SendOutcome.NOT_ALLOWED, SendOutcome.UNREADABLE_SECRET]
)
def test_what_no_patience_mends_stops_at_once(outcome: SendOutcome) -> None:
    assert webhooks.final(_judged(outcome), NOW, NOW) is outcome


@pytest.mark.parametrize("outcome", [SendOutcome.STATUS, SendOutcome.NO_ANSWER])
def test_what_may_pass_is_tried_for_three_days_and_not_longer(outcome: SendOutcome) -> None:
    assert webhooks.final(_judged(outcome), NOW, NOW + 71 * HOUR) is None
    assert webhooks.final(_judged(outcome), NOW, NOW + 72 * HOUR) is SendOutcome.EXHAUSTED
    assert webhooks.final(_judged(SendOutcome.ACCEPTED), NOW, NOW + 99 * HOUR) is None
