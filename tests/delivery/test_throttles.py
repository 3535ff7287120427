"""Throttles: no window ever sees one message too many, whatever came before, and nothing waits longer than it must."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain import delivery
from domain.delivery import Limits, Window
from tests.delivery.messages import NOON, SECOND, message, situation, twenty_a_minute

WINDOWS = (
    Window(count=5, length=SECOND),
    Window(count=20, length=60 * SECOND),
    Window(count=50, length=600 * SECOND),
)


@given(st.lists(st.integers(0, 1500), max_size=200), st.lists(st.sampled_from(WINDOWS), unique=True))
def test_every_window_is_kept_however_the_messages_come(wanted: list[int], windows: list[Window]) -> None:
    sent: list[datetime] = []
    for second in sorted(wanted):
        at = delivery.allowed_at(sent, windows, NOON + second * SECOND)
        sent.append(at)
    for window in windows:
        for at in sent:
            inside = [one for one in sent if at - window.length < one <= at]
            assert len(inside) <= window.count


def test_the_twenty_first_message_of_a_minute_waits_until_the_first_has_left_it() -> None:
    sent = [NOON + n * SECOND for n in range(20)]
    window = Window(count=20, length=timedelta(minutes=1))
    assert delivery.allowed_at(sent, [window], NOON + 30 * SECOND) == NOON + 60 * SECOND
    assert delivery.allowed_at(sent[1:], [window], NOON + 30 * SECOND) == NOON + 30 * SECOND


def test_what_a_throttle_holds_is_looked_at_again_when_it_may_leave() -> None:
    sent = {"c-person:p-1": [NOON + n * SECOND for n in range(20)]}
    plan = delivery.plan(
        [message(urgent=True)], situation(limits=twenty_a_minute(), sent=sent), NOON + 30 * SECOND
    )
    assert plan.bundles == ()
    assert plan.wake_at == NOON + 60 * SECOND


def test_what_is_urgent_may_use_what_the_usual_may_not() -> None:
    minute = timedelta(minutes=1)
    limits = Limits(usual=(Window(count=15, length=minute),), urgent=(Window(count=18, length=minute),))
    sent = {"c-person:p-1": [NOON - SECOND] * 15}
    there = situation(limits=limits, sent=sent)
    assert delivery.plan([message()], there, NOON).bundles == ()
    assert len(delivery.plan([message(urgent=True)], there, NOON).bundles) == 1


def test_a_receiver_that_asked_for_a_rest_gets_it_from_the_urgent_too() -> None:
    rests = {"c-person:p-1": NOON + timedelta(minutes=10)}
    plan = delivery.plan([message(urgent=True)], situation(rests=rests), NOON)
    assert (plan.bundles, plan.wake_at) == ((), NOON + timedelta(minutes=10))
