"""Every (stage, action, role) against the table that people are told (bar L1)."""

import pytest

from domain import hazard
from domain.errors import Kind, Refused
from domain.hazard import Action, Case, Command, Stage
from domain.people import Role
from tests import table
from tests.domain import cases


def _answer(case: Case, command: Command) -> tuple[str, list[str]] | None:
    try:
        hazard.check(case, command, cases.T0)
    except Refused as refused:
        return refused.code, list(refused.details.get("roles") or [])
    return None


def test_the_written_table_speaks_of_every_stage_action_and_role() -> None:
    assert set(table.STAGES) == set(Stage)
    assert set(table.ACTIONS) == set(Action)
    assert set(table.ROLES.values()) == set(Role)


@pytest.mark.parametrize("action", table.ACTIONS)
@pytest.mark.parametrize("stage", table.STAGES)
def test_the_rules_decide_as_the_written_table_says(stage: str, action: str) -> None:
    case = cases.dressed(stage, action)
    told = {role: table.refusal(stage, action, role) for role in table.ROLES.values()}
    done = {role: _answer(case, cases.command(action, cases.BY_ROLE[role])) for role in told}
    assert done == told


@pytest.mark.parametrize("stage", table.STAGES)
def test_allowed_actions_lists_exactly_what_is_allowed(stage: str) -> None:
    for action in table.ACTIONS:
        for role, by in cases.BY_ROLE.items():
            listed = hazard.allowed_actions(cases.dressed(stage, action), by, cases.T0)
            allowed = table.refusal(stage, action, role) is None
            assert (action in {one.action for one in listed}) is allowed, (action, role)


@pytest.mark.parametrize("stage", table.STAGES)
def test_an_allowed_action_leads_to_the_written_stage(stage: str) -> None:
    for action in table.ACTIONS:
        for role, by in cases.BY_ROLE.items():
            if table.refusal(stage, action, role) is None:
                after = cases.act(cases.dressed(stage, action), action, by)
                assert after.stage == table.LEADS_TO.get((stage, action), stage), (action, role)


def test_a_general_hazard_is_closed_by_the_check_itself() -> None:
    assert cases.act(cases.at("verifying"), "pass", cases.INSPECTOR).stage is Stage.CLOSED


def test_a_person_without_any_post_may_do_nothing() -> None:
    nobody = cases.actor("nobody")
    case = cases.at("reported")
    assert hazard.allowed_actions(case, nobody, cases.T0) == ()
    assert cases.refused(case, "note", nobody) == "role_required"


def test_a_post_in_another_unit_gives_no_right_in_this_one() -> None:
    stranger = cases.actor("stranger", ("u2-staff", Role.UNIT_STAFF, "u2"))
    assert cases.refused(cases.at("assigned"), "start", stranger) == "role_required"
    assert cases.refused(cases.at("assigned"), "note", stranger) == "role_required"


@pytest.mark.parametrize(
    ("stage", "code", "kind"),
    [("closed", "wrong_stage", Kind.WRONG_STAGE), ("confirmed", "role_required", Kind.NOT_ALLOWED)],
)
def test_a_refusal_is_of_the_kind_that_gives_its_http_status(stage: str, code: str, kind: Kind) -> None:
    by = cases.FINDER if stage == "closed" else cases.STAFF
    with pytest.raises(Refused) as refused:
        hazard.check(cases.at(stage), cases.command("assign", by), cases.T0)
    assert (refused.value.code, refused.value.kind) == (code, kind)
