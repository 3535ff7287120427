"""Whoever stands in for another acts in that one's name, and is judged by both natural persons (bars A3, A4)."""

from dataclasses import replace

from domain import hazard
from domain.people import Actor, Holding, Role
from tests.domain import cases
from tests.domain.cases import OFFICE, STAFF, actor, at, refused


def _standing_in(person: str, post: str, role: Role, *, of: str, barred: tuple[str, ...] = ()) -> Actor:
    held = Holding(
        post_id=post, role=role, unit_id="bureau", on_behalf_of=of, substitute=True, barred_units=barred
    )
    return Actor(person_id=person, holdings=(held,))


def test_a_substitute_does_not_verify_what_they_rectified_themselves() -> None:
    substitute = _standing_in(STAFF.person_id, "team", Role.INSPECTOR, of="inspector")
    assert refused(at("verifying"), "pass", substitute) == "separation_of_duties"


def test_a_substitute_does_not_verify_what_the_one_they_stand_in_for_rectified() -> None:
    substitute = _standing_in("outsider", "team", Role.INSPECTOR, of=STAFF.person_id)
    assert refused(at("verifying"), "pass", substitute) == "separation_of_duties"
    assert refused(at("verifying"), "return", substitute) == "separation_of_duties"


def test_a_substitute_judges_nothing_of_the_units_of_the_one_they_stand_in_for() -> None:
    substitute = _standing_in("outsider", "team", Role.INSPECTOR, of="head-of-u1", barred=("u1",))
    assert refused(at("verifying"), "pass", substitute) == "separation_of_duties"
    assert refused(at("reported"), "confirm", substitute) == "own_unit"
    elsewhere = _standing_in("outsider", "team", Role.INSPECTOR, of="head-of-u2", barred=("u2",))
    assert refused(at("verifying"), "pass", elsewhere) == ""


def test_whoever_is_barred_in_the_name_of_another_may_still_act_in_their_own() -> None:
    substitute = _standing_in("outsider", "team", Role.INSPECTOR, of=STAFF.person_id)
    own = Holding(post_id="team-2", role=Role.INSPECTOR, unit_id="bureau")
    both = replace(substitute, holdings=(*substitute.holdings, own))
    change = hazard.apply(at("verifying"), cases.command("pass", both), cases.T0)
    assert change is not None
    assert (change.entry.post_id, change.entry.on_behalf_of) == ("team-2", None)


def test_whom_a_rectification_was_done_for_does_not_verify_it_either() -> None:
    held = replace(STAFF.holdings[0], on_behalf_of="staff-on-leave", substitute=True)
    case = at("verifying", by=Actor(person_id="stand-in", holdings=(held,)))
    assert {"stand-in", "staff-on-leave"} <= set(case.rectifiers)
    for person in ("stand-in", "staff-on-leave"):
        moved = actor(person, ("team", Role.INSPECTOR, "bureau"))
        assert refused(case, "pass", moved) == "separation_of_duties"


def test_what_a_substitute_does_is_recorded_with_both_persons_and_the_post() -> None:
    substitute = _standing_in("outsider", "team", Role.INSPECTOR, of="inspector")
    change = hazard.apply(at("verifying"), cases.command("pass", substitute), cases.T0)
    assert change is not None
    entry = change.entry
    assert (entry.person_id, entry.post_id, entry.on_behalf_of) == ("outsider", "team", "inspector")


def test_more_time_is_granted_neither_by_who_asked_nor_by_whom_it_was_asked_for() -> None:
    held = replace(STAFF.holdings[0], on_behalf_of="staff-on-leave", substitute=True)
    asked = cases.act(
        cases.dressed("rectifying", "extend"), "extend", Actor(person_id="stand-in", holdings=(held,))
    )
    for person in ("stand-in", "staff-on-leave"):
        moved = actor(person, ("office", Role.OFFICE, "bureau"))
        assert refused(asked, "grant_extension", moved) in ("own_extension", "separation_of_duties")
    assert refused(asked, "grant_extension", OFFICE) == ""
