"""Fallback: a channel that fails is left for the next one within the step, and the last one is tried for days."""

from dataclasses import replace
from datetime import timedelta

from domain import delivery
from domain.delivery import DEAD_AFTER, Outcome
from tests.delivery.messages import NOON, message

NEXT = Outcome(next_channel=True)


def test_a_permanent_failure_goes_to_the_next_channel_at_once() -> None:
    tried = message(attempts=1, elsewhere=True)
    assert delivery.after_failure(tried, NOON, permanent=True) == NEXT
    assert delivery.after_failure(replace(tried, elsewhere=False), NOON, permanent=True).dead


def test_a_temporary_failure_is_tried_again_before_another_channel_is() -> None:
    tried = message(elsewhere=True)
    for attempts, seconds in ((1, 5), (2, 10), (3, 20)):
        outcome = delivery.after_failure(replace(tried, attempts=attempts), NOON, permanent=False)
        assert outcome == Outcome(again_at=NOON + timedelta(seconds=seconds))
    assert delivery.after_failure(replace(tried, attempts=4), NOON, permanent=False) == NEXT


def test_what_is_urgent_has_less_patience() -> None:
    tried = message(elsewhere=True, urgent=True, attempts=2)
    assert delivery.after_failure(tried, NOON, permanent=False) == NEXT


def test_a_robot_that_bans_for_ten_minutes_is_not_waited_for_where_there_is_another_channel() -> None:
    ban, tried = timedelta(minutes=10), message(attempts=1)
    elsewhere = delivery.after_failure(replace(tried, elsewhere=True), NOON, permanent=False, retry_after=ban)
    alone = delivery.after_failure(tried, NOON, permanent=False, retry_after=ban)
    assert (elsewhere, alone) == (NEXT, Outcome(again_at=NOON + ban))


def test_the_last_channel_is_tried_every_half_minute_for_days_and_only_then_given_up() -> None:
    tried = message(attempts=500, queued_at=NOON)
    later = NOON + DEAD_AFTER - timedelta(seconds=1)
    assert delivery.after_failure(tried, later, permanent=False).again_at == later + timedelta(seconds=30)
    assert delivery.after_failure(tried, NOON + DEAD_AFTER, permanent=False).dead
