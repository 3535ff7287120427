"""Newer terms and days for a running case (时限重算): what moves, and who is told (bars S1, S5)."""

from dataclasses import replace
from datetime import datetime

from domain import hazard, workdays
from domain.hazard import Case, Change, Restamp, retelling
from domain.notices import NoticeKind
from domain.terms import Terms
from tests.domain import cases
from tests.domain.cases import DAY, LEADER, OFFICE, PLAIN, STAFF, T0, TERMS, act, at
from tests.domain.winding import after, clock, limited, pending, wound
from tests.domain.workdays_table import CALENDAR, local

KNOWN_TO_2025 = replace(CALENDAR, official_years=(2022, 2023, 2024, 2025), days={})


def restamped(case: Case, terms: Terms, now: datetime = T0, request: str = "again") -> Change:
    newer = Restamp(
        terms=terms, person_id="office", post_id="office", request_id=request, reason="国办发明电〔2025〕7号"
    )
    change = hazard.restamp(case, newer, now)
    assert change is not None
    return change


def test_a_case_opened_without_days_counts_by_the_week_and_says_so() -> None:
    case = at("verifying", terms=replace(TERMS, calendar=None))
    # Saturday the 10th is off then: 9, 12, 13, 14, 15
    assert (case.due_at, clock(case).provisional) == (local("2026-10-15 17:30"), True)


def test_an_official_plan_moves_what_was_provisional_and_tells_whoever_has_to_act() -> None:
    case = at("verifying", terms=replace(TERMS, calendar=KNOWN_TO_2025))
    assert (case.due_at, clock(case).provisional) == (local("2026-10-15 17:30"), True)
    change = restamped(case, TERMS)
    assert (change.case.due_at, clock(change.case).provisional) == (local("2026-10-14 17:30"), False)
    assert clock(change.case).first_due_at == local("2026-10-15 17:30")
    assert [(one.kind, one.post_id) for one in change.notices] == [(NoticeKind.DUE_MOVED, "team")]
    assert (change.entry.action, change.entry.channel, change.entry.person_id) == (
        "restamp",
        "sweep",
        "office",
    )


def test_nobody_is_told_of_a_plan_that_moves_no_date() -> None:
    case = at("rectifying", terms=replace(TERMS, calendar=KNOWN_TO_2025))
    change = restamped(case, TERMS)
    assert (clock(case).provisional, clock(change.case).provisional) == (True, False)
    assert (change.case.due_at, change.notices) == (case.due_at, ())


def test_an_order_for_a_policy_leaves_a_case_that_runs_under_another_than_it_is_about() -> None:
    older = Restamp(
        terms=replace(TERMS, version="second"),
        person_id="office",
        post_id="office",
        request_id="late",
        reason="适用时限政策 second",
        replaces=("first",),
    )
    third = at("verifying", terms=replace(TERMS, version="third"))
    assert hazard.restamp(third, older, T0) is None
    first = hazard.restamp(at("verifying", terms=replace(TERMS, version="first")), older, T0)
    assert first is not None
    assert first.case.terms.version == "second"


def test_a_calendar_is_stamped_once_per_request_and_never_on_an_ended_case() -> None:
    newer = Restamp(terms=TERMS, person_id="office", post_id="office", request_id="r", reason="新日历")
    case = restamped(at("verifying"), TERMS, request="r").case
    assert hazard.restamp(case, newer, T0 + DAY) is None
    assert hazard.restamp(at("closed"), newer, T0 + DAY) is None


def test_newer_limits_count_from_the_original_start() -> None:
    change = restamped(at("rectifying"), limited(rectify=cases.calendar_days(5)), T0 + DAY)
    assert (change.case.due_at, change.case.rounds[-1].due_at) == (local("2026-10-13 24:00"),) * 2


def test_newer_terms_leave_a_paused_case_at_rest() -> None:
    case = act(at("rectifying"), "pause", OFFICE, T0 + DAY)
    change = restamped(case, limited(rectify=cases.calendar_days(5)), T0 + 2 * DAY)
    assert (change.case.paused, change.case.due_at, change.notices) == (True, None, ())


def test_newer_terms_leave_a_granted_date_as_it_is() -> None:
    case = act(act(at("rectifying"), "extend", STAFF, until="2026-11-05"), "grant_extension", LEADER)
    change = restamped(case, limited(rectify=cases.calendar_days(5)))
    assert (change.case.due_at, change.notices) == (local("2026-11-05 24:00"), ())


