"""Rounds of rectification, and re-opening (反销号) with its window and its clock (bars L2, L3)."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from domain import hazard
from domain.evidence import EvidenceKind
from domain.hazard import Case, Stage, Verdict
from domain.terms import ReopenClock
from tests.domain import cases
from tests.domain.cases import DAY, HEAD, INSPECTOR, LEADER, OFFICE, STAFF, T0, act, at, refused
from tests.domain.workdays_table import local

SECOND = timedelta(seconds=1)
FRIDAY, MONDAY = local("2026-10-23 24:00"), local("2026-10-26 24:00")
"""The ends of 15 days of the calendar from 8 October, and from the 9th to the 11th: a last day off moves on."""


def test_three_rejections_leave_three_rounds_each_with_its_own_facts() -> None:
    case, now = at("rectifying"), T0
    for number in (1, 2, 3):
        after = (cases.evidence(EvidenceKind.AFTER_PHOTO, number),)
        case = act(case, "submit", STAFF if number % 2 else HEAD, now + number * DAY, evidence=after)
        case = act(case, "return", INSPECTOR, now + number * DAY + SECOND, reason=f"第{number}次不合格")
    assert [(one.cycle, one.number) for one in case.rounds] == [(1, 1), (1, 2), (1, 3), (1, 4)]
    for number, one in enumerate(case.rounds[:3], 1):
        assert one.due_at == (FRIDAY if number == 1 else MONDAY)
        assert (one.submitted_by, one.submitted_at) == ("staff" if number % 2 else "head", now + number * DAY)
        assert [file.file_id for file in one.evidence] == [f"f-{number:032x}"]
        assert (one.verified_by, one.verified_post, one.verdict) == ("inspector", "team", Verdict.RETURNED)
        assert (one.reason, one.verified_at) == (f"第{number}次不合格", now + number * DAY + SECOND)
    assert case.rounds[3].submitted_by is None
    assert case.due_at == case.rounds[3].due_at == MONDAY


def test_a_superior_who_sends_a_major_hazard_back_opens_another_round() -> None:
    back = act(at("awaiting_closure", major=True), "return", LEADER, reason="资金未落实")
    assert back.stage is Stage.RECTIFYING
    assert [one.number for one in back.rounds] == [1, 2]
    assert (back.rounds[0].verified_by, back.rounds[0].reason) == ("deputy", "资金未落实")


def test_reopening_keeps_the_number_adds_a_cycle_and_counts_rounds_afresh() -> None:
    closed = at("closed")
    case = act(closed, "reopen", OFFICE, T0 + 10 * DAY)
    assert (case.id, case.cycle, case.stage, case.closed_at) == (closed.id, 2, Stage.ASSIGNED, None)
    case = act(case, "start", STAFF, T0 + 11 * DAY)
    assert [(one.cycle, one.number) for one in case.rounds] == [(1, 1), (2, 1)]


@pytest.mark.parametrize(("late", "code"), [(-SECOND, ""), (timedelta(), ""), (SECOND, "reopen_window_over")])
def test_the_window_for_reopening_ends_to_the_second(late: timedelta, code: str) -> None:
    assert refused(at("closed"), "reopen", OFFICE, T0 + 30 * DAY + late) == code


def _reopened(
    clock: ReopenClock | None, default: ReopenClock, now: datetime
) -> tuple[Case, dict[str, object]]:
    closed = at("closed", terms=replace(cases.TERMS, reopen_clock=default))
    change = hazard.apply(closed, cases.command("reopen", OFFICE, clock=clock), now)
    assert change is not None
    return change.case, dict(change.entry.patch)


@pytest.mark.parametrize("default", ReopenClock)
@pytest.mark.parametrize("asked", [None, *ReopenClock])
def test_the_record_shows_which_clock_a_reopened_case_runs_on(
    asked: ReopenClock | None, default: ReopenClock
) -> None:
    case, patch = _reopened(asked, default, T0 + DAY)
    assert case.clock is (asked or default)
    assert patch["clock"] == (asked or default).value


def test_a_restarted_clock_gives_fresh_limits() -> None:
    case, _ = _reopened(ReopenClock.RESTART, ReopenClock.CONTINUE, T0 + 10 * DAY)
    # reopened on Sunday the 18th: 15 days reach Monday 2 November; the start is a step under the same clock
    assert case.due_at == local("2026-11-02 24:00")
    assert act(case, "start", STAFF, T0 + 11 * DAY).due_at == case.due_at


def test_a_continued_clock_keeps_the_last_limit_of_rectification_also_after_the_start() -> None:
    case, _ = _reopened(ReopenClock.CONTINUE, ReopenClock.RESTART, T0 + 10 * DAY)
    assert case.due_at == FRIDAY
    case = act(case, "start", STAFF, T0 + 11 * DAY)
    assert case.due_at == FRIDAY
    assert case.rounds[-1].due_at == FRIDAY


def test_a_continued_clock_that_ran_out_is_overdue_at_once() -> None:
    case, _ = _reopened(ReopenClock.CONTINUE, ReopenClock.RESTART, T0 + 20 * DAY)
    lapse = hazard.step(case, T0 + 20 * DAY)
    assert lapse is not None
    assert (lapse.entry.action, lapse.case.overdue, lapse.case.due_at) == ("lapse", True, FRIDAY)


def test_a_round_that_is_returned_in_a_continued_cycle_gets_a_deadline_of_its_own() -> None:
    case, _ = _reopened(ReopenClock.CONTINUE, ReopenClock.RESTART, T0 + 10 * DAY)
    case = act(act(case, "start", STAFF, T0 + 11 * DAY), "submit", STAFF, T0 + 12 * DAY)
    # returned on Wednesday the 21st: 15 days reach Thursday 5 November
    assert act(case, "return", INSPECTOR, T0 + 13 * DAY).due_at == local("2026-11-05 24:00")


def test_the_choice_of_clock_is_made_afresh_at_each_reopening() -> None:
    case, now = at("closed"), T0
    for clock in (ReopenClock.CONTINUE, ReopenClock.CONTINUE, ReopenClock.RESTART):
        now += DAY
        change = hazard.apply(case, cases.command("reopen", OFFICE, clock=clock), now)
        assert change is not None
        assert change.entry.patch["clock"] == clock.value
        case = act(act(change.case, "start", STAFF, now), "submit", STAFF, now)
        case = act(case, "pass", INSPECTOR, now)
    assert case.cycle == 4


def test_a_hazard_that_was_fixed_on_the_spot_has_no_old_limit_to_continue() -> None:
    photos = tuple(cases.evidence(kind) for kind in (EvidenceKind.BEFORE_PHOTO, EvidenceKind.AFTER_PHOTO))
    case = act(cases.opened(fixed_on_spot=True, evidence=photos).case, "confirm", INSPECTOR)
    case = act(case, "pass", INSPECTOR)
    case = act(case, "reopen", OFFICE, T0 + DAY, clock=ReopenClock.CONTINUE)
    assert case.due_at == MONDAY
    assert act(case, "start", STAFF, T0 + DAY).due_at == MONDAY
