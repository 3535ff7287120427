"""What a unit is on the list of a collection, and that the list always adds up."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import collection as collections
from domain.collection import Counts, Member, Outcome, digest
from tests.domain.collections import CUT_OFF, DUE, OPENS, WINDOW, collection, member

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("at", "outcome", "minutes"),
    [
        (DUE - SECOND, Outcome.ON_TIME, None),
        (DUE, Outcome.ON_TIME, None),
        (DUE + SECOND, Outcome.LATE, 1),
        (DUE + timedelta(seconds=60), Outcome.LATE, 1),
        (DUE + timedelta(seconds=61), Outcome.LATE, 2),
    ],
)
def test_half_past_eleven_is_on_time_and_a_second_later_is_late_by_a_minute(
    at: datetime, outcome: Outcome, minutes: int | None
) -> None:
    standing = collections.standing(member(version=1, counted_at=at), WINDOW)
    assert (standing.outcome, standing.late_minutes) == (outcome, minutes)


def test_grace_is_on_time_and_beyond_it_minutes_count_from_the_due_instant() -> None:
    window = replace(WINDOW, grace_seconds=600)
    within = collections.standing(member(version=1, counted_at=DUE + timedelta(minutes=10)), window)
    beyond = collections.standing(
        member(version=1, counted_at=DUE + timedelta(minutes=10, seconds=1)), window
    )
    assert (within.outcome, within.late_minutes) == (Outcome.ON_TIME, None)
    assert (beyond.outcome, beyond.late_minutes) == (Outcome.LATE, 11)


def test_an_extension_moves_its_unit_alone_and_stands_in_the_basis() -> None:
    later = DUE + timedelta(hours=2)
    at = DUE + timedelta(hours=1)
    extended = collections.standing(
        member("ec01", version=1, counted_at=at, due_at=later, basis="印章外借"), WINDOW
    )
    other = collections.standing(member("ec02", version=1, counted_at=at), WINDOW)
    assert (extended.outcome, extended.due_at, extended.basis) == (Outcome.ON_TIME, later, "印章外借")
    assert (other.outcome, other.late_minutes) == (Outcome.LATE, 60)


def test_a_returned_submission_is_defective_and_not_missing() -> None:
    assert (
        collections.outcome(member(version=1, counted_at=OPENS, returned=True), WINDOW) is Outcome.DEFECTIVE
    )
    assert collections.outcome(member(), WINDOW) is Outcome.MISSING
    assert collections.outcome(member(exempt=True, basis="停业装修"), WINDOW) is Outcome.EXEMPT


_INSTANTS = st.datetimes(OPENS.replace(tzinfo=None), CUT_OFF.replace(tzinfo=None)).map(
    lambda at: at.replace(tzinfo=OPENS.tzinfo)
)


@st.composite
def _members(draw: st.DrawFn) -> list[Member]:
    units = draw(st.lists(st.integers(0, 999), max_size=40, unique=True))
    return [
        member(
            f"u{unit:03d}",
            exempt=draw(st.booleans()),
            counted_at=(at := draw(st.none() | _INSTANTS)),
            version=0 if at is None else 1,
            returned=at is not None and draw(st.booleans()),
            due_at=draw(st.none() | _INSTANTS),
        )
        for unit in units
    ]


@given(_members())
def test_expected_is_always_the_sum_of_the_five(members: list[Member]) -> None:
    frozen = collections.freeze(collection(), members, CUT_OFF)
    assert frozen.counts.expected == len(members)
    assert sum(len(frozen.named(outcome)) for outcome in Outcome) == len(members)
    assert frozen.counts == Counts.of(one.outcome for one in frozen.standings)
    for one in frozen.standings:
        assert (one.late_minutes is not None) == (one.outcome is Outcome.LATE)


@given(_members(), st.randoms(use_true_random=False))
def test_the_hash_of_a_frozen_list_depends_on_what_it_says_and_not_on_the_order_it_was_read_in(
    members: list[Member], shuffling: object
) -> None:
    frozen = collections.freeze(collection(), members, CUT_OFF)
    shuffled = sorted(members, key=lambda one: hash((one.unit_id, str(shuffling))))
    assert collections.freeze(collection(), shuffled, CUT_OFF) == frozen
    assert digest(frozen) == frozen.hash
    assert digest(replace(frozen, frozen_at=CUT_OFF + SECOND)) != frozen.hash
