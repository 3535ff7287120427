"""Reminders and the ladder (催办与逐级督办): who is told when nobody acts, in what order, and what holds it (E1, E2, E5, E7, O1)."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from domain import hazard
from domain.hazard import Case, Change
from domain.ladder import Period
from domain.terms import Terms
from domain.workdays import Limit, Unit
from tests.domain import cases
from tests.domain.cases import (
    DAY,
    INSPECTOR,
    LADDER,
    OFFICE,
    RUNGS,
    STAFF,
    T0,
    TERMS,
    act,
    at,
)
from tests.domain.winding import after, clock, limited, wound, wound_late
from tests.domain.workdays_table import local

LAPSE = local("2026-10-23 24:00")
NOBODY_ACTS = """
remind    10-20 08:30  u1-staff
remind    10-22 08:30  u1-staff
remind    10-23 08:30  u1-staff
lapse     10-23 24:00  u1-staff u1-head
escalate  10-26 17:30  u1-head
repeat    10-26 17:30  u1-staff u1-head
escalate  10-27 17:30  team
escalate  10-28 17:30  office u1-head
repeat    10-28 17:30  u1-staff office
chase     10-28 17:30  u1-head office
escalate  10-30 17:30  deputy
chase     10-30 17:30  u1-head office
repeat    11-03 17:30  u1-staff deputy
escalate  11-04 17:30  leader u1-head
chase     11-05 17:30  u1-head office
repeat    11-13 17:30  u1-staff leader
"""
"""What a general hazard in rectification is due on Friday 23 October 2026, counted on a paper calendar: rungs after 1, 2, 3,
5 and 8 working days; repeats after 1, 2, 4 and 8 more; slips to the head to be answered within 3, 2 and 1."""


def _told(changes: Iterable[Change]) -> list[tuple[str, datetime, list[str]]]:
    return [
        (one.entry.action, one.entry.due_at or one.entry.at, [notice.post_id for notice in one.notices])
        for one in changes
    ]


def _written(lines: str) -> list[tuple[str, datetime, list[str]]]:
    rows = [line.split() for line in lines.strip().splitlines()]
    return [(action, local(f"2026-{day} {clock}"), posts) for action, day, clock, *posts in rows]


def laddered(terms: Terms = TERMS, **more: object) -> Terms:
    ladder = replace(LADDER, **more)  # type: ignore[arg-type]
    return replace(terms, ladders={"general": ladder, "major": ladder})


def late(now: datetime = LAPSE, terms: Terms = TERMS) -> Case:
    return after(at("rectifying", terms=terms), now)


def test_with_nobody_answering_everybody_is_told_at_the_written_instants_in_order() -> None:
    _, changes = wound(at("rectifying"), local("2026-11-13 17:30"))
    assert _told(changes) == _written(NOBODY_ACTS)


def test_what_is_foreseen_is_what_then_happens_and_changes_nothing() -> None:
    case = at("rectifying")
    seen = list(hazard.foresee(case, local("2026-11-13 17:30")))
    assert [one.entry for one in seen] == [one.entry for one in wound(case, local("2026-11-13 17:30"))[1]]
    assert len(list(hazard.foresee(case, local("2026-11-13 17:30"), most=5))) == 5
    assert list(hazard.foresee(at("closed"), local("2027-11-13 17:30"))) == []


def test_after_an_outage_every_step_is_taken_once_in_order_and_marked_late() -> None:
    now = local("2026-11-13 17:30") + timedelta(hours=12)
    _, changes = wound_late(at("rectifying"), now)
    assert _told(changes) == _written(NOBODY_ACTS)
    assert {one.entry.at for one in changes} == {now}
    assert all(notice.late for one in changes for notice in one.notices)


def test_a_minute_is_not_late() -> None:
    for delay, is_late in ((0, False), (60, False), (61, True)):
        change = hazard.step(at("rectifying"), local("2026-10-20 08:30") + timedelta(seconds=delay))
        assert change is not None
        assert [notice.late for notice in change.notices] == [is_late]


def test_nothing_is_pending_once_a_case_has_ended() -> None:
    now = local("2026-11-13 18:00")
    case, elsewhere = late(now), act(after(at("assigned"), now), "transfer", OFFICE, now)
    closed = act(act(case, "submit", STAFF, now), "pass", INSPECTOR, now)
    assert [slip.replied_at for slip in case.slips] == [None, None, None]
    for ended in (closed, elsewhere):
        assert (hazard.next_step(ended), ended.colour, ended.overdue) == (None, None, False)
        assert hazard.step(ended, now + 400 * DAY) is None


def test_a_reminder_whose_instant_has_passed_is_on_record_as_not_applicable() -> None:
    # two working days from Thursday: the reminders of 30 September and of 8 October 08:30 are behind
    case = cases.opened().case
    assert (clock(case).skipped, clock(case).reminded) == ((3,), ())
    case, changes = wound(case, local("2026-10-10 17:30"))
    assert [one.entry.due_at for one in changes[:2]] == [local("2026-10-09 08:30"), local("2026-10-10 08:30")]
    assert clock(case).reminded == (1, 0)
    assert clock(cases.opened(grade=cases.MAJOR).case).skipped == (3, 1, 0)


def test_a_reminder_on_the_last_day_is_not_applicable_where_it_would_come_after_the_limit() -> None:
    named = Limit(unit=Unit.NAMED_DATE, on="2026-10-16", minute=8 * 60)
    case = after(at("rectifying", terms=limited(rectify=named)), local("2026-10-16 08:00"))
    assert (case.overdue, clock(case).skipped, clock(case).reminded) == (True, (0,), (3, 1))


def test_the_reminder_of_a_last_day_off_comes_on_the_working_day_before() -> None:
    named = Limit(unit=Unit.NAMED_DATE, on="2026-10-18")
    _, changes = wound(at("rectifying", terms=limited(rectify=named)), local("2026-10-18 12:00"))
    assert [one.entry.due_at for one in changes] == [
        local("2026-10-13 08:30"),
        local("2026-10-15 08:30"),
        local("2026-10-16 08:30"),
    ]


def test_what_is_not_urgent_leaves_at_the_next_opening_and_what_is_urgent_at_once() -> None:
    def leaves(major: bool, action: str) -> list[tuple[datetime, bool]]:
        _, changes = wound(at("rectifying", major=major), local("2026-12-01 00:00"))
        return [
            (one.leaves_at, one.urgent)
            for done in changes
            if done.entry.action == action
            for one in done.notices
        ]

    # Saturday 00:00 waits for Monday; the closing hour is still in business hours; red is urgent
    assert set(leaves(False, "lapse")) == {(local("2026-10-26 08:30"), False)}
    assert leaves(False, "escalate")[0] == (local("2026-10-26 17:30"), False)
    assert leaves(False, "escalate")[-1] == (local("2026-11-04 17:30"), True)
    assert set(leaves(True, "lapse")) == {(local("2026-11-09 24:00"), True)}


def test_a_step_that_is_taken_late_at_night_waits_for_the_morning() -> None:
    case = late(local("2026-10-26 09:00"))
    for taken, leaves in (("17:30:30", "2026-10-26 17:30:30"), ("22:00", "2026-10-27 08:30")):
        _, (escalated, repeated) = wound_late(case, local(f"2026-10-26 {taken}"))
        assert {one.leaves_at for one in (*escalated.notices, *repeated.notices)} == {local(leaves)}


def test_repeats_thin_out_to_the_longest_gap_and_never_end() -> None:
    case = at("rectifying", terms=laddered(rungs=(), reminders=(), longest_gap=6))
    _, changes = wound(case, local("2026-12-31 00:00"))
    # from Saturday 24 October: 1, 2, 4 and then 6 working days, each to closing time
    assert [one.entry.due_at for one in changes if one.entry.action == "repeat"] == [
        local(f"2026-{day} 17:30")
        for day in ("10-26", "10-28", "11-03", "11-11", "11-19", "11-27", "12-07", "12-15", "12-23")
    ]


def test_a_longest_gap_of_nothing_still_repeats_daily() -> None:
    case = at("rectifying", terms=laddered(rungs=(), reminders=(), longest_gap=0))
    _, changes = wound(case, local("2026-10-29 00:00"))
    assert [one.entry.due_at for one in changes if one.entry.action == "repeat"] == [
        local(f"2026-10-{day} 17:30") for day in (26, 27, 28)
    ]


@pytest.mark.parametrize(
    ("stage", "posts"),
    [
        ("reported", ["office", "deputy", "leader"]),
        ("confirmed", ["deputy", "leader"]),
        ("rectifying", ["u1-head", "team", "office", "deputy", "leader"]),
        ("verifying", ["office", "deputy", "leader"]),
        ("awaiting_closure", ["leader"]),
    ],
)
def test_the_ladder_only_reaches_above_the_one_who_has_to_act(stage: str, posts: list[str]) -> None:
    _, changes = wound(at(stage, major=True), T0 + 60 * DAY)
    told = [one.notices[0].post_id for one in changes if one.entry.action == "escalate"]
    assert told == posts


def test_a_rung_of_nobody_or_of_the_one_who_has_to_act_is_passed_over() -> None:
    case = replace(at("rectifying"), head_post=None, leader_post="u1-staff")
    _, changes = wound(case, T0 + 60 * DAY)
    told = [(one.notices[0].post_id, one.entry.due_at) for one in changes if one.entry.action == "escalate"]
    # the next one is told when it would have been
    assert told[0] == ("team", local("2026-10-27 17:30"))
    assert [post for post, _ in told] == ["team", "office", "deputy"]


@pytest.mark.parametrize(("first", "last", "halved"), [("10-20", "10-23", True), ("10-24", "10-31", False)])
def test_a_sensitive_period_halves_every_delay_of_what_is_due_in_it(
    first: str, last: str, halved: bool
) -> None:
    period = Period(name="重要会议", first=f"2026-{first}", last=f"2026-{last}", percent=50)
    case = late(terms=replace(TERMS, periods=(period,)))
    told = [one.entry.due_at for one in wound(case, T0 + 60 * DAY)[1] if one.entry.action == "escalate"]
    if halved:
        # half of 6.5 hours: 08:30 to 11:45, then to the end of each day or to 11:45 again
        days = ["10-26 11:45", "10-26 17:30", "10-27 11:45", "10-28 11:45", "10-29 17:30"]
    else:
        days = ["10-26 17:30", "10-27 17:30", "10-28 17:30", "10-30 17:30", "11-04 17:30"]
    assert told == [local(f"2026-{day}") for day in days]


def test_of_two_sensitive_periods_the_stricter_one_rules() -> None:
    periods = tuple(
        Period(name="", first="2026-10-23", last="2026-10-23", percent=percent) for percent in (50, 0, 100)
    )
    case, changes = wound(late(terms=replace(TERMS, periods=periods)), LAPSE)
    assert changes == []
    assert clock(case).rungs == len(RUNGS)
