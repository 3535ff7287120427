"""Time that stands still (暂停计时) and comes back by itself (暂缓): nothing lost, nothing told meanwhile (bars S6, L5)."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain import hazard, workdays
from domain.hazard import Case
from domain.people import Role
from tests.domain import cases, workdays_oracle
from tests.domain.cases import DAY, INSPECTOR, LEADER, OFFICE, PLAIN, STAFF, T0, act, actor, at, refused
from tests.domain.winding import after, clock, limited, pending, wound, wound_late
from tests.domain.workdays_table import CALENDAR, local

YEAR = 365 * DAY
MINUTE = timedelta(minutes=1)
spells = st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 6000)), min_size=1, max_size=4)


def _paused_at_random(
    case: Case, minutes: list[tuple[int, int]]
) -> tuple[Case, list[tuple[datetime, datetime]]]:
    """The case after as many of the pauses as come before it is due, and the stretches in which its time ran."""
    since, ran = T0, []
    for wait, length in minutes:
        stops, goes_on = since + wait * MINUTE, since + (wait + length) * MINUTE
        if case.due_at is None or stops >= case.due_at:
            break
        case = act(after(case, stops), "pause", OFFICE, stops)
        assert wound(case, stops + YEAR) == (case, [])
        case = act(case, "resume", OFFICE, goes_on)
        ran.append((since, stops))
        since = goes_on
    assert case.due_at is not None
    return case, [*ran, (since, case.due_at)]


@settings(max_examples=60, deadline=None, derandomize=True)
@given(spells)
def test_working_hours_used_before_and_after_any_pauses_add_up_to_the_limit(
    minutes: list[tuple[int, int]],
) -> None:
    case, ran = _paused_at_random(cases.opened(terms=limited(respond=cases.hours(24))).case, minutes)
    worked = [
        workdays_oracle.worked_minutes(since.astimezone(workdays_oracle.LOCAL), until) for since, until in ran
    ]
    assert sum(worked) == 24 * 60
    assert len(clock(case).pauses) == len(ran) - 1


@settings(max_examples=60, deadline=None, derandomize=True)
@given(spells)
def test_days_keep_what_is_left_of_them_over_any_pauses(minutes: list[tuple[int, int]]) -> None:
    fresh = cases.opened().case
    case, ran = _paused_at_random(fresh, minutes)
    running = clock(case)
    assert case.due_at is not None
    assert fresh.due_at is not None
    assert case.due_at >= fresh.due_at == running.first_due_at
    used = workdays.used(CALENDAR, running.since, running.limit, case.due_at, running.pauses)
    assert used == 2 * CALENDAR.hours.per_day
    # and not a working day too many: the day on which it is used up is the last one
    opening = case.due_at - timedelta(hours=9)
    short = workdays.used(CALENDAR, running.since, running.limit, opening, running.pauses)
    assert short < used or ran[-1][0] > opening


@pytest.mark.parametrize("stage", hazard.OPEN_STAGES)
def test_a_paused_case_has_nothing_pending(stage: str) -> None:
    case = act(at(stage, major=True), "pause", LEADER, T0)
    assert (case.paused, case.due_at, hazard.next_step(case)) == (True, None, None)
    assert hazard.step(case, T0 + YEAR) is None


def test_a_pause_moves_the_limit_of_the_round_in_hand_and_its_reminders() -> None:
    case = act(after(at("rectifying"), local("2026-10-22 09:00")), "pause", OFFICE, local("2026-10-22 09:00"))
    case = act(case, "resume", OFFICE, local("2026-11-02 09:00"))
    # 13 days and 9 hours of 15 days were used, counted from the 9th; 1 day and 15 hours lead to Tuesday midnight
    assert (case.due_at, case.rounds[-1].due_at) == (local("2026-11-03 24:00"),) * 2
    assert (clock(case).skipped, clock(case).reminded) == ((3, 1), ())
    assert pending(case) == ("remind", local("2026-11-03 08:30"))
    assert clock(case).first_due_at == local("2026-10-23 24:00")


def _deferred() -> Case:
    case = after(at("rectifying"), local("2026-10-10 09:00"))
    return act(case, "defer", LEADER, local("2026-10-10 09:00"), until="2026-10-20")


def test_a_deferred_case_has_nothing_pending_but_its_own_revival() -> None:
    assert pending(_deferred()) == ("revive", local("2026-10-20 00:00"))
    _, (revived, *_) = wound(_deferred(), local("2026-10-20 09:00"))
    assert (revived.entry.action, revived.entry.person_id) == ("revive", None)
    assert [(one.kind, one.post_id) for one in revived.notices] == [("due_moved", "u1-staff")]


@pytest.mark.parametrize("taken", ["2026-10-20 00:00", "2026-10-21 12:00"])
def test_a_deferral_comes_back_once_and_counts_from_the_agreed_day_however_late_it_is_taken(
    taken: str,
) -> None:
    case, changes = wound_late(_deferred(), local(taken))
    # 1 day and 9 hours were used, counted from the 9th; 13 days and 15 hours from the 20th lead to Monday 2 November
    assert [one.entry.action for one in changes] == ["revive"]
    assert changes[0].entry.due_at == local("2026-10-20 00:00")
    assert changes[0].notices[0].late is (taken != "2026-10-20 00:00")
    assert case.due_at == local("2026-11-02 24:00")
    assert pending(case) == ("remind", local("2026-10-28 08:30"))


def test_who_resumes_a_deferral_early_leaves_nothing_to_revive() -> None:
    case = act(_deferred(), "resume", OFFICE, local("2026-10-12 09:00"))
    _, changes = wound(case, T0 + 60 * DAY)
    assert "revive" not in [one.entry.action for one in changes]


def _late_and_paused() -> Case:
    late = after(at("rectifying"), local("2026-10-26 10:00"))
    return act(late, "pause", OFFICE, local("2026-10-26 10:00"))


def test_a_late_case_that_is_paused_stays_late_and_does_not_escalate() -> None:
    case = _late_and_paused()
    assert (case.overdue, case.colour, case.overdue_count) == (True, "blue", 1)
    assert wound(case, T0 + YEAR) == (case, [])


def test_the_ladder_of_a_late_case_goes_on_from_the_end_of_its_pause() -> None:
    case = act(_late_and_paused(), "resume", OFFICE, local("2026-12-01 10:00"))
    assert (case.overdue, case.overdue_count, case.due_at) == (True, 1, local("2026-10-23 24:00"))
    case, changes = wound(case, local("2026-12-02 10:00"))
    assert [(one.entry.action, one.entry.due_at) for one in changes] == [
        # the answer to the blue slip fell due on 28 October, while time stood still
        ("chase", local("2026-12-01 10:00")),
        ("escalate", local("2026-12-02 10:00")),
        ("repeat", local("2026-12-02 10:00")),
    ]
    assert not any(notice.late for one in changes for notice in one.notices)


def test_an_acknowledgement_that_ends_during_a_pause_does_not_escalate_afterwards() -> None:
    late = after(at("rectifying"), local("2026-10-26 09:00"))
    held = act(late, "acknowledge", STAFF, local("2026-10-26 09:00"))
    case = act(
        act(held, "pause", OFFICE, local("2026-10-26 10:00")), "resume", OFFICE, local("2026-12-01 10:00")
    )
    assert case.acknowledgement is None
    case, _ = wound(case, local("2026-12-01 10:00"))
    assert pending(case) == ("escalate", local("2026-12-02 10:00"))


def test_a_case_may_be_submitted_while_its_time_stands_still() -> None:
    case = act(act(at("rectifying"), "pause", OFFICE), "submit", STAFF, T0 + 2 * DAY)
    (pause,) = case.stopped[-1].pauses
    assert (pause.since, pause.until, case.stopped[-1].hold) == (T0, T0 + 2 * DAY, None)
    assert (case.paused, clock(case).pauses, case.due_at) == (False, (), local("2026-10-16 17:30"))


def test_what_does_not_run_is_neither_paused_nor_resumed() -> None:
    case = act(at("rectifying"), "pause", OFFICE)
    assert refused(case, "pause", OFFICE) == refused(case, "defer", OFFICE) == "clock_not_running"
    assert refused(at("rectifying"), "resume", OFFICE) == "not_paused"
    assert refused(at("rectifying", terms=PLAIN), "pause", OFFICE) == "clock_not_running"


def test_a_named_date_stands_whatever_happens() -> None:
    case = act(act(at("rectifying"), "extend", STAFF, until="2026-11-05"), "grant_extension", LEADER)
    assert refused(case, "pause", OFFICE) == refused(case, "defer", OFFICE) == "named_date_not_paused"


def test_nobody_pauses_what_concerns_their_own_unit() -> None:
    clerk = actor("clerk", ("office", Role.OFFICE, "bureau"), ("u1-head", Role.UNIT_HEAD, "u1"))
    assert refused(at("rectifying"), "pause", clerk) == "separation_of_duties"
    assert refused(act(at("rectifying"), "pause", OFFICE), "resume", clerk) == "separation_of_duties"
    assert refused(at("rectifying"), "pause", INSPECTOR) == "role_required"


@pytest.mark.parametrize(
    ("until", "code"),
    [
        ("2026-10-07", "until_in_past"),
        ("2026-10-08", "until_in_past"),
        ("2026-10-09", ""),
        ("2027-10-09", ""),
        ("2027-10-10", "until_too_far"),
        ("2026-02-30", "until_invalid"),
        ("20261120", "until_invalid"),
        ("2026-W47-5", "until_invalid"),
        ("明天", "until_invalid"),
    ],
)
def test_a_deferral_names_a_day_to_come_within_a_year(until: str, code: str) -> None:
    assert refused(at("rectifying"), "defer", OFFICE, until=until) == code


def test_a_pause_has_no_end_of_its_own_whatever_date_comes_with_it() -> None:
    case = act(at("rectifying"), "pause", OFFICE, until="2026-11-20")
    assert hazard.next_step(case) is None
    assert act(at("rectifying"), "pause", OFFICE, until="明天").paused
