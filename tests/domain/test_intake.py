"""Reporting a hazard, fixing it on the spot, and answering a repeated request."""

from datetime import timedelta

import pytest

from domain import hazard
from domain.audit import RECENT_REQUESTS
from domain.errors import Refused
from domain.evidence import EvidenceKind
from domain.hazard import Stage, place_key
from domain.people import Role
from tests.domain import cases
from tests.domain.cases import FINDER, INSPECTOR, MAJOR, OVERSIGHT, STAFF, T0, act, at

PHOTOS = tuple(cases.evidence(kind) for kind in (EvidenceKind.BEFORE_PHOTO, EvidenceKind.AFTER_PHOTO))


@pytest.mark.parametrize("role", Role)
def test_everybody_but_oversight_may_report(role: Role) -> None:
    by = cases.BY_ROLE[role.value]
    if by is OVERSIGHT:
        with pytest.raises(Refused, match="role_required"):
            cases.opened(by=by)
    else:
        assert cases.opened(by=by).entry.post_id == by.holdings[0].post_id


def test_a_unit_reports_hazards_of_its_own_only() -> None:
    with pytest.raises(Refused, match="role_required"):
        cases.opened(by=STAFF, unit_id="u2")


def test_the_first_entry_holds_the_whole_case() -> None:
    change = cases.opened()
    assert (change.entry.seq, change.entry.action, change.entry.note) == (1, "report", "安全出口被堵塞")
    assert change.entry.patch["stage"] == "reported"
    assert change.entry.evidence[0]["kind"] == "before_photo"
    assert change.case.waiting_post == "team"


@pytest.mark.parametrize("lacking", [EvidenceKind.BEFORE_PHOTO, EvidenceKind.AFTER_PHOTO])
def test_a_hazard_fixed_on_the_spot_needs_both_photos(lacking: EvidenceKind) -> None:
    given = tuple(photo for photo in PHOTOS if photo.kind is not lacking)
    with pytest.raises(Refused) as refused:
        cases.opened(fixed_on_spot=True, evidence=given)
    assert (refused.value.code, refused.value.details["evidence"]) == ("evidence_missing", [lacking])


def test_a_hazard_fixed_on_the_spot_goes_from_confirmation_to_the_check() -> None:
    case = act(cases.opened(fixed_on_spot=True, evidence=PHOTOS).case, "confirm", INSPECTOR)
    (fixed,) = case.rounds
    assert case.stage is Stage.VERIFYING
    assert (fixed.submitted_by, fixed.submitted_post, fixed.submitted_at) == ("finder", "team", T0)
    assert fixed.evidence == PHOTOS
    assert case.responsible_post == "u1-staff"


def test_a_hazard_fixed_on_the_spot_that_is_sent_back_is_rectified_by_its_unit() -> None:
    case = act(cases.opened(fixed_on_spot=True, evidence=PHOTOS).case, "confirm", INSPECTOR)
    case = act(act(case, "return", INSPECTOR), "submit", STAFF)
    assert [one.number for one in case.rounds] == [1, 2]
    assert act(case, "pass", INSPECTOR).stage is Stage.CLOSED


def test_a_major_hazard_is_never_fixed_on_the_spot() -> None:
    with pytest.raises(Refused, match="fixed_on_spot_is_general"):
        cases.opened(fixed_on_spot=True, evidence=PHOTOS, grade=MAJOR)


def test_what_turns_out_to_be_major_takes_the_full_path_though_fixed_on_the_spot() -> None:
    reported = cases.opened(fixed_on_spot=True, evidence=PHOTOS).case
    confirmed = act(reported, "confirm", INSPECTOR, grade=MAJOR)
    regraded = act(act(reported, "regrade", INSPECTOR, grade=MAJOR), "confirm", INSPECTOR)
    for case in (confirmed, regraded):
        assert (case.stage, case.rounds, case.major) == (Stage.CONFIRMED, (), True)
        # four working hours from the report at 09:00, the lunch break left out: 15:30
        assert case.due_at == T0 + timedelta(hours=6, minutes=30)
        assert FINDER.person_id in case.rectifiers


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("一楼厨房", " 一楼 厨房 "),
        ("3号楼A区", "３号楼Ａ区"),
        ("Kitchen B", "kitchenb"),
        ("配电室\u3000东侧", "配电室东侧"),
        ("ﾎｰﾙ", "ホール"),
    ],
)
def test_spellings_that_differ_only_in_width_case_or_space_are_one_place(one: str, other: str) -> None:
    assert place_key(one) == place_key(other)


@pytest.mark.parametrize(("one", "other"), [("一楼厨房", "二楼厨房"), ("3号楼", "13号楼"), ("A1", "A-1")])
def test_different_places_stay_different(one: str, other: str) -> None:
    assert place_key(one) != place_key(other)


def test_a_repeated_request_changes_nothing_whatever_its_stage() -> None:
    case = at("assigned")
    first = hazard.apply(case, cases.command("start", STAFF, request_id="same"), T0)
    assert first is not None
    again = cases.command("start", STAFF, request_id="same")
    assert hazard.apply(first.case, again, T0) is None
    later = act(first.case, "submit", STAFF)
    assert hazard.apply(later, again, T0) is None


def test_the_case_remembers_its_last_hundred_requests() -> None:
    case = at("assigned")
    for number in range(RECENT_REQUESTS + 1):
        case = act(case, "note", STAFF, request_id=f"note-{number}", evidence=())
    assert len(case.recent_requests) == RECENT_REQUESTS
    assert case.recent_requests[0] == "note-1"
    assert hazard.apply(case, cases.command("note", STAFF, request_id="note-1"), T0) is None
