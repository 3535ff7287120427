"""The table of who may do what and how far, and how it joins the transition table."""

import pytest

from domain import access
from domain.access import OPERATIONS, Way
from domain.errors import Refused
from domain.hazard import TRANSITIONS, Action
from domain.people import Actor, Holding, Role, Scope
from tests.domain import cases

TEAM_1 = Holding(post_id="team-1", role=Role.INSPECTOR, unit_id="bureau", covers=("u1", "u2"))
HEAD_3 = Holding(post_id="u3-head", role=Role.UNIT_HEAD, unit_id="u3")


def _actor(*held: Holding) -> Actor:
    return Actor(person_id="p", holdings=held)


def test_an_act_on_a_hazard_may_be_done_by_the_roles_of_the_transition_table_as_far_as_they_reach() -> None:
    for action in Action:
        able = {role for (_, one), rule in TRANSITIONS.items() if one is action for role in rule.by}
        assert OPERATIONS[access.of_action(action)].by == {role: role.scope for role in able}, action


def test_how_far_each_role_reaches() -> None:
    assert {role.value: role.scope.value for role in Role} == {
        "unit_staff": "own_unit",
        "unit_head": "own_unit",
        "inspector": "own_team_units",
        "office": "district",
        "leader": "district",
        "oversight": "read_only",
        "member": "district",
    }


def test_oversight_sees_the_district_and_acts_on_nothing() -> None:
    oversight = cases.OVERSIGHT
    assert access.visible_units("list_hazards", oversight) is None
    for action in Action:
        assert access.capacity(access.of_action(action), oversight, "u1") is None
        with pytest.raises(Refused) as refused:
            access.check(access.of_action(action), oversight)
        assert refused.value.code == "role_required"
    assert not oversight.holdings[0].reaches("u1")


def test_a_team_sees_and_acts_on_its_own_units_and_no_others() -> None:
    inspector = _actor(TEAM_1)
    assert access.visible_units("list_hazards", inspector) == frozenset({"u1", "u2"})
    assert inspector.visible_units() == frozenset({"u1", "u2"})
    assert access.capacity("pass_hazard", inspector, "u2") is TEAM_1
    assert access.capacity("pass_hazard", inspector, "u3") is None


def test_a_team_without_units_sees_nothing() -> None:
    idle = Holding(post_id="team-9", role=Role.INSPECTOR, unit_id="bureau", covers=())
    assert access.visible_units("list_hazards", _actor(idle)) == frozenset()
    assert not idle.reaches("u1")


def test_an_inspector_of_records_from_before_teams_owned_units_acts_as_then_but_sees_nothing() -> None:
    of_old = Holding(post_id="team-1", role=Role.INSPECTOR, unit_id="bureau")
    assert of_old.reaches("u1")
    assert access.visible_units("list_hazards", _actor(of_old)) == frozenset()


def test_a_person_with_two_posts_sees_what_both_show_and_only_what_the_operation_gives_them() -> None:
    both = _actor(TEAM_1, HEAD_3)
    assert access.visible_units("list_hazards", both) == frozenset({"u1", "u2", "u3"})
    assert access.visible_units("pass_hazard", both) == frozenset({"u1", "u2"}), "a head passes nothing"


def test_somebody_without_a_post_sees_nothing_and_may_do_what_everybody_may() -> None:
    nobody = _actor()
    for name, row in OPERATIONS.items():
        assert access.visible_units(name, nobody) == frozenset()
        if row.way is Way.POSTS:
            with pytest.raises(Refused):
                access.check(name, nobody)
        else:
            access.check(name, nobody)


def test_only_reading_and_what_is_ones_own_is_open_without_a_post() -> None:
    written = {"upload_file", "acknowledge_notice"}
    signing = {
        "sign_in",
        "refresh_session",
        "set_up_account",
        "sign_out",
        "end_session",
        "sign_out_everywhere",
    }
    signing |= {"change_password"}
    # they refuse by row what the table leaves to the row: whose number it is
    written |= {"set_person_contact", "set_post_contact", "reveal_person_contact", "reveal_post_contact"}
    written |= {"check_roster"}
    for name, row in OPERATIONS.items():
        if name.startswith(("get_", "list_", "count_", "explain_", "export_")) or name in written | signing:
            continue
        if row.way is Way.LINK or set(row.by.values()) == {Scope.OWN_POSTS}:
            continue
        assert row.way is Way.POSTS, name
        assert Role.OVERSIGHT not in row.by, name
        assert Scope.READ_ONLY not in row.by.values(), name
