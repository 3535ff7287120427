"""One clock per party's duty: when it starts, stops and runs out, and what moves it (bars S7, S8)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain import hazard
from domain.ladder import ClockKind
from domain.terms import ReopenClock
from domain.workdays import Limit, Unit
from tests.domain import cases, workdays_oracle
from tests.domain.cases import (
    DAY,
    GENERAL,
    INSPECTOR,
    LEADER,
    MAJOR,
    OFFICE,
    STAFF,
    T0,
    TERMS,
    act,
    at,
)
from tests.domain.winding import after, clock, limited, pending, wound
from tests.domain.workdays_table import local

HOUR = timedelta(hours=1)


def named(day: str, minute: int | None = None) -> Limit:
    return Limit(unit=Unit.NAMED_DATE, on=day, minute=minute)


@pytest.mark.parametrize(
    ("stage", "major", "kind", "due"),
    [
        # from Thursday 8 October 09:00; Saturday the 10th is a make-up day
        ("reported", False, "respond", "2026-10-10 17:30"),
        ("confirmed", False, "respond", "2026-10-10 17:30"),
        ("assigned", False, "rectify", "2026-10-23 24:00"),
        ("rectifying", False, "rectify", "2026-10-23 24:00"),
        ("verifying", False, "verify", "2026-10-14 17:30"),
        # 3 hours to lunch and one after it; 7 November is a Saturday; the tenth working day
        ("reported", True, "respond", "2026-10-08 15:30"),
        ("rectifying", True, "rectify", "2026-11-09 24:00"),
        ("verifying", True, "verify", "2026-10-21 17:30"),
        ("awaiting_closure", True, "close", "2026-10-21 17:30"),
    ],
)
def test_each_party_s_duty_has_its_own_clock(stage: str, major: bool, kind: str, due: str) -> None:
    case = at(stage, major=major)
    running = clock(case)
    assert (running.kind, running.since) == (kind, T0)
    assert case.due_at == running.due_at == running.first_due_at == local(due)


def test_due_instants_are_those_of_a_count_by_hand() -> None:
    assert at("verifying").due_at == workdays_oracle.working_days(T0, 5)
    assert at("rectifying").due_at == workdays_oracle.calendar_days(T0, 15)
    assert at("reported", major=True).due_at == workdays_oracle.working_hours(local("2026-10-08 09:00"), 4)


def test_a_clock_stops_with_its_stage_and_the_next_one_starts_then() -> None:
    case = act(at("rectifying"), "submit", STAFF, T0 + 2 * DAY)
    *_, rectify = case.stopped
    assert (rectify.kind, rectify.stopped_at, clock(case).since) == ("rectify", T0 + 2 * DAY, T0 + 2 * DAY)
    assert [one.kind for one in case.stopped] == ["respond", "rectify"]
    # submitted on Saturday the 10th: Monday 12th to Friday 16th
    assert case.due_at == local("2026-10-16 17:30")


def test_confirming_and_starting_are_steps_under_the_same_clock() -> None:
    case = act(cases.opened().case, "confirm", INSPECTOR, T0 + DAY)
    assert (clock(case).since, case.stopped) == (T0, ())
    case = act(at("assigned"), "start", STAFF, T0 + DAY)
    assert (clock(case).since, case.due_at) == (T0, local("2026-10-23 24:00"))


def test_an_ended_case_has_no_clock_and_nothing_pending() -> None:
    for stage in ("closed", "dismissed", "transferred", "merged"):
        case = at(stage)
        assert (case.running, case.due_at, hazard.next_step(case)) == (None, None, None)


def test_a_category_has_a_limit_of_its_own_before_that_of_the_level() -> None:
    own = {"fire": {"general": {ClockKind.RECTIFY: cases.days(3)}}}
    case = at("rectifying", terms=replace(TERMS, category_limits=own))
    assert case.due_at == local("2026-10-12 17:30")
    assert clock(act(case, "submit", STAFF)).limit == cases.days(5)


def test_what_has_no_limit_has_no_clock_and_is_never_late() -> None:
    bare = replace(TERMS, limits={**TERMS.limits, "general": {ClockKind.VERIFY: cases.days(5)}})
    case = at("rectifying", terms=bare)
    assert (case.running, hazard.next_step(case)) == (None, None)
    assert act(case, "submit", STAFF, T0 + DAY).due_at == local("2026-10-15 17:30")


def test_a_late_rectification_leaves_the_check_its_own_time() -> None:
    late = after(at("rectifying"), local("2026-10-26 09:00"))
    assert late.overdue
    case = act(late, "submit", STAFF, local("2026-10-26 09:00"))
    assert (case.overdue, case.overdue_count, case.colour) == (False, 1, None)
    assert case.due_at == local("2026-11-02 17:30")


def test_raising_the_level_at_hour_3_of_24_counts_the_new_limit_from_the_original_start() -> None:
    terms = limited("major", respond=cases.hours(8), terms=limited(respond=cases.hours(24)))
    case = cases.opened(terms=terms).case
    # 24 hours from Thursday 09:00: 6 + 6.5 (Fri) + 6.5 (make-up Sat) leave 5 for Monday, 08:30 to 12:00 and 14:30 to 16:00
    assert case.due_at == local("2026-10-12 16:00")
    raised = act(case, "regrade", INSPECTOR, T0 + 3 * HOUR, grade=MAJOR)
    # 8 hours from 09:00: 6 on Thursday, 2 on Friday
    assert raised.due_at == local("2026-10-09 10:30")
    assert (clock(raised).since, clock(raised).first_due_at) == (T0, local("2026-10-12 16:00"))


def test_raising_the_level_keeps_the_pauses() -> None:
    terms = limited("major", respond=cases.hours(8), terms=limited(respond=cases.hours(24)))
    case = act(cases.opened(terms=terms).case, "pause", OFFICE, T0 + HOUR)
    raised = act(case, "regrade", INSPECTOR, T0 + 2 * HOUR, grade=MAJOR)
    assert (raised.paused, raised.due_at) == (True, None)
    # one hour until 10:00, then seven from 11:00: 1 + 3 on Thursday, 3 on Friday
    case = act(raised, "resume", OFFICE, T0 + 2 * HOUR)
    assert case.due_at == local("2026-10-09 11:30")


def test_confirming_another_level_counts_from_the_report() -> None:
    case = act(cases.opened().case, "confirm", INSPECTOR, T0 + 2 * HOUR, grade=MAJOR)
    assert (case.due_at, clock(case).first_due_at) == (local("2026-10-08 15:30"), local("2026-10-10 17:30"))


def test_a_limit_that_regrading_lets_run_out_is_late_from_then_on_and_not_from_before() -> None:
    now = local("2026-10-28 10:00")
    case = act(after(at("rectifying", major=True), now), "regrade", INSPECTOR, now, grade=GENERAL)
    assert (case.due_at, pending(case)) == (local("2026-10-23 24:00"), ("lapse", now))
    case, (lapse,) = wound(case, now)
    assert [notice.late for notice in lapse.notices] == [False, False]
    # the ladder and the answer to the slip count from now: one working day, three working days
    assert pending(case) == ("escalate", local("2026-10-29 10:00"))
    assert case.slips[0].reply_due_at == local("2026-11-02 17:30")


def test_a_named_date_ends_with_its_day_off_or_not() -> None:
    case = at("rectifying", terms=limited(rectify=named("2026-10-18")))
    assert (case.due_at, clock(case).provisional) == (local("2026-10-18 24:00"), False)
    case = at("rectifying", terms=limited(rectify=named("2026-10-16", 690)))
    assert case.due_at == local("2026-10-16 11:30")


def test_a_named_date_that_has_passed_blocks_no_step_and_is_late_at_once() -> None:
    terms = limited(rectify=named("2026-09-30"))
    case = at("rectifying", terms=terms)
    assert (case.due_at, pending(case)) == (local("2026-09-30 24:00"), ("lapse", T0))
    case = after(case, T0)
    assert (case.overdue, case.overdue_count) == (True, 1)
    assert act(case, "submit", STAFF).stage == "verifying"


def test_a_reopened_case_that_goes_on_keeps_the_granted_date_also_after_the_start() -> None:
    case = act(act(at("rectifying"), "extend", STAFF, until="2026-11-05"), "grant_extension", LEADER)
    case = act(act(case, "submit", STAFF), "pass", INSPECTOR)
    case = act(case, "reopen", OFFICE, T0 + DAY, clock=ReopenClock.CONTINUE)
    assert case.due_at == local("2026-11-05 24:00")
    assert act(case, "start", STAFF, T0 + DAY).due_at == local("2026-11-05 24:00")
