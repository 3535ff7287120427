"""Bundling: what waits for one contact point leaves together, once a window, and what is urgent waits for nobody."""

import itertools
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain import delivery
from domain.delivery import Bundle, Message
from tests.delivery.messages import FREE, NIGHT, NOON, SECOND, message, situation

WINDOW = timedelta(seconds=30)


def _run(messages: list[Message], until: datetime) -> list[tuple[datetime, Bundle]]:
    """Let cycle follow on cycle at the instants that the plans themselves name; gives what left when."""
    left: list[tuple[datetime, Bundle]] = []
    now, sent = min(one.queued_at for one in messages), dict[str, list[datetime]]()
    waiting = {one.key: one for one in messages}
    while now <= until:
        here = [one for one in waiting.values() if one.queued_at <= now]
        coming = [one.queued_at for one in waiting.values() if one.queued_at > now]
        plan = delivery.plan(here, situation(limits=FREE, sent=sent), now)
        for bundle in plan.bundles:
            left.append((now, bundle))
            sent.setdefault(bundle.contact_id, []).append(now)
            for key in bundle.keys:
                del waiting[key]
        wake = [*coming, *([plan.wake_at] if plan.wake_at else [])]
        if not wake:
            break
        now = max(min(wake), now)
    return left


def test_a_single_message_waits_for_company_for_one_window() -> None:
    plan = delivery.plan([message()], situation(), NOON)
    assert plan.bundles == ()
    assert plan.wake_at == NOON + WINDOW
    plan = delivery.plan([message()], situation(), NOON + WINDOW)
    assert [bundle.keys for bundle in plan.bundles] == [[message().key]]


def test_five_thousand_overdue_matters_are_one_message_for_each_recipient() -> None:
    crowd = [message(number, recipient=f"person:p-{number % 40}") for number in range(5000)]
    plan = delivery.plan(crowd, situation(), NOON + WINDOW)
    assert len(plan.bundles) == 40
    assert sum(len(bundle.messages) for bundle in plan.bundles) == 5000


def test_what_is_urgent_leaves_at_once_and_takes_along_what_waits() -> None:
    waiting = [message(1), message(2, urgent=True)]
    plan = delivery.plan(waiting, situation(sent={"c-person:p-1": [NOON - SECOND]}), NOON)
    assert [one.case_id[-1] for one in plan.bundles[0].messages] == ["2", "1"]


def test_raised_urgency_is_an_urgent_notice_of_its_own_and_does_not_wait_for_the_usual_one() -> None:
    asleep = message(1, at=NIGHT)
    raised = message(1, at=NIGHT + SECOND, urgent=True, seq=3, key="raised")
    plan = delivery.plan([asleep, raised], situation(), NIGHT + SECOND)
    assert [bundle.keys for bundle in plan.bundles] == [["raised"]]


def test_what_was_tried_before_goes_again_with_the_same_company_under_the_same_id() -> None:
    tried = [replace(message(n), bundle_id="m-1", attempts=1, next_at=NOON + 5 * SECOND) for n in (1, 2)]
    fresh = message(3, queued_at=NOON)
    plan = delivery.plan([*tried, fresh], situation(), NOON + 5 * SECOND)
    assert [(bundle.id, len(bundle.messages)) for bundle in plan.bundles] == [("m-1", 2)]
    assert plan.wake_at is not None


@given(
    st.lists(st.tuples(st.integers(0, 600), st.integers(0, 3)), min_size=1, max_size=60),
)
def test_nobody_is_written_to_twice_within_a_window_and_nothing_is_left_behind(
    queued: list[tuple[int, int]],
) -> None:
    messages = [
        message(number, recipient=f"person:{who}", queued_at=NOON + seconds * SECOND)
        for number, (seconds, who) in enumerate(queued)
    ]
    left = _run(messages, NOON + timedelta(hours=1))
    assert sorted(key for _, bundle in left for key in bundle.keys) == sorted(one.key for one in messages)
    for contact in {bundle.contact_id for _, bundle in left}:
        at = [instant for instant, bundle in left if bundle.contact_id == contact]
        assert all(later - earlier >= WINDOW for earlier, later in itertools.pairwise(at))
    latest = {one.key: one.queued_at for one in messages}
    assert all(instant - latest[key] <= 2 * WINDOW for instant, bundle in left for key in bundle.keys)
