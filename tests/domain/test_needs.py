"""What an action needs: fields, evidence, a plan, interim controls, a place in use (bar V1)."""

from dataclasses import replace
from typing import Any

import pytest

from domain import hazard
from domain.errors import Kind, Refused
from domain.evidence import Evidence, EvidenceKind
from domain.hazard import PLAN_ITEMS, Action, Case, Stage
from tests import table
from tests.domain import cases
from tests.domain.cases import HEAD, INSPECTOR, LEADER, OFFICE, STAFF, act, at, refused

NEEDS = {
    "dismiss": ["reason"],
    "transfer": ["department", "receipt_number", "reason"],
    "merge": ["into", "reason"],
    "regrade": ["grade", "reason"],
    "assign": ["post"],
    "reassign": ["post", "reason"],
    "plan": ["plan"],
    "control": ["note"],
    "submit": ["note"],
    "pass": ["note"],
    "return": ["reason"],
    "close": ["note"],
    "reopen": ["reason"],
    "supervise": ["supervision"],
    "lift_supervision": ["reason"],
    "suspend_use": ["reason"],
    "resume_use": ["reason"],
    "note": ["note"],
    "extend": ["until", "reason"],
    "deny_extension": ["reason"],
    "pause": ["reason"],
    "defer": ["until", "reason"],
    "resume": ["reason"],
    "reply": ["slip", "note"],
}
EVIDENCE = {
    "confirm": "before_photo",
    "plan": "plan",
    "submit": "after_photo",
    "pass": "signature",
    "close": "closure_document",
    "transfer": "receipt",
    "extend": "extension",
}


def _first_stage(action: str) -> tuple[str, str]:
    for stage, other, role in table.every():
        if other == action and table.refusal(stage, action, role) is None:
            return stage, role
    raise AssertionError(action)


def _refusal(case: Case, action: str, role: str, **more: object) -> Refused:
    with pytest.raises(Refused) as refused_by:
        hazard.check(case, cases.command(action, cases.BY_ROLE[role], **more), cases.T0)
    return refused_by.value


@pytest.mark.parametrize("action", table.ACTIONS)
def test_each_needed_field_that_is_missing_is_named(action: str) -> None:
    stage, role = _first_stage(action)
    fields = NEEDS.get(action, [])
    for field in fields:
        told = _refusal(cases.dressed(stage, action), action, role, **{field: None})
        assert (told.code, told.kind) == ("field_missing", Kind.INVALID)
        assert told.details["fields"] == [field]
    if fields:
        told = _refusal(cases.dressed(stage, action), action, role, **dict.fromkeys(fields))
        assert told.details["fields"] == fields
    bare = dict.fromkeys(("reason", "note", "post", "plan", "department", "receipt_number", "into"))
    kept: dict[str, Any] = {name: value for name, value in bare.items() if name not in fields}
    assert refused(cases.dressed(stage, action), action, cases.BY_ROLE[role], **kept) == ""


@pytest.mark.parametrize("blank", ["", "  ", "\t\n", "\u3000"])
def test_a_reason_of_nothing_but_space_is_no_reason(blank: str) -> None:
    assert _refusal(at("verifying"), "return", "inspector", reason=blank).code == "field_missing"


@pytest.mark.parametrize(("action", "kind"), EVIDENCE.items())
def test_evidence_that_is_missing_is_named(action: str, kind: str) -> None:
    stage, role = _first_stage(action)
    case = replace(cases.dressed(stage, action), evidence=())
    others = tuple(one for one in cases.EVERYTHING if one.kind != kind)
    told = _refusal(case, action, role, evidence=others)
    assert (told.code, told.kind) == ("evidence_missing", Kind.CONFLICT)
    assert told.details["evidence"] == (kind,)
    assert EvidenceKind(kind).label in told.message


def test_a_photo_from_before_counts_from_earlier_on_but_no_other_evidence_does() -> None:
    case = cases.opened(evidence=()).case
    assert _refusal(case, "confirm", "inspector", evidence=()).code == "evidence_missing"
    assert refused(cases.opened().case, "confirm", INSPECTOR, evidence=()) == ""
    returned = act(at("verifying"), "return", INSPECTOR)
    assert EvidenceKind.AFTER_PHOTO in {one.kind for one in returned.evidence}
    assert _refusal(returned, "submit", "unit_staff", evidence=()).details["evidence"] == ("after_photo",)


@pytest.mark.parametrize("item", PLAN_ITEMS)
def test_a_plan_without_one_of_its_five_items_is_refused_by_name(item: str) -> None:
    for gap in ({key: "有" for key in PLAN_ITEMS if key != item}, cases.PLAN | {item: " "}):
        told = _refusal(cases.dressed("assigned", "plan"), "plan", "unit_head", plan=gap)
        assert told.code == "plan_incomplete"
        assert told.details["fields"] == (item,)


@pytest.mark.parametrize("action", ["start", "submit", "pass"])
def test_a_major_hazard_goes_nowhere_without_its_plan_and_interim_controls(action: str) -> None:
    stage, role = _first_stage(action)
    by = cases.BY_ROLE[role]
    case = at(stage, major=True)
    assert refused(replace(case, plan=None), action, by) == "plan_missing"
    assert refused(replace(case, controls=()), action, by) == "controls_missing"
    assert refused(case, action, by) == ""
    assert refused(replace(at(stage), plan=None, controls=()), action, by) == ""


def test_a_place_out_of_use_is_released_before_its_hazard_is_closed() -> None:
    suspended = act(at("verifying"), "suspend_use", OFFICE)
    assert refused(suspended, "pass", INSPECTOR) == "use_suspended"
    assert refused(suspended, "suspend_use", OFFICE) == "already_suspended"
    released = act(suspended, "resume_use", INSPECTOR)
    assert refused(released, "resume_use", INSPECTOR) == "not_suspended"
    assert act(released, "pass", INSPECTOR).stage is Stage.CLOSED
    waiting = replace(at("awaiting_closure", major=True), suspended=True)
    assert refused(waiting, "close", LEADER) == "use_suspended"


def test_only_a_major_hazard_is_listed_for_supervision_and_only_a_listed_one_is_struck_off() -> None:
    assert refused(at("rectifying"), "supervise", OFFICE) == "not_major"
    case = at("rectifying", major=True)
    assert refused(case, "lift_supervision", OFFICE) == "not_supervised"
    listed = act(case, "supervise", LEADER)
    assert listed.supervision is not None
    assert act(listed, "lift_supervision", OFFICE).supervision is None


def test_allowed_actions_tells_what_each_action_still_lacks() -> None:
    (told,) = [
        one
        for one in hazard.allowed_actions(at("rectifying"), STAFF, cases.T0)
        if one.action is Action.SUBMIT
    ]
    assert (told.post_id, told.needs, told.evidence) == ("u1-staff", ("note",), ("after_photo",))


def test_cited_files_stand_in_the_record_with_their_hashes() -> None:
    cited = (Evidence(kind=EvidenceKind.PLAN, file_id="f-9", sha256="9" * 64),)
    change = hazard.apply(at("assigned", major=True), cases.command("plan", HEAD, evidence=cited), cases.T0)
    assert change is not None
    assert change.entry.evidence == ({"kind": "plan", "file_id": "f-9", "sha256": "9" * 64},)
    assert change.case.evidence[-1:] == cited
