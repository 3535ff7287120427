"""Nobody verifies their own rectification or closes for their own unit, on any path (bar A4)."""

from dataclasses import replace

import pytest

from domain import hazard
from domain.evidence import EvidenceKind
from domain.hazard import Case, Stage
from domain.people import Actor, Role
from tests.domain import cases
from tests.domain.cases import FINDER, HEAD, INSPECTOR, LEADER, OFFICE, STAFF, act, actor, at, refused

BOTH = actor("both", ("u1-head", Role.UNIT_HEAD, "u1"), ("team", Role.INSPECTOR, "bureau"))
UNIT_AND_DESK = actor("clerk", ("office", Role.OFFICE, "bureau"), ("u1-staff", Role.UNIT_STAFF, "u1"))
UNIT_AND_LEAD = actor("chief", ("deputy", Role.LEADER, "bureau"), ("u1-head", Role.UNIT_HEAD, "u1"))
JUDGEMENTS = [
    ("reported", "dismiss"),
    ("reported", "transfer"),
    ("reported", "merge"),
    ("reported", "regrade"),
    ("verifying", "pass"),
    ("verifying", "return"),
    ("verifying", "lift_supervision"),
    ("verifying", "resume_use"),
    ("awaiting_closure", "return"),
    ("awaiting_closure", "close"),
]


def _moved(person: str) -> list[Actor]:
    """The same natural person, holding only a bureau post now."""
    posts = {"inspector": Role.INSPECTOR, "office": Role.OFFICE, "deputy": Role.LEADER}
    return [actor(person, (post, role, "bureau")) for post, role in posts.items()]


@pytest.mark.parametrize(("stage", "action"), JUDGEMENTS)
def test_who_holds_a_post_in_the_unit_judges_nothing_of_that_unit(stage: str, action: str) -> None:
    case = cases.dressed(stage, action)
    answers = {refused(case, action, both) for both in (BOTH, UNIT_AND_DESK, UNIT_AND_LEAD)}
    assert "separation_of_duties" in answers
    assert answers <= {"separation_of_duties", "role_required"}


@pytest.mark.parametrize(("stage", "action"), [pair for pair in JUDGEMENTS if pair[0] != "reported"])
def test_a_rectifier_who_changed_posts_still_judges_nothing_of_it(stage: str, action: str) -> None:
    case = cases.dressed(stage, action)
    assert STAFF.person_id in case.rectifiers
    answers = {refused(case, action, now) for now in _moved(STAFF.person_id)}
    assert "separation_of_duties" in answers
    assert answers <= {"separation_of_duties", "role_required"}


@pytest.mark.parametrize("action", ["start", "submit", "plan", "control"])
def test_each_kind_of_work_on_a_rectification_makes_a_rectifier(action: str) -> None:
    case = at("assigned" if action != "submit" else "rectifying", major=True)
    worker = HEAD if action == "plan" else actor("worker", ("u1-staff", Role.UNIT_STAFF, "u1"))
    assert worker.person_id in act(replace(case, rectifiers=()), action, worker).rectifiers


def test_having_rectified_in_an_earlier_cycle_still_counts() -> None:
    again = act(at("closed"), "reopen", OFFICE)
    other = actor("other", ("u1-head", Role.UNIT_HEAD, "u1"))
    again = act(act(again, "start", other), "submit", other)
    (moved, *_) = _moved(STAFF.person_id)
    assert refused(again, "pass", moved) == "separation_of_duties"
    assert refused(again, "pass", INSPECTOR) == ""


def _fixed_by(by: Actor) -> Case:
    photos = tuple(cases.evidence(kind) for kind in (EvidenceKind.BEFORE_PHOTO, EvidenceKind.AFTER_PHOTO))
    return act(cases.opened(by=by, fixed_on_spot=True, evidence=photos).case, "confirm", INSPECTOR)


def test_what_the_finder_fixed_on_the_spot_is_checked_by_somebody_else() -> None:
    case = _fixed_by(FINDER)
    assert case.stage is Stage.VERIFYING
    assert refused(case, "pass", FINDER) == "separation_of_duties"
    assert refused(case, "return", FINDER) == "separation_of_duties"
    assert act(case, "pass", INSPECTOR).stage is Stage.CLOSED


def test_what_the_finder_fixed_on_the_spot_is_not_ended_by_the_finder_either() -> None:
    photos = tuple(cases.evidence(kind) for kind in (EvidenceKind.BEFORE_PHOTO, EvidenceKind.AFTER_PHOTO))
    case = cases.opened(by=FINDER, fixed_on_spot=True, evidence=photos).case
    for action in ("dismiss", "merge", "regrade"):
        assert refused(case, action, FINDER) == "separation_of_duties"
        assert refused(case, action, INSPECTOR) == ""


def test_allowed_actions_offers_no_judgement_to_an_interested_person() -> None:
    case = at("verifying")
    offered = {one.action for one in hazard.allowed_actions(case, BOTH, cases.T0)}
    assert offered == {"note", "suspend_use"}


def test_an_act_on_behalf_of_another_is_judged_by_the_one_who_acts() -> None:
    proxy = replace(actor(STAFF.person_id, ("team", Role.INSPECTOR, "bureau")), on_behalf_of="inspector")
    assert refused(at("verifying"), "pass", proxy) == "separation_of_duties"


def test_an_act_is_recorded_under_the_post_that_gives_the_right() -> None:
    twofold = actor("twofold", ("leader", Role.LEADER, "bureau"), ("deputy", Role.LEADER, "bureau"))
    change = hazard.apply(at("awaiting_closure", major=True), cases.command("close", twofold), cases.T0)
    assert change is not None
    assert change.entry.post_id == "deputy"


def test_only_the_named_closing_authority_closes() -> None:
    case = at("awaiting_closure", major=True)
    other = actor("leader", ("leader", Role.LEADER, "bureau"))
    assert refused(case, "close", other) == "not_closing_authority"
    assert refused(case, "return", other) == "not_closing_authority"
    assert refused(replace(case, closing_authority="leader"), "close", other) == ""
    assert refused(case, "close", LEADER) == ""
