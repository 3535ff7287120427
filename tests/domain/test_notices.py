"""Who is told of what (通知): posts and never persons, each once, by every step, in a sentence that speaks for itself."""

from dataclasses import replace
from functools import cache

import pytest

from domain import hazard
from domain.hazard import Change, StepKind
from domain.notices import Notice, NoticeKind
from domain.people import Actor
from tests.domain import cases
from tests.domain.cases import (
    DAY,
    HEAD,
    INSPECTOR,
    LEADER,
    MAJOR,
    OFFICE,
    PLAIN,
    STAFF,
    T0,
    TERMS,
    at,
)
from tests.domain.winding import limited, wound
from tests.domain.workdays_table import local

LIFE: tuple[tuple[str, Actor, str, dict[str, object]], ...] = (
    ("confirm", INSPECTOR, "2026-10-08 10:00", {}),
    ("assign", OFFICE, "2026-10-08 10:30", {}),
    ("plan", HEAD, "2026-10-08 11:00", {}),
    ("control", STAFF, "2026-10-08 11:00", {}),
    ("extend", STAFF, "2026-10-09 09:00", {"until": "2026-11-20"}),
    ("deny_extension", LEADER, "2026-10-09 10:00", {}),
    ("start", STAFF, "2026-10-09 11:00", {}),
    ("pause", OFFICE, "2026-10-10 09:00", {}),
    ("resume", OFFICE, "2026-10-12 09:00", {}),
    ("defer", LEADER, "2026-10-13 09:00", {"until": "2026-10-20"}),
    ("extend", STAFF, "2026-11-30 09:00", {"until": "2026-12-04"}),
    ("acknowledge", STAFF, "2026-11-30 10:00", {}),
    ("grant_extension", LEADER, "2026-11-30 11:00", {}),
    ("reply", HEAD, "2027-01-04 09:00", {"slip": "DB-2026-000001-01"}),
    ("submit", STAFF, "2027-01-04 10:00", {}),
    ("return", INSPECTOR, "2027-01-05 09:00", {}),
    ("submit", STAFF, "2027-01-05 10:00", {}),
    ("pass", INSPECTOR, "2027-01-06 09:00", {}),
    ("acknowledge", LEADER, "2027-02-01 09:00", {}),
    ("close", LEADER, "2027-03-01 09:00", {}),
)
TELLS_NOBODY = {"plan", "control", "acknowledge", "reply", "close"}
OF_BULLETINS = {NoticeKind.BULLETIN, NoticeKind.BULLETIN_UNREAD, NoticeKind.BULLETIN_WITHDRAWN}
OF_COLLECTIONS = {
    NoticeKind.COLLECTION_OPENED,
    NoticeKind.COLLECTION_REMINDER,
    NoticeKind.COLLECTION_OVERDUE,
    NoticeKind.COLLECTION_DECIDED,
    NoticeKind.COLLECTION_ENDED,
}
OF_MANY_CASES = {NoticeKind.DIGEST}
OF_A_HAZARD = set(NoticeKind) - OF_BULLETINS - OF_COLLECTIONS - OF_MANY_CASES


@cache
def life() -> tuple[Change, ...]:
    """A major hazard from its report to its closure, with all that its clocks did meanwhile."""
    change = cases.opened(grade=MAJOR)
    changes = [change]
    for action, by, when, more in LIFE:
        case, steps = wound(change.case, local(when))
        done = hazard.apply(case, cases.command(action, by, **more), local(when))
        assert done is not None
        change = done
        changes += [*steps, change]
    return tuple(changes)


def _notices() -> list[Notice]:
    return [notice for change in life() for notice in change.notices]


def test_the_life_that_is_looked_at_has_every_step_of_the_clock_and_every_kind_of_notice() -> None:
    assert {change.entry.action for change in life()} >= set(StepKind)
    assert {notice.kind for notice in _notices()} == OF_A_HAZARD


def test_no_text_names_a_person() -> None:
    persons = {change.entry.person_id for change in life() if change.entry.person_id}
    assert persons == {"finder", "inspector", "office", "head", "staff", "deputy"}
    for notice in _notices():
        assert not [person for person in persons if person in notice.text], notice.text


def test_every_text_says_which_case_where() -> None:
    assert all("YH-2026-000001 示例院 一楼厨房" in notice.text for notice in _notices())
    assert all(notice.kind.label for notice in _notices())


def test_every_notice_has_a_number_of_its_own_from_its_change_and_place() -> None:
    for change in life():
        numbers = [notice.id for notice in change.notices]
        assert numbers == [
            f"YH-2026-000001.{change.entry.seq}.{place}" for place in range(1, len(numbers) + 1)
        ]
        assert {notice.seq for notice in change.notices} <= {change.entry.seq}
    assert len({notice.id for notice in _notices()}) == len(_notices())


def test_each_post_is_told_once_a_kind_by_one_change() -> None:
    for change in life():
        told = [(notice.kind, notice.post_id) for notice in change.notices]
        assert len(told) == len(set(told))
        assert all(post_id for _, post_id in told)


def test_every_step_of_the_clock_tells_somebody() -> None:
    for change in life():
        if change.entry.channel == "engine":
            assert change.notices, change.entry.action


