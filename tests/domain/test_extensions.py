"""More time (延期): asked for with reason and date, decided by somebody else, and nothing old fires after (bar L4)."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from domain import hazard
from domain.evidence import EvidenceKind
from domain.hazard import Case, Decision
from domain.people import Role
from tests.domain import cases
from tests.domain.cases import (
    DAY,
    HEAD,
    INSPECTOR,
    LEADER,
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
from tests.domain.winding import after, clock, pending, wound
from tests.domain.workdays_table import local

OLD = local("2026-10-23 24:00")


def asked(until: str = "2026-11-05", *, case: Case | None = None, now: datetime = T0) -> Case:
    """A case whose unit asks for more time; its limit is Friday 23 October."""
    return act(case or at("rectifying"), "extend", STAFF, now, until=until)


def granted(until: str = "2026-11-05", now: datetime = T0) -> Case:
    return act(asked(until, now=now), "grant_extension", LEADER, now)


def test_a_request_keeps_who_asked_why_until_when_and_with_what() -> None:
    (request,) = asked().extensions
    assert (request.requested_by, request.requested_post, request.requested_at) == ("staff", "u1-staff", T0)
    assert (request.until, request.reason, request.due_before) == ("2026-11-05", "理由", OLD)
    assert (request.evidence, request.decision) == (cases.EVERYTHING, Decision.PENDING)
    assert asked().pending_extension == request


@pytest.mark.parametrize("field", ["until", "reason"])
def test_a_request_without_date_or_reason_is_refused(field: str) -> None:
    lacking: dict[str, Any] = {field: None}
    assert refused(at("rectifying"), "extend", STAFF, **lacking) == "field_missing"


def test_a_request_without_evidence_is_refused() -> None:
    assert refused(at("rectifying"), "extend", STAFF, evidence=()) == "evidence_missing"


def test_only_one_request_is_pending_at_a_time() -> None:
    assert refused(asked(), "extend", HEAD) == "extension_pending"
    denied = act(asked(), "deny_extension", LEADER)
    assert refused(denied, "extend", HEAD, until="2026-11-05") == ""
    assert refused(granted(), "extend", HEAD, until="2026-11-06") == ""


def test_nothing_is_decided_where_nothing_was_asked() -> None:
    for action in ("grant_extension", "deny_extension"):
        assert refused(at("rectifying"), action, LEADER) == "no_extension_pending"


@pytest.mark.parametrize(
    ("major", "until", "code"),
    [
        # 15 days beyond 23 October, 60 days beyond 9 November
        (False, "2026-10-22", "extension_not_later"),
        (False, "2026-10-23", "extension_not_later"),
        (False, "2026-10-24", ""),
        (False, "2026-11-07", ""),
        (False, "2026-11-08", "extension_over_cap"),
        (True, "2027-01-08", ""),
        (True, "2027-01-09", "extension_over_cap"),
        (False, "2026-10-07", "until_in_past"),
        (False, "9999-12-31", "until_too_far"),
        (False, "2026-11-31", "until_invalid"),
        (False, "20261105", "until_invalid"),
    ],
)
def test_the_new_date_is_later_and_under_the_cap_of_the_level(major: bool, until: str, code: str) -> None:
    assert refused(at("rectifying", major=major), "extend", STAFF, until=until) == code


def test_the_cap_counts_from_the_first_limit_however_often_it_is_extended() -> None:
    again = asked("2026-11-07", case=granted("2026-10-30"))
    again = act(again, "grant_extension", LEADER)
    assert (len(again.extensions), again.due_at) == (2, local("2026-11-07 24:00"))
    assert refused(again, "extend", STAFF, until="2026-11-08") == "extension_over_cap"


def test_a_level_without_a_cap_is_not_extended() -> None:
    case = at("rectifying", terms=replace(TERMS, extension_days={}))
    assert refused(case, "extend", STAFF, until="2026-10-30") == "extension_not_allowed"


def test_whoever_asked_does_not_decide_also_after_a_change_of_post() -> None:
    case = asked(case=replace(at("assigned"), rectifiers=()))
    moved = actor("staff", ("office", Role.OFFICE, "bureau"))
    for action in ("grant_extension", "deny_extension"):
        assert refused(case, action, moved) == "own_extension"
        assert refused(case, action, OFFICE) == ""


def test_whoever_rectified_or_belongs_to_the_unit_does_not_decide() -> None:
    case = asked(case=act(at("assigned"), "start", HEAD))
    moved = actor("head", ("office", Role.OFFICE, "bureau"))
    both = actor("both", ("deputy", Role.LEADER, "bureau"), ("u1-staff", Role.UNIT_STAFF, "u1"))
    assert refused(case, "grant_extension", moved) == "separation_of_duties"
    assert refused(case, "grant_extension", both) == "separation_of_duties"
    assert refused(case, "grant_extension", INSPECTOR) == "role_required"


def test_while_a_request_is_pending_the_old_limit_rules() -> None:
    case, changes = wound(asked(), OLD)
    assert [one.entry.action for one in changes] == ["remind", "remind", "remind", "lapse"]
    assert (case.overdue, case.due_at, case.pending_extension is not None) == (True, OLD, True)


def test_a_grant_moves_all_reminders_and_none_of_the_old_ones_fires() -> None:
    now = local("2026-10-20 12:00")
    case = asked(case=after(at("rectifying"), now), now=now)
    assert clock(case).reminded == (3,)
    case = act(case, "grant_extension", LEADER, now)
    _, changes = wound(case, local("2026-11-05 24:00"))
    # three and one working days before Thursday 5 November, and that day
    assert [(one.entry.action, one.entry.due_at) for one in changes] == [
        ("remind", local("2026-11-02 08:30")),
        ("remind", local("2026-11-04 08:30")),
        ("remind", local("2026-11-05 08:30")),
        ("lapse", local("2026-11-05 24:00")),
    ]


def test_a_grant_keeps_the_first_due_instant_and_moves_the_round_in_hand() -> None:
    case = granted()
    running = clock(case)
    assert (running.first_due_at, running.extended, running.last_day) == (OLD, True, "2026-11-05")
    assert case.due_at == case.rounds[-1].due_at == local("2026-11-05 24:00")
    (request,) = case.extensions
    assert (request.decision, request.decided_by, request.decided_post) == ("granted", "deputy", "deputy")
    assert (request.due_before, request.due_after) == (OLD, local("2026-11-05 24:00"))


def test_a_granted_date_survives_the_start_of_the_work() -> None:
    case = act(asked(case=at("assigned")), "grant_extension", LEADER)
    started = act(case, "start", STAFF, T0 + DAY)
    assert started.due_at == started.rounds[-1].due_at == local("2026-11-05 24:00")


def test_the_office_is_told_of_a_request_and_the_post_that_asked_of_the_answer() -> None:
    change = hazard.apply(at("rectifying"), cases.command("extend", HEAD, until="2026-11-05"), T0)
    assert change is not None
    assert [(one.kind, one.post_id) for one in change.notices] == [("extension_requested", "office")]
    for action in ("grant_extension", "deny_extension"):
        answer = hazard.apply(change.case, cases.command(action, LEADER), T0)
        assert answer is not None
        assert [(one.kind, one.post_id) for one in answer.notices] == [("extension_decided", "u1-head")]


def test_a_denial_changes_nothing_but_the_request() -> None:
    case = act(asked(), "deny_extension", LEADER)
    assert (case.due_at, case.running) == (OLD, asked().running)
    assert (case.extensions[0].decision, case.extensions[0].due_after) == ("denied", None)


def test_a_grant_after_the_lapse_lifts_it_and_ends_the_ladder() -> None:
    now = local("2026-10-27 09:00")
    late = after(asked(), now)
    assert (late.overdue, late.colour) == (True, "blue")
    case = act(late, "grant_extension", LEADER, now)
    assert (case.overdue, case.overdue_count, case.colour) == (False, 1, None)
    # what is left of the ladder is the answer to the slip that was served
    assert pending(case) == ("chase", local("2026-10-28 17:30"))
    case, changes = wound(case, local("2026-11-05 24:00"))
    assert [one.entry.action for one in changes] == ["chase", "remind", "remind", "remind", "lapse"]
    assert case.overdue_count == 2


def test_a_request_whose_date_has_passed_is_no_longer_granted_but_denied() -> None:
    now = local("2026-10-30 09:00")
    case = after(asked("2026-10-28"), now)
    assert refused(case, "grant_extension", LEADER, now) == "until_in_past"
    assert act(case, "deny_extension", LEADER, now).pending_extension is None


def test_a_request_that_newer_facts_overtook_is_judged_again() -> None:
    longer = act(asked("2026-10-30"), "regrade", INSPECTOR, grade=MAJOR)
    assert refused(longer, "grant_extension", LEADER) == "extension_not_later"


def test_a_request_waits_while_time_stands_still_but_may_be_denied() -> None:
    case = act(asked(), "pause", OFFICE)
    assert refused(case, "extend", STAFF) == "clock_not_running"
    assert refused(case, "grant_extension", LEADER) == "clock_not_running"
    assert refused(case, "deny_extension", LEADER) == ""


def test_a_request_is_moot_when_the_work_is_submitted_or_the_case_goes_elsewhere() -> None:
    submitted = act(asked(), "submit", STAFF)
    assert (submitted.pending_extension, submitted.extensions[0].decision) == (None, Decision.MOOT)
    elsewhere = act(asked(case=at("assigned")), "transfer", OFFICE)
    assert elsewhere.extensions[0].decision is Decision.MOOT
    started = act(asked(case=at("assigned")), "start", STAFF)
    assert started.pending_extension is not None


def test_a_returned_rectification_has_a_limit_of_its_own_again() -> None:
    case = act(act(granted(), "submit", STAFF, T0 + DAY), "return", INSPECTOR, T0 + 2 * DAY)
    # returned on Saturday the 10th: 15 days reach Sunday the 25th, so Monday the 26th
    assert (case.due_at, clock(case).extended) == (local("2026-10-26 24:00"), False)


def test_a_case_holds_twenty_requests() -> None:
    case, basis = at("rectifying"), (cases.evidence(EvidenceKind.EXTENSION),)
    for _ in range(20):
        assert refused(case, "extend", STAFF, until="2026-11-05", evidence=basis) == ""
        case = act(case, "extend", STAFF, until="2026-11-05", evidence=basis)
        case = act(case, "deny_extension", LEADER, evidence=())
    assert refused(case, "extend", STAFF, until="2026-11-05", evidence=basis) == "case_full"
