"""Somebody takes a late case in hand (签收督办): the ladder rests, and goes on by itself where nothing moves (bar E1)."""

from datetime import timedelta

from domain import hazard
from domain.hazard import Case
from domain.people import Role
from tests.domain import cases
from tests.domain.cases import DAY, HEAD, INSPECTOR, LEADER, OFFICE, PLAIN, STAFF, T0, act, actor, at, refused
from tests.domain.winding import after, clock, pending, wound
from tests.domain.workdays_table import local

LAPSE = local("2026-10-23 24:00")
NOON = local("2026-10-26 11:00")
"""Monday; the head of the unit would be told at 17:30."""


def _late() -> Case:
    return after(at("rectifying"), NOON)


def _held() -> Case:
    return act(_late(), "acknowledge", STAFF, NOON)


def test_an_acknowledgement_holds_the_ladder_at_once_and_for_its_time() -> None:
    case = _held()
    assert case.acknowledgement is not None
    assert (case.acknowledgement.post_id, case.acknowledgement.at) == ("u1-staff", NOON)
    # two working days after Monday: Wednesday at closing time, also the last instant for the answer to the slip
    assert pending(case) == ("rearm", local("2026-10-28 17:30"))
    assert case.overdue
    assert clock(case).rungs == 0


def test_without_progress_the_ladder_goes_on_when_the_acknowledgement_has_run_out() -> None:
    _, changes = wound(_held(), local("2026-10-29 17:30"))
    assert [
        (one.entry.action, one.entry.due_at, [notice.post_id for notice in one.notices]) for one in changes
    ] == [
        ("rearm", local("2026-10-28 17:30"), ["u1-staff"]),
        ("chase", local("2026-10-28 17:30"), ["u1-head", "office"]),
        ("escalate", local("2026-10-29 17:30"), ["u1-head"]),
        ("repeat", local("2026-10-29 17:30"), ["u1-staff", "u1-head"]),
    ]


def test_progress_under_the_same_clock_ends_an_acknowledgement_and_counts_from_there() -> None:
    case = act(after(at("assigned"), NOON), "acknowledge", STAFF, NOON)
    case = act(case, "start", STAFF, local("2026-10-27 10:00"))
    assert case.acknowledgement is None
    assert pending(case) == ("escalate", local("2026-10-28 10:00"))


def test_only_who_was_told_may_acknowledge() -> None:
    assert refused(_late(), "acknowledge", INSPECTOR, NOON) == "not_told"
    assert refused(_late(), "acknowledge", HEAD, NOON) == "not_told"
    told = after(_late(), local("2026-10-26 17:30"))
    assert refused(told, "acknowledge", HEAD, local("2026-10-26 17:30")) == ""


def test_nobody_acknowledges_what_is_not_late() -> None:
    assert refused(at("rectifying"), "acknowledge", STAFF) == "not_overdue"
    plain = after(at("rectifying", terms=PLAIN), T0 + 20 * DAY)
    assert refused(plain, "acknowledge", STAFF, T0 + 20 * DAY) == "not_overdue"


def test_a_post_acknowledges_once_and_then_the_next_one_up() -> None:
    now = local("2026-10-28 17:30")
    case = after(_held(), now)
    second = actor("colleague", ("u1-staff", Role.UNIT_STAFF, "u1"))
    assert refused(case, "acknowledge", STAFF, now) == "already_acknowledged"
    assert refused(case, "acknowledge", second, now) == "already_acknowledged"
    case = after(case, local("2026-10-29 17:30"))
    case = act(case, "acknowledge", HEAD, local("2026-10-29 17:30"))
    assert clock(case).acknowledged == ("u1-staff", "u1-head")
    assert pending(case) == ("rearm", local("2026-11-02 17:30"))


def test_while_the_ladder_rests_nobody_else_acknowledges() -> None:
    now = local("2026-10-26 17:30")
    case = act(after(at("rectifying"), now), "acknowledge", HEAD, now)
    assert refused(case, "acknowledge", STAFF, now) == "ladder_rests"
    assert refused(case, "acknowledge", HEAD, now) == "already_acknowledged"


def test_acknowledging_for_ever_is_not_possible() -> None:
    case, now, held = _late(), NOON, 0
    by = {"u1-staff": STAFF, "u1-head": HEAD, "team": INSPECTOR, "office": OFFICE, "deputy": LEADER}
    for _ in range(40):
        for person in by.values():
            if not refused(case, "acknowledge", person, now):
                case, held = act(case, "acknowledge", person, now), held + 1
        coming = hazard.next_step(case)
        assert coming is not None
        now = coming.at
        case = after(case, now)
    assert held == len(by)
    assert clock(case).rungs == len(cases.RUNGS)


def test_whoever_has_to_act_after_a_reassignment_may_acknowledge() -> None:
    case = act(_late(), "reassign", OFFICE, NOON, post="u1-other")
    assert (clock(case).told, case.waiting_post) == (("u1-other", "u1-staff"), "u1-other")
    other = actor("other", ("u1-other", Role.UNIT_STAFF, "u1"))
    assert refused(case, "acknowledge", other, NOON) == ""
    # the highest one told is still the last
    case = after(case, local("2026-10-26 17:30"))
    assert clock(case).told == ("u1-other", "u1-staff", "u1-head")


def test_confirming_a_late_report_gives_the_office_the_word() -> None:
    now = local("2026-10-12 09:00")
    case = act(after(cases.opened().case, now), "confirm", INSPECTOR, now)
    assert (case.overdue, clock(case).told) == (True, ("office", "team"))
    assert refused(case, "acknowledge", OFFICE, now) == ""


def test_the_next_stage_knows_nothing_of_an_acknowledgement() -> None:
    case = act(_held(), "submit", STAFF, NOON + timedelta(hours=1))
    assert (case.acknowledgement, clock(case).told, clock(case).acknowledged) == (None, (), ())


def test_an_acknowledgement_is_recorded_under_the_post_that_was_told() -> None:
    twofold = actor("twofold", ("u1-second", Role.UNIT_STAFF, "u1"), ("u1-staff", Role.UNIT_STAFF, "u1"))
    change = hazard.apply(_late(), cases.command("acknowledge", twofold), NOON)
    assert change is not None
    assert (change.entry.post_id, clock(change.case).acknowledged) == ("u1-staff", ("u1-staff",))
