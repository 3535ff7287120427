"""Colours and supervision slips (蓝/黄/红 督办单): one slip per graver colour, answered in time or chased once (bar E8)."""

from dataclasses import replace

import pytest

from domain import hazard
from domain.hazard import Case
from domain.ladder import Addressee, Colour, Rung
from domain.people import Role
from tests.domain import cases
from tests.domain.cases import (
    DAY,
    GENERAL,
    HEAD,
    INSPECTOR,
    LADDER,
    MAJOR,
    OFFICE,
    STAFF,
    T0,
    TERMS,
    act,
    actor,
    at,
    refused,
)
from tests.domain.winding import after, pending, wound
from tests.domain.workdays_table import local

LAPSE = local("2026-10-23 24:00")
BLUE, YELLOW, RED = (f"DB-2026-000001-{number:02d}" for number in (1, 2, 3))


def _late(until: str = "2026-10-23 24:00") -> Case:
    return after(at("rectifying"), local(until))


def test_each_graver_colour_makes_one_slip_with_serial_addressee_and_time_to_answer() -> None:
    case = _late("2026-11-30 00:00")
    assert [(one.serial, one.colour, one.post_id, one.at, one.reply_due_at) for one in case.slips] == [
        # Saturday 00:00 and three working days; Wednesday and two; Wednesday and one
        (BLUE, "blue", "u1-head", LAPSE, local("2026-10-28 17:30")),
        (YELLOW, "yellow", "u1-head", local("2026-10-28 17:30"), local("2026-10-30 17:30")),
        (RED, "red", "u1-head", local("2026-11-04 17:30"), local("2026-11-05 17:30")),
    ]
    assert case.colour is Colour.RED


def test_the_colour_is_that_of_the_gravest_rung_so_far() -> None:
    seen = {
        until: _late(until).colour for until in ("2026-10-23 23:59", "2026-10-28 17:29", "2026-11-04 17:29")
    }
    assert list(seen.values()) == [None, "blue", "yellow"]


def test_a_rung_of_a_lighter_or_the_same_colour_makes_no_slip() -> None:
    rungs = tuple(Rung(to=Addressee.OFFICE, after=cases.days(1), colour=colour) for colour in Colour)
    ladder = replace(LADDER, colour=Colour.YELLOW, rungs=rungs[:2])
    case = after(
        at("rectifying", terms=replace(TERMS, ladders={"general": ladder})), local("2026-11-30 00:00")
    )
    assert [(one.colour, one.serial) for one in case.slips] == [("yellow", BLUE)]


def test_the_colour_of_a_rung_that_is_passed_over_comes_with_the_next_one() -> None:
    # a closure waits on the deputy, whose rung gives red and is passed over
    rungs = (
        *LADDER.rungs[:3],
        replace(LADDER.rungs[3], colour=Colour.RED),
        replace(LADDER.rungs[4], colour=None),
    )
    ladder = replace(LADDER, rungs=rungs)
    terms = replace(TERMS, ladders={"general": ladder, "major": ladder})
    case = after(at("awaiting_closure", major=True, terms=terms), T0 + 60 * DAY)
    assert [(one.colour, one.post_id) for one in case.slips] == [("blue", "deputy"), ("red", "deputy")]
    assert case.colour == "red"


def test_a_colour_without_time_to_answer_makes_no_slip() -> None:
    ladder = replace(LADDER, replies={Colour.RED: cases.days(1)})
    case = after(
        at("rectifying", terms=replace(TERMS, ladders={"general": ladder})), local("2026-11-30 00:00")
    )
    assert (case.colour, [one.serial for one in case.slips]) == ("red", [BLUE])


@pytest.mark.parametrize(
    ("stage", "post_id"),
    [("reported", "team"), ("confirmed", "office"), ("verifying", "team"), ("awaiting_closure", "deputy")],
)
def test_outside_the_unit_s_own_time_the_one_who_has_to_act_answers(stage: str, post_id: str) -> None:
    case = after(at(stage, major=True), T0 + 20 * cases.DAY)
    assert [one.post_id for one in case.slips][:1] == [post_id]


def test_a_unit_without_a_head_answers_by_whoever_has_to_act() -> None:
    case = after(replace(at("rectifying"), head_post=None), LAPSE)
    assert [one.post_id for one in case.slips] == ["u1-staff"]


