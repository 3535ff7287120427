"""The table of who may do what and how far, and how it joins the transition table."""

import pytest

from domain import access
from domain.access import OPERATIONS, Way, bulletins, collections, hazards, identity, messages, organisation
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


def test_an_operation_stands_in_one_features_rows_only() -> None:
    features = [
        *(identity.IDENTITY, organisation.ORGANISATION, hazards.HAZARDS),
        *(collections.COLLECTIONS, bulletins.BULLETINS, messages.MESSAGES),
    ]
    assert sorted(name for rows in features for name in rows) == sorted(OPERATIONS)


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


READING = ("get_", "list_", "count_", "explain_")

OPEN_WITHOUT_A_POST = {
    # what is one's own
    "upload_file": "cited only by who uploaded it",
    "acknowledge_notice": "a notice to a post that one holds",
    "add_contact_point": "one's own way of being told, or of an owner whom the route asks about",
    "send_contact_code": "likewise",
    "verify_contact_point": "likewise",
    "test_contact_point": "likewise",
    "mute_contact_point": "likewise",
    "retire_contact_point": "likewise",
    "set_person_contact": "one's own number; another's by the roles of the row, judged with whose it is",
    "set_post_contact": "of a post that one holds; another's likewise",
    "reveal_person_contact": "one's own number; another's by the roles of the row, with a reason, on record",
    "reveal_post_contact": "likewise",
    # coming in and going out
    "sign_in": "before it is known who comes",
    "refresh_session": "by the token of the session itself",
    "set_up_account": "by an invitation",
    "sign_out": "one's own session",
    "end_session": "one's own session",
    "sign_out_everywhere": "one's own sessions",
    "change_password": "one's own, with the old one",
    # reading by another name
    "export_hazard_ledger": "the rows that list_hazards shows, in a spreadsheet",
    "export_unit_duty": "the shifts that get_unit_duty shows, as a calendar",
    "check_roster": "judges what is sent, and keeps nothing",
}
"""What is not reading by its name and yet asks for no post, each with why that is right."""

READ_BY_OVERSIGHT = {"export_collection_ledger": "a list that oversight reads, in a spreadsheet"}
"""The same for what asks for a post and lets oversight in."""


def test_only_reading_and_what_is_ones_own_is_open_without_a_post() -> None:
    acts = {
        name: row
        for name, row in OPERATIONS.items()
        if not name.startswith(READING) and row.way is not Way.LINK
    }
    assert {name for name, row in acts.items() if row.way is not Way.POSTS} == set(OPEN_WITHOUT_A_POST)
    asked = {name: row for name, row in acts.items() if row.way is Way.POSTS}
    assert {name for name, row in asked.items() if Role.OVERSIGHT in row.by} == set(READ_BY_OVERSIGHT)
    for name in asked.keys() - set(READ_BY_OVERSIGHT):
        assert Scope.READ_ONLY not in asked[name].by.values(), name
