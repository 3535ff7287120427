"""People and cases for the tests of the rules; a case gets to its stage by acts alone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from typing import Any, Final

from domain import hazard
from domain.errors import Refused
from domain.evidence import Evidence, EvidenceKind
from domain.hazard import (
    PLAN_ITEMS,
    Action,
    Case,
    Change,
    Claim,
    Command,
    Grade,
    Report,
    Slip,
    Stage,
    Supervision,
)
from domain.ladder import Addressee, ClockKind, Colour, Ladder, Rung
from domain.people import Actor, Holding, Role
from domain.terms import Terms
from domain.workdays import Limit, Unit
from tests.domain.workdays_table import CALENDAR

T0: Final = datetime(2026, 10, 8, 1, tzinfo=UTC)
DAY: Final = timedelta(days=1)
GENERAL: Final = Grade(code="general", major=False)
MAJOR: Final = Grade(code="major", major=True)
PLAN: Final = dict.fromkeys(PLAN_ITEMS, "已落实")
EVIDENCE: Final = {
    "confirm": ("before_photo",),
    "plan": ("plan",),
    "submit": ("after_photo",),
    "pass": ("signature",),
    "close": ("closure_document",),
    "transfer": ("receipt",),
    "extend": ("extension",),
}


def days(amount: int) -> Limit:
    """So many working days."""
    return Limit(unit=Unit.WORKING_DAYS, amount=amount)


def hours(amount: int) -> Limit:
    """So many working hours."""
    return Limit(unit=Unit.WORKING_HOURS, amount=amount)


def calendar_days(amount: int) -> Limit:
    """So many days of the calendar."""
    return Limit(unit=Unit.CALENDAR_DAYS, amount=amount)


RUNGS: Final = (
    Rung(to=Addressee.UNIT_HEAD, after=days(1)),
    Rung(to=Addressee.TEAM, after=days(2)),
    Rung(to=Addressee.OFFICE, after=days(3), colour=Colour.YELLOW),
    Rung(to=Addressee.DEPUTY, after=days(5)),
    Rung(to=Addressee.LEADER, after=days(8), colour=Colour.RED),
)
LADDER: Final = Ladder(
    rungs=RUNGS,
    replies={Colour.BLUE: days(3), Colour.YELLOW: days(2), Colour.RED: days(1)},
    acknowledged_for=days(2),
)
TERMS: Final = Terms(
    version="test",
    limits={
        "general": {
            ClockKind.RESPOND: days(2),
            ClockKind.RECTIFY: calendar_days(15),
            ClockKind.VERIFY: days(5),
            ClockKind.CLOSE: days(5),
        },
        "major": {
            ClockKind.RESPOND: hours(4),
            ClockKind.RECTIFY: calendar_days(30),
            ClockKind.VERIFY: days(10),
            ClockKind.CLOSE: days(10),
        },
    },
    ladders={"general": LADDER, "major": LADDER},
    extension_days={"general": 15, "major": 60},
    evidence=EVIDENCE,
    calendar=CALENDAR,
)
PLAIN: Final = Terms(
    version="plain",
    days={
        "general": {"reported": 1, "confirmed": 1, "assigned": 2, "rectifying": 15, "verifying": 5},
        "major": {
            "reported": 1,
            "confirmed": 1,
            "assigned": 1,
            "rectifying": 30,
            "verifying": 10,
            "awaiting_closure": 10,
        },
    },
    evidence=EVIDENCE,
)
"""Terms as they were before there were clocks: calendar days per stage."""


def evidence(kind: EvidenceKind, number: int = 1) -> Evidence:
    return Evidence(kind=kind, file_id=f"f-{number:032x}", sha256=f"{number:064x}")


OF_COLLECTIONS: Final = frozenset(
    {
        EvidenceKind.SEAL,
        EvidenceKind.SCAN,
        EvidenceKind.ESEAL,
        EvidenceKind.SCREENSHOT,
        EvidenceKind.REPORT,
    }
)
"""What a submission is proved by; no step of a hazard asks for it."""
EVERYTHING: Final = tuple(evidence(kind) for kind in EvidenceKind if kind not in OF_COLLECTIONS)


def actor(person: str, *posts: tuple[str, Role, str]) -> Actor:
    holdings = tuple(Holding(post_id=post, role=role, unit_id=unit) for post, role, unit in posts)
    return Actor(person_id=person, holdings=holdings)


STAFF: Final = actor("staff", ("u1-staff", Role.UNIT_STAFF, "u1"))
HEAD: Final = actor("head", ("u1-head", Role.UNIT_HEAD, "u1"))
FINDER: Final = actor("finder", ("team", Role.INSPECTOR, "bureau"))
INSPECTOR: Final = actor("inspector", ("team", Role.INSPECTOR, "bureau"))
OFFICE: Final = actor("office", ("office", Role.OFFICE, "bureau"))
LEADER: Final = actor("deputy", ("deputy", Role.LEADER, "bureau"))
OVERSIGHT: Final = actor("oversight", ("oversight", Role.OVERSIGHT, "bureau"))
MEMBER: Final = actor("member", ("member", Role.MEMBER, "bureau"))
BY_ROLE: Final = {
    one.holdings[0].role.value: one for one in (STAFF, HEAD, INSPECTOR, OFFICE, LEADER, OVERSIGHT, MEMBER)
}

ACTING: Final = tuple(one.holdings[0].post_id for one in (STAFF, HEAD, INSPECTOR, OFFICE, LEADER))
"""The posts of those who act on a case, from below upwards."""

_requests = count(1)


def report(**more: Any) -> Report:
    given: dict[str, Any] = {
        "unit_id": "u1",
        "unit_name": "示例院",
        "district": "示例区",
        "place": "一楼厨房",
        "category": "fire",
        "item": "fire-exit",
        "description": "安全出口被堵塞",
        "grade": GENERAL,
        "fixed_on_spot": False,
        "evidence": (evidence(EvidenceKind.BEFORE_PHOTO),),
        "unit_post": "u1-staff",
        "team_post": "team",
        "office_post": "office",
        "closing_authority": "deputy",
        "head_post": "u1-head",
        "deputy_post": "deputy",
        "leader_post": "leader",
    }
    return Report(**(given | more))


def opened(by: Actor = FINDER, now: datetime = T0, terms: Terms = TERMS, **more: Any) -> Change:
    return hazard.open_case("YH-2026-000001", report(**more), terms, by, f"open-{next(_requests)}", now)


def command(action: str, by: Actor, **more: Any) -> Command:
    """A command with everything that any action may need, unless the test says otherwise."""
    given: dict[str, Any] = {
        "request_id": f"r-{next(_requests)}",
        "reason": "理由",
        "note": "说明",
        "evidence": EVERYTHING,
        "grade": MAJOR if action == "regrade" else None,
        "post": "u1-staff",
        "plan": PLAN,
        "department": "消防救援大队",
        "receipt_number": "回执1号",
        "into": "YH-2026-000002",
        "supervision": Supervision(level="区级", organ="区安委会", document_number="督办1号"),
        "until": "2026-11-20" if action in ("extend", "defer") else None,
        "successor": "colleague" if action == "hand_over" else None,
        "slip": _serial(by.holdings[0].post_id) if action == "reply" and by.holdings else None,
    }
    return Command(action=Action(action), actor=by, **(given | more))


def act(case: Case, action: str, by: Actor, now: datetime = T0, **more: Any) -> Case:
    change = hazard.apply(case, command(action, by, **more), now)
    assert change is not None
    return change.case


def refused(case: Case, action: str, by: Actor, now: datetime = T0, **more: Any) -> str:
    """The code with which it is refused, or "" where it is allowed."""
    try:
        hazard.check(case, command(action, by, **more), now)
    except Refused as no:
        return no.code
    return ""


def at(stage: Stage | str, *, major: bool = False, terms: Terms = TERMS, by: Actor = STAFF) -> Case:
    """A case that came to ``stage`` by acts at T0; ``by`` rectified it."""
    case = opened(grade=MAJOR if major else GENERAL, terms=terms).case
    ends = {"dismissed": "dismiss", "transferred": "transfer", "merged": "merge"}
    if stage in ends:
        return act(case, ends[stage], OFFICE)
    steps = [("confirm", INSPECTOR), ("assign", OFFICE)]
    steps += [("plan", HEAD), ("control", by)] if major else []
    steps += [("start", by), ("submit", by), ("pass", INSPECTOR)]
    steps += [("close", LEADER)] if major else []
    for action, person in steps:
        if case.stage == stage and (not major or stage != Stage.ASSIGNED or action == "start"):
            break
        case = act(case, action, person)
    assert case.stage == stage
    return case


def _serial(post_id: str) -> str:
    """The supervision slip that :func:`dressed` addresses to a post."""
    return f"DB-2026-000001-{ACTING.index(post_id) + 1:02d}" if post_id in ACTING else "DB-2026-000001-99"


@cache
def dressed(stage: str, action: str) -> Case:
    """A major case at ``stage`` of which every condition of ``action`` but the role holds."""
    case = at(stage, major=True)
    listed = Supervision(level="区级", organ="区安委会", document_number="督办1号")
    case = replace(case, supervision=listed, suspended=action == "resume_use")
    if action in ("release", "hand_over") and case.waiting_post is not None:
        case = replace(case, claim=_claim(case.waiting_post))
    return _timed(case, action) if case.running is not None else case


def _claim(post_id: str) -> Claim:
    """That whoever acts by a post in :data:`BY_ROLE` has claimed the case."""
    (person,) = (one.person_id for one in BY_ROLE.values() if one.holdings[0].post_id == post_id)
    return Claim(person_id=person, post_id=post_id, at=T0)


def _timed(case: Case, action: str) -> Case:
    """What the acts on time ask for; everybody who acts on the case was told, and has a slip to answer."""
    if action == "resume":
        return act(case, "pause", OFFICE)
    if action in ("grant_extension", "deny_extension") and case.stage in ("assigned", "rectifying"):
        return act(case, "extend", STAFF)
    if action == "acknowledge" and case.running is not None:
        return replace(case, running=replace(case.running, breached_at=T0, told=ACTING), overdue=True)
    if action == "reply":
        return replace(case, slips=tuple(_slip(post_id) for post_id in ACTING))
    return case


def _slip(post_id: str) -> Slip:
    serial, due = _serial(post_id), T0 + 3 * DAY
    return Slip(serial=serial, colour=Colour.BLUE, at=T0, post_id=post_id, reply_due_at=due)
