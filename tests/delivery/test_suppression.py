"""Suppression and muting: what was acted on is not chased, and muting the telephone hides nothing."""

from datetime import timedelta

import pytest

from domain import delivery, hazard
from domain.delivery import ChannelName, Later
from domain.notices import NoticeKind
from tests.delivery.messages import NOON, message, situation
from tests.domain import cases

CHASES = [
    NoticeKind.REMINDER,
    NoticeKind.OVERDUE,
    NoticeKind.ESCALATION,
    NoticeKind.REPEAT,
    NoticeKind.REARMED,
]


def _later(action: str, *fields: str) -> Later:
    return Later(seq=3, at=NOON, action=action, fields=frozenset(fields))


@pytest.mark.parametrize("kind", [*CHASES, NoticeKind.WORK])
def test_a_matter_that_moved_on_is_neither_asked_for_nor_chased(kind: NoticeKind) -> None:
    submitted = _later("submit", "stage", "stage_since", "running", "due_at")
    assert delivery.moot(kind, [submitted]) == submitted


@pytest.mark.parametrize("kind", [*CHASES, NoticeKind.WORK])
def test_a_post_that_passed_a_matter_on_is_not_asked_for_it_and_those_above_are_told_as_before(
    kind: NoticeKind,
) -> None:
    reassign = cases.command("reassign", cases.OFFICE, post="u1-head")
    passed_on = hazard.apply(cases.at("assigned"), reassign, cases.T0 + cases.DAY)
    assert passed_on is not None
    later = _later("reassign", *passed_on.entry.patch)
    of_who_acts = kind in (NoticeKind.WORK, NoticeKind.REMINDER, NoticeKind.OVERDUE)
    assert delivery.moot(kind, [later]) == (later if of_who_acts else None)


@pytest.mark.parametrize("kind", CHASES)
def test_a_due_instant_that_somebody_moved_takes_its_reminders_along(kind: NoticeKind) -> None:
    assert delivery.moot(kind, [_later("grant_extension", "due_at", "running")])
    assert delivery.moot(kind, [_later("pause", "due_at", "running")])


@pytest.mark.parametrize("kind", CHASES)
def test_what_the_clock_does_makes_no_reminder_moot(kind: NoticeKind) -> None:
    assert delivery.moot(kind, [_later("lapse", "overdue", "running"), _later("note")]) is None


def test_taking_note_stops_the_ladder_and_not_the_reminder() -> None:
    noted = _later("acknowledge", "acknowledgement")
    assert delivery.moot(NoticeKind.ESCALATION, [noted])
    assert delivery.moot(NoticeKind.REMINDER, [noted]) is None
    assert delivery.moot(NoticeKind.WORK, [noted]) is None


def test_a_slip_is_asked_for_until_it_is_replied_to_whatever_becomes_of_the_stage() -> None:
    assert delivery.moot(NoticeKind.SLIP_UNANSWERED, [_later("submit", "stage")]) is None
    assert delivery.moot(NoticeKind.SLIP_UNANSWERED, [_later("reply", "slips")])


@pytest.mark.parametrize("kind", [NoticeKind.EXTENSION_DECIDED, NoticeKind.DUE_MOVED])
def test_what_only_tells_is_told_whatever_came_after(kind: NoticeKind) -> None:
    assert delivery.moot(kind, [_later("submit", "stage", "due_at")]) is None


def test_the_first_entry_that_overtakes_is_named() -> None:
    first, second = _later("submit", "stage"), _later("pass", "stage")
    assert delivery.moot(NoticeKind.WORK, [second, first]) in (first, second)
    early = Later(seq=2, at=NOON, action="start", fields=frozenset({"stage"}))
    assert delivery.moot(NoticeKind.WORK, [first, early]) == early


UNTIL = NOON + timedelta(hours=8)


def test_muting_keeps_reminders_off_the_telephone_until_its_end() -> None:
    assert delivery.withheld(message(), UNTIL, NOON)
    assert not delivery.withheld(message(), UNTIL, UNTIL)
    assert not delivery.withheld(message(), None, NOON)


def test_muting_takes_nothing_off_the_list_stops_no_escalation_and_nothing_urgent() -> None:
    assert not delivery.withheld(message(channel=ChannelName.INBOX), UNTIL, NOON)
    assert not delivery.withheld(message(kind=NoticeKind.ESCALATION), UNTIL, NOON)
    assert not delivery.withheld(message(kind=NoticeKind.SLIP), UNTIL, NOON)
    assert not delivery.withheld(message(urgent=True), UNTIL, NOON)


def test_what_is_withheld_is_named_in_the_plan_and_leaves_nothing_waiting() -> None:
    plan = delivery.plan([message()], situation(muted={"c-person:p-1": UNTIL}), NOON)
    assert (plan.muted, plan.bundles, plan.wake_at) == ((message().key,), (), None)