def test_a_reminder_that_newer_terms_add_too_late_is_not_sent() -> None:
    ladder = replace(cases.LADDER, reminders=(10, 3, 1, 0))
    now = local("2026-10-15 09:00")
    change = restamped(at("rectifying"), replace(TERMS, ladders={"general": ladder}), now)
    # ten working days before Friday the 23rd was Saturday the 10th, a make-up day
    assert clock(change.case).skipped == (10,)
    assert pending(change.case) == ("remind", local("2026-10-20 08:30"))


def test_a_case_of_plain_days_comes_under_clocks_from_the_start_of_its_stage() -> None:
    case = at("verifying", terms=PLAIN)
    change = restamped(case, TERMS, T0 + DAY)
    assert (case.running, clock(change.case).since) == (None, T0)
    assert change.case.due_at == local("2026-10-14 17:30")
    assert [one.kind for one in change.notices] == [NoticeKind.DUE_MOVED]
    assert pending(change.case) == ("remind", local("2026-10-10 08:30"))


def test_newer_terms_of_plain_days_keep_the_plain_limit() -> None:
    change = restamped(at("rectifying", terms=PLAIN), replace(PLAIN, version="plain-2"), T0 + DAY)
    assert (change.case.due_at, change.notices) == (T0 + 15 * DAY, ())


def test_what_is_late_by_plain_days_is_not_counted_late_twice_under_clocks() -> None:
    late = after(at("verifying", terms=PLAIN), T0 + 20 * DAY)
    case = restamped(late, TERMS, T0 + 20 * DAY).case
    assert (late.overdue_count, case.overdue) == (1, True)
    case, changes = wound(case, T0 + 20 * DAY)
    assert [one.entry.action for one in changes] == ["lapse"]
    assert (case.overdue, case.overdue_count, case.colour) == (True, 1, "blue")


def test_the_days_of_a_case_reach_from_its_start_over_the_limit() -> None:
    terms = TERMS.stamped(CALENDAR, T0, T0)
    assert terms.calendar == workdays.slice_for(
        CALENDAR, local("2026-10-07 00:00").date(), local("2027-11-12 00:00").date()
    )
    assert at("verifying", terms=terms).due_at == at("verifying").due_at


def _to_team(case: Case, post: str, request: str = "teams-7") -> Change | None:
    newer = Restamp(
        terms=case.terms, person_id=None, post_id=None, request_id=request, reason="包联调整", team_post=post
    )
    return hazard.restamp(case, newer, T0)


def test_work_that_waits_on_a_team_goes_to_the_one_that_covers_the_unit_now_with_its_claim_undone() -> None:
    case = act(at("verifying"), "claim", cases.INSPECTOR)
    change = _to_team(case, "team-2")
    assert change is not None
    assert (change.case.waiting_post, change.case.claim) == ("team-2", None)
    assert (change.case.due_at, change.case.terms) == (case.due_at, case.terms)
    assert (change.entry.action, change.entry.reason) == ("change_team", "包联调整")
    assert [(one.kind, one.post_id) for one in change.notices] == [(NoticeKind.WORK, "team-2")]
    told = retelling.notices(case, change.case, change.entry)
    assert told == change.notices
    # once, and not back by the same order
    assert _to_team(change.case, "team-2", "again") is None
    assert _to_team(change.case, "team") is None


def test_what_the_former_team_was_told_and_asked_is_the_new_ones_to_know_and_answer() -> None:
    case = cases.dressed("verifying", "acknowledge")
    case = replace(case, slips=cases.dressed("verifying", "reply").slips)
    change = _to_team(case, "team-2")
    assert change is not None
    told = clock(change.case).told
    assert ("team" in told, "team-2" in told) == (False, True)
    assert len(told) == len(clock(case).told)
    asked = {one.post_id for one in change.case.slips}
    assert asked == {"team-2" if one.post_id == "team" else one.post_id for one in case.slips}
    assert "team-2" in asked


def test_work_that_waits_on_the_unit_stays_with_it_and_nobody_is_told() -> None:
    change = _to_team(at("rectifying"), "team-2")
    assert change is not None
    assert (change.case.waiting_post, change.case.team_post, change.notices) == ("u1-staff", "team-2", ())


def test_a_closed_case_keeps_its_team() -> None:
    assert _to_team(at("closed"), "team-2") is None
