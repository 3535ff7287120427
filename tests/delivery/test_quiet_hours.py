"""Quiet hours: nights, weekends and holidays are quiet, make-up days are not, and what is urgent is heard at any time."""

from datetime import UTC, datetime, timedelta

import pytest

from domain import delivery
from domain.workdays import Calendar, Day, DayKind
from tests.delivery.messages import NEXT_OPENING, NIGHT, NOON, PLAIN, message, situation

WINDOW = timedelta(seconds=30)
_DAY = {"name": "春节", "source_doc": "测〔2027〕1号"}
FESTIVAL = Calendar(
    region="T",
    version="2",
    official_years=(2027,),
    days={
        "2027-02-08": Day(kind=DayKind.HOLIDAY, **_DAY),
        "2027-02-13": Day(kind=DayKind.MAKE_UP, **_DAY),
    },
)


def _local(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


@pytest.mark.parametrize(
    ("asked", "leaves"),
    [
        ("2027-02-05 17:31", "2027-02-09 08:30"),  # Friday evening: the weekend, then a holiday
        ("2027-02-08 10:00", "2027-02-09 08:30"),
        ("2027-02-12 20:00", "2027-02-13 08:30"),  # the Saturday is worked
        ("2027-02-13 10:00", "2027-02-13 10:00"),
        ("2027-02-10 13:00", "2027-02-10 13:00"),  # the lunch break is not quiet
    ],
)
def test_what_is_not_urgent_leaves_in_business_hours(asked: str, leaves: str) -> None:
    at = _local(asked)
    assert delivery.leaves(message(at=at), FESTIVAL, at) == _local(leaves)
    assert delivery.leaves(message(at=at, urgent=True), FESTIVAL, at) == at


def test_what_an_outage_pushed_into_the_night_waits_for_the_morning() -> None:
    assert delivery.leaves(message(at=NOON), PLAIN, NIGHT) == NEXT_OPENING


def test_a_night_of_messages_is_one_message_in_the_morning() -> None:
    night = [message(n, at=NIGHT + n * timedelta(minutes=10)) for n in range(9)]
    plan = delivery.plan(night, situation(), NIGHT + timedelta(hours=2))
    assert (plan.bundles, plan.wake_at) == ((), NEXT_OPENING)
    plan = delivery.plan(night, situation(), NEXT_OPENING)
    assert (plan.bundles, plan.wake_at) == ((), NEXT_OPENING + WINDOW)
    plan = delivery.plan(night, situation(), NEXT_OPENING + WINDOW)
    assert [len(bundle.messages) for bundle in plan.bundles] == [9]


def test_an_urgent_message_of_the_night_leaves_alone() -> None:
    waiting = [message(1, at=NIGHT), message(2, at=NIGHT, urgent=True)]
    plan = delivery.plan(waiting, situation(), NIGHT)
    assert [[one.case_id[-1] for one in bundle.messages] for bundle in plan.bundles] == [["2"]]
    assert plan.wake_at == NEXT_OPENING