def test_every_act_tells_somebody_but_those_after_which_nobody_else_has_to_act() -> None:
    silent = {change.entry.action for change in life() if not change.notices}
    assert silent == TELLS_NOBODY


def test_an_act_is_never_late_and_nothing_leaves_before_it_happened() -> None:
    for change in life():
        for notice in change.notices:
            assert (notice.at, notice.due_at) == (change.entry.at, change.entry.due_at or change.entry.at)
            assert notice.leaves_at == notice.at
            assert (notice.urgent, notice.late) == (True, False)


@pytest.mark.parametrize(
    ("action", "when", "post_id"),
    [
        ("report", "2026-10-08 09:00", "team"),
        ("confirm", "2026-10-08 10:00", "office"),
        ("assign", "2026-10-08 10:30", "u1-staff"),
        ("submit", "2027-01-04 10:00", "team"),
        ("return", "2027-01-05 09:00", "u1-staff"),
        ("pass", "2027-01-06 09:00", "deputy"),
    ],
)
def test_whoever_the_case_comes_to_is_told_of_the_work(action: str, when: str, post_id: str) -> None:
    told = [
        (notice.kind, notice.post_id)
        for change in life()
        if change.entry.action == action and change.entry.at == local(when)
        for notice in change.notices
    ]
    assert told == [(NoticeKind.WORK, post_id)]


@pytest.mark.parametrize("now", ["2026-10-09 22:00", "2026-10-11 10:00", "2026-10-12 12:30"])
def test_what_people_do_is_told_at_once_also_at_night(now: str) -> None:
    change = hazard.apply(at("assigned"), cases.command("reassign", OFFICE, post="u1-other"), local(now))
    assert change is not None
    assert [(one.post_id, one.leaves_at, one.urgent) for one in change.notices] == [
        ("u1-other", local(now), False)
    ]


def _text(change: Change | None, kind: NoticeKind) -> str:
    assert change is not None
    (text,) = {notice.text for notice in change.notices if notice.kind is kind}
    return text.partition("：")[2]


def test_limits_are_spoken_as_people_say_them() -> None:
    assert _text(cases.opened(), NoticeKind.WORK) == "待核实，响应时限至2026年10月10日17:30"
    assert _text(hazard.step(at("rectifying"), local("2026-10-20 08:30")), NoticeKind.REMINDER) == (
        "还有3个工作日到期，整改时限至2026年10月23日24:00"
    )
    last = hazard.step(wound(at("rectifying"), local("2026-10-22 09:00"))[0], local("2026-10-23 08:30"))
    assert _text(last, NoticeKind.REMINDER) == "今日到期，整改时限至2026年10月23日24:00"
    unknown = cases.opened(terms=replace(TERMS, calendar=None))
    assert _text(unknown, NoticeKind.WORK) == "待核实，响应时限至2026年10月12日17:30（暂定）"
    plain = cases.opened(terms=PLAIN)
    assert _text(plain, NoticeKind.WORK) == "待核实，时限至2026年10月9日09:00"
    bare = cases.opened(terms=replace(PLAIN, days={}))
    assert _text(bare, NoticeKind.WORK) == "待核实"


def test_a_pause_and_its_end_are_spoken_as_people_say_them() -> None:
    paused = hazard.apply(at("rectifying"), cases.command("pause", OFFICE, reason="等待部件"), T0)
    assert _text(paused, NoticeKind.PAUSED) == "暂停计时，原因：等待部件"
    deferred = hazard.apply(at("rectifying"), cases.command("defer", OFFICE, until="2026-10-20"), T0)
    assert _text(deferred, NoticeKind.PAUSED) == "暂停计时，2026年10月20日00:00自动恢复，原因：理由"
    assert deferred is not None
    revived = hazard.step(deferred.case, local("2026-10-20 00:00"))
    # nothing was used before Friday the 9th: fifteen days from the 20th
    assert _text(revived, NoticeKind.DUE_MOVED) == "暂缓期满，恢复计时，整改时限至2026年11月3日24:00"


def test_a_request_for_more_time_and_its_answer_are_spoken_as_people_say_them() -> None:
    asked = hazard.apply(at("rectifying"), cases.command("extend", STAFF, until="2026-11-05"), T0)
    assert _text(asked, NoticeKind.EXTENSION_REQUESTED) == "申请延期至2026年11月5日，请审批。理由：理由"
    assert asked is not None
    granted = hazard.apply(asked.case, cases.command("grant_extension", LEADER), T0)
    assert _text(granted, NoticeKind.EXTENSION_DECIDED) == "延期申请已批准，时限改为2026年11月5日"
    denied = hazard.apply(asked.case, cases.command("deny_extension", LEADER), T0)
    assert _text(denied, NoticeKind.EXTENSION_DECIDED) == "延期申请未批准，原时限不变"


def test_a_limit_at_an_hour_is_spoken_with_it() -> None:
    hour = cases.opened(terms=limited(respond=cases.hours(9)))
    # six hours on Thursday, three on Friday
    assert _text(hour, NoticeKind.WORK) == "待核实，响应时限至2026年10月9日11:30"
    assert hour.case.due_at == T0 + DAY + (local("2026-10-09 11:30") - local("2026-10-09 09:00"))
