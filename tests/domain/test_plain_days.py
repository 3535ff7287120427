"""A case opened under plain days, before there were clocks: calendar days per stage and level, flagged once."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from domain import hazard
from domain.hazard import Case, Change, Stage, StepKind
from domain.terms import ReopenClock
from tests.domain import cases
from tests.domain.cases import DAY, GENERAL, INSPECTOR, MAJOR, OFFICE, PLAIN, STAFF, T0, act

ENDED = (Stage.CLOSED, Stage.DISMISSED, Stage.TRANSFERRED, Stage.MERGED)


def at(stage: Stage | str, *, major: bool = False) -> Case:
    return cases.at(stage, major=major, terms=PLAIN)


def _deadline(case: Case) -> datetime | None:
    step = hazard.next_step(case)
    assert step is None or step.kind is StepKind.LAPSE
    return None if step is None else step.at


def _lapse(case: Case, now: datetime) -> Change:
    change = hazard.step(case, now)
    assert change is not None
    return change


@pytest.mark.parametrize("stage", hazard.OPEN_STAGES)
def test_each_stage_of_a_major_hazard_has_its_own_limit(stage: Stage) -> None:
    days = {
        "reported": 1,
        "confirmed": 1,
        "assigned": 1,
        "rectifying": 30,
        "verifying": 10,
        "awaiting_closure": 10,
    }
    assert _deadline(at(stage, major=True)) == T0 + days[stage] * DAY


def test_a_stage_without_a_limit_in_the_policy_has_no_deadline() -> None:
    case = cases.opened(terms=replace(PLAIN, days={})).case
    assert _deadline(case) is None


@pytest.mark.parametrize("stage", ENDED)
def test_an_ended_case_has_no_deadline(stage: Stage) -> None:
    assert _deadline(at(stage)) is None
    assert at(stage).due_at is None


def test_a_lapse_flags_the_stage_and_leaves_everything_else() -> None:
    case = at("rectifying")
    change = _lapse(case, T0 + 15 * DAY)
    assert change.entry.patch == {"overdue": True, "overdue_count": 1}
    assert (change.entry.action, change.entry.person_id, change.entry.channel) == ("lapse", None, "engine")
    assert (change.entry.request_id, change.entry.due_at) == (None, T0 + 15 * DAY)
    assert change.case.due_at == T0 + 15 * DAY
    assert _deadline(change.case) is None


def _lapsed(case: Case, now: datetime) -> Case:
    return _lapse(case, now).case


def test_each_stage_lapses_once_and_the_next_stage_starts_clean() -> None:
    case = _lapsed(at("rectifying"), T0 + 15 * DAY)
    case = act(case, "submit", STAFF, T0 + 16 * DAY)
    assert (case.overdue, case.overdue_count, case.due_at) == (False, 1, T0 + 21 * DAY)
    case = act(_lapsed(case, T0 + 21 * DAY), "return", INSPECTOR, T0 + 22 * DAY)
    assert (case.overdue, case.overdue_count, case.due_at) == (False, 2, T0 + 37 * DAY)


def test_regrading_counts_the_new_limit_from_the_original_start() -> None:
    case = act(at("rectifying"), "regrade", INSPECTOR, T0 + 3 * DAY, grade=MAJOR)
    assert (case.level, case.major, case.due_at) == ("major", True, T0 + 30 * DAY)


def test_regrading_moves_the_limit_of_the_round_in_hand_too() -> None:
    case = act(at("rectifying"), "regrade", INSPECTOR, T0 + 3 * DAY, grade=MAJOR)
    assert case.rounds[-1].due_at == case.due_at
    judged = act(at("verifying"), "regrade", INSPECTOR, T0 + 3 * DAY, grade=MAJOR)
    assert judged.rounds[-1].due_at == T0 + 15 * DAY


def test_regrading_to_a_longer_limit_lifts_the_overdue_flag_until_it_lapses_again() -> None:
    late = _lapsed(at("rectifying"), T0 + 15 * DAY)
    case = act(late, "regrade", INSPECTOR, T0 + 16 * DAY, grade=MAJOR)
    assert (case.overdue, _deadline(case)) == (False, T0 + 30 * DAY)


def test_regrading_what_stays_overdue_does_not_count_it_twice() -> None:
    late = _lapsed(at("assigned"), T0 + 2 * DAY)
    case = act(late, "regrade", INSPECTOR, T0 + 3 * DAY, grade=MAJOR)
    assert (case.overdue, case.overdue_count, _deadline(case)) == (True, 1, None)


def test_regrading_to_a_limit_already_past_lapses_at_once() -> None:
    case = act(at("rectifying", major=True), "regrade", INSPECTOR, T0 + 20 * DAY, grade=GENERAL)
    assert _deadline(case) == T0 + 15 * DAY


def test_regrading_keeps_a_continued_limit() -> None:
    case = act(at("closed"), "reopen", OFFICE, T0 + 10 * DAY, clock=ReopenClock.CONTINUE)
    case = act(case, "regrade", INSPECTOR, T0 + 11 * DAY, grade=MAJOR)
    assert case.due_at == T0 + 15 * DAY
    case = act(case, "regrade", INSPECTOR, T0 + 11 * DAY, grade=GENERAL)
    case = act(case, "start", STAFF, T0 + 12 * DAY)
    assert act(case, "regrade", INSPECTOR, T0 + 12 * DAY, grade=MAJOR).due_at == T0 + 15 * DAY


def test_confirming_another_level_applies_its_limit_from_then_on() -> None:
    case = act(at("reported"), "confirm", INSPECTOR, T0 + timedelta(hours=5), grade=MAJOR)
    assert (case.level, case.major, case.stage) == ("major", True, Stage.CONFIRMED)
    assert case.due_at == T0 + DAY + timedelta(hours=5)


def test_local_days_begin_at_the_district_s_midnight() -> None:
    assert PLAIN.midnight(datetime(2027, 1, 1, tzinfo=UTC).date()) == datetime(2026, 12, 31, 16, tzinfo=UTC)
    assert PLAIN.local(datetime(2026, 12, 31, 16, tzinfo=UTC)).year == 2027