def test_an_answer_stays_on_the_slip_and_stops_the_chase() -> None:
    case = act(_late(), "reply", HEAD, LAPSE, slip=BLUE, note="已停用，设备周一到货")
    (slip,) = case.slips
    assert (slip.replied_by, slip.replied_at, slip.reply) == ("head", LAPSE, "已停用，设备周一到货")
    _, changes = wound(case, local("2026-10-30 17:29"))
    assert "chase" not in [one.entry.action for one in changes]
    assert refused(case, "reply", HEAD, LAPSE, slip=BLUE) == "no_open_slip"


def test_a_slip_that_nobody_answers_is_chased_once_at_its_addressee_and_the_office() -> None:
    _, changes = wound(_late(), local("2026-11-30 00:00"))
    chases = [one for one in changes if one.entry.action == "chase"]
    assert [one.entry.due_at for one in chases] == [
        local(f"2026-{day} 17:30") for day in ("10-28", "10-30", "11-05")
    ]
    for chase, serial in zip(chases, (BLUE, YELLOW, RED), strict=True):
        assert [(one.kind, one.post_id) for one in chase.notices] == [
            ("slip_unanswered", "u1-head"),
            ("slip_unanswered", "office"),
        ]
        assert all(serial in one.text for one in chase.notices)


def test_a_slip_may_be_answered_after_it_was_chased() -> None:
    now = local("2026-10-29 09:00")
    case = act(after(_late(), now), "reply", HEAD, now, slip=BLUE)
    assert (case.slips[0].chased, case.slips[0].replied_at) == (True, now)


def test_only_its_addressee_answers_a_slip_and_only_that_one() -> None:
    case = _late()
    assert refused(case, "reply", STAFF, LAPSE, slip=BLUE) == "no_open_slip"
    assert refused(case, "reply", HEAD, LAPSE, slip=RED) == "slip_unknown"
    successor = actor("successor", ("u1-head", Role.UNIT_HEAD, "u1"))
    assert refused(case, "reply", successor, LAPSE, slip=BLUE) == ""


def test_a_colour_ends_with_its_clock_and_the_slip_is_still_to_be_answered() -> None:
    case = act(_late(), "submit", STAFF, LAPSE)
    assert (case.colour, pending(case)) == (None, ("remind", local("2026-10-27 08:30")))
    _, changes = wound(case, local("2026-10-28 17:30"))
    assert [one.entry.action for one in changes] == ["remind", "chase"]


def test_a_later_clock_makes_slips_of_its_own_with_the_next_serials() -> None:
    case = after(act(_late(), "submit", STAFF, LAPSE), local("2026-10-30 17:30"))
    assert [(one.serial, one.colour, one.post_id) for one in case.slips] == [
        (BLUE, "blue", "u1-head"),
        (YELLOW, "blue", "team"),
    ]


def test_a_longer_limit_ends_the_colour() -> None:
    case = act(_late(), "regrade", INSPECTOR, LAPSE, grade=MAJOR)
    assert (case.overdue, case.colour, case.due_at) == (False, None, local("2026-11-09 24:00"))
    assert act(_late(), "regrade", INSPECTOR, LAPSE, grade=GENERAL).colour == "blue"


def test_a_slip_from_before_the_closure_is_not_chased_in_the_new_cycle() -> None:
    case = act(act(_late(), "submit", STAFF, LAPSE), "pass", INSPECTOR, LAPSE)
    case = act(case, "reopen", OFFICE, local("2026-11-09 09:00"))
    assert case.slips[0].replied_at is None
    _, changes = wound(case, local("2026-11-23 00:00"))
    assert [one.entry.action for one in changes] == ["remind"]


def test_a_slip_is_served_with_the_step_that_makes_it() -> None:
    change = hazard.step(after(at("rectifying"), local("2026-10-23 23:59")), LAPSE)
    assert change is not None
    overdue, slip = change.notices
    assert (overdue.kind, overdue.post_id, slip.kind, slip.post_id) == (
        "overdue",
        "u1-staff",
        "slip",
        "u1-head",
    )
    assert slip.text == f"蓝色督办单 {BLUE}｜YH-2026-000001 示例院 一楼厨房：请于2026年10月28日17:30前回复"
