"""What a policy must be: every fault by its name and its field, and the sample without any."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import policy
from domain.errors import Kind, Refused
from domain.ladder import Addressee, ClockKind, Colour, Ladder, Period, Rung
from domain.terms import Terms
from domain.workdays import Calendar, Limit, Unit
from tests.domain import cases
from tests.domain.cases import LADDER, RUNGS, calendar_days, days, hours
from tests.domain.workdays_table import CALENDAR, local

POLICY = replace(cases.TERMS, calendar=None)
GENERAL = dict(POLICY.limits["general"])
PERIOD = Period(name="国庆节期间", first="2026-09-25", last="2026-10-08", percent=50)
NAMED = Limit(unit=Unit.NAMED_DATE, on="2026-10-08")
Fault = tuple[str, Any]


def _told(terms: Terms, *levels: str) -> list[Fault]:
    return [(fault.code, fault.details["field"]) for fault in policy.faults(terms, levels)]


def _with(**fields: Any) -> Terms:
    return replace(POLICY, **fields)


def _with_limits(**levels: Mapping[ClockKind, Limit]) -> Terms:
    return _with(limits={**POLICY.limits, **levels})


def _with_ladder(**fields: Any) -> Terms:
    return _with(ladders={**POLICY.ladders, "general": replace(LADDER, **fields)})


def _with_rungs(*rungs: Rung) -> Terms:
    return _with_ladder(rungs=rungs)


def _with_period(**fields: Any) -> Terms:
    return _with(periods=(PERIOD, replace(PERIOD, **fields)))


def _without(kind: ClockKind) -> Mapping[ClockKind, Limit]:
    return {one: limit for one, limit in GENERAL.items() if one is not kind}


def _rung(to: str, amount: int, colour: Colour | None = None) -> Rung:
    return Rung(to=Addressee(to), after=days(amount), colour=colour)


def test_a_named_date_before_the_policy_takes_effect_is_told_wherever_it_stands() -> None:
    terms = _with(
        limits={**POLICY.limits, "general": {**GENERAL, ClockKind.CLOSE: NAMED}},
        category_limits={"food": {"general": {ClockKind.RECTIFY: NAMED}}},
    )

    def told(since: str) -> list[Fault]:
        found = policy.faults(terms, since=local(since))
        return [(fault.code, fault.details["field"]) for fault in found]

    assert told("2026-10-08 23:59") == []
    assert told("2026-10-08 24:00") == [
        ("limit_in_past", "limits.general.close.on"),
        ("limit_in_past", "category_limits.food.general.rectify.on"),
    ]


HEAD, LEADER = _rung("unit_head", 1), _rung("leader", 9)
LADDERS = "ladders.general"

FAULTS: list[tuple[Terms, list[Fault]]] = [
    (_with(limits={}, ladders={}, extension_days={}), [("policy_gap", "limits")]),
    (_with_limits(general=_without(ClockKind.RESPOND)), [("policy_gap", "limits.general.respond")]),
    (_with_limits(general=_without(ClockKind.CLOSE)), [("policy_gap", "limits.general.close")]),
    (
        _with(limits={"一般": GENERAL}, ladders={"一般": LADDER}, extension_days={}),
        [("policy_invalid", "limits")],
    ),
    (_with(ladders={"major": LADDER}), [("policy_gap", LADDERS)]),
    (_with(ladders={**POLICY.ladders, "small": LADDER}), [("policy_invalid", "ladders.small")]),
    (_with_rungs(), [("ladder_reaches_nobody", f"{LADDERS}.rungs")]),
    (_with_rungs(*RUNGS[:3]), [("ladder_reaches_nobody", f"{LADDERS}.rungs.2.to")]),
    (_with_rungs(_rung("rectifier", 1), LEADER), [("ladder_reaches_nobody", f"{LADDERS}.rungs.0.to")]),
    (_with_rungs(HEAD, _rung("unit_head", 2), LEADER), [("ladder_cycle", f"{LADDERS}.rungs.1.to")]),
    (
        _with_rungs(_rung("office", 1), _rung("team", 2), LEADER),
        [("ladder_cycle", f"{LADDERS}.rungs.1.to")],
    ),
    (
        _with_rungs(HEAD, LEADER, _rung("team", 10)),
        [("ladder_cycle", f"{LADDERS}.rungs.2.to"), ("ladder_reaches_nobody", f"{LADDERS}.rungs.2.to")],
    ),
    (_with_rungs(_rung("team", 9), LEADER), [("ladder_not_rising", f"{LADDERS}.rungs.1.after")]),
    (
        _with_rungs(HEAD, Rung(to=Addressee.LEADER, after=hours(6))),
        [("ladder_not_rising", f"{LADDERS}.rungs.1.after")],
    ),
    (
        _with_rungs(HEAD, Rung(to=Addressee.LEADER, after=calendar_days(9))),
        [("policy_invalid", f"{LADDERS}.rungs.1.after.unit")],
    ),
    (
        _with_rungs(HEAD, Rung(to=Addressee.LEADER, after=NAMED)),
        [("policy_invalid", f"{LADDERS}.rungs.1.after.unit")],
    ),
    (
        _with_rungs(_rung("team", 1, Colour.RED), _rung("leader", 2, Colour.YELLOW)),
        [("ladder_not_rising", f"{LADDERS}.rungs.1.colour")],
    ),
    (
        _with_ladder(colour=Colour.RED),
        [("ladder_not_rising", f"{LADDERS}.rungs.2.colour")],
    ),
    (
        _with_ladder(replies={Colour.YELLOW: days(1), Colour.RED: days(1)}),
        [("policy_gap", f"{LADDERS}.replies.blue")],
    ),
    (
        _with_ladder(replies={Colour.BLUE: days(1), Colour.YELLOW: days(1)}),
        [("policy_gap", f"{LADDERS}.replies.red")],
    ),
    (
        _with_ladder(replies={**LADDER.replies, Colour.RED: NAMED}),
        [("policy_invalid", f"{LADDERS}.replies.red.unit")],
    ),
    (
        _with_ladder(acknowledged_for=calendar_days(2)),
        [("policy_invalid", f"{LADDERS}.acknowledged_for.unit")],
    ),
    (_with_ladder(reminders=(3, -1)), [("policy_invalid", f"{LADDERS}.reminders.1")]),
    (_with_ladder(reminders=(61,)), [("policy_invalid", f"{LADDERS}.reminders.0")]),
    (_with_ladder(reminders=(3, 1, 1)), [("policy_invalid", f"{LADDERS}.reminders.2")]),
    (_with_ladder(reminders=(1, 3)), [("policy_invalid", f"{LADDERS}.reminders.1")]),
    (_with_ladder(longest_gap=0), [("policy_invalid", f"{LADDERS}.longest_gap")]),
    (_with_ladder(longest_gap=21), [("policy_invalid", f"{LADDERS}.longest_gap")]),
    (_with(extension_days={"general": -1}), [("policy_invalid", "extension_days.general")]),
    (_with(extension_days={"general": 3661}), [("policy_invalid", "extension_days.general")]),
    (_with(extension_days={"small": 1}), [("policy_invalid", "extension_days.small")]),
    (_with(extension_days={"a\nb": 1}), [("policy_invalid", "extension_days.…")]),
    (_with_period(first="2026-02-30"), [("policy_invalid", "periods.1.first")]),
    (_with_period(last="20261008"), [("policy_invalid", "periods.1.last")]),
    (_with_period(last="2026-09-24"), [("policy_invalid", "periods.1.last")]),
    (_with_period(percent=0), [("policy_invalid", "periods.1.percent")]),
    (_with_period(percent=101), [("policy_invalid", "periods.1.percent")]),
    (_with_period(name=" "), [("policy_invalid", "periods.1.name")]),
    (_with(evidence={"destroy": ("plan",)}), [("policy_invalid", "evidence.destroy")]),
    (_with(evidence={"plan": ("plan", "video")}), [("policy_invalid", "evidence.plan.1")]),
    (_with(reopen_days=-1), [("policy_invalid", "reopen_days")]),
    (_with(reopen_days=3661), [("policy_invalid", "reopen_days")]),
    (_with(utc_offset_minutes=-721), [("policy_invalid", "utc_offset_minutes")]),
    (_with(utc_offset_minutes=841), [("policy_invalid", "utc_offset_minutes")]),
    (
        _with(category_limits={"food": {"small": GENERAL}}),
        [("policy_invalid", "category_limits.food.small")],
    ),
    (_with(category_limits={"食品": {"general": GENERAL}}), [("policy_invalid", "category_limits")]),
    (_with(version=" "), [("policy_invalid", "version")]),
    (_with(region=""), [("policy_invalid", "region")]),
    (_with(calendar=CALENDAR), [("policy_invalid", "calendar")]),
    (_with(days={"general": {"reported": 1}}), [("policy_invalid", "days")]),
]


@pytest.mark.parametrize(
    ("terms", "told"), FAULTS, ids=[f"{one[1][0][1]}-{n}" for n, one in enumerate(FAULTS)]
)
def test_a_fault_is_told_by_code_and_field(terms: Terms, told: list[Fault]) -> None:
    assert _told(terms) == told
    with pytest.raises(Refused) as refused:
        policy.check(terms)
    first = refused.value
    assert (first.kind, first.code, first.details["field"]) == (Kind.INVALID, *told[0])
    assert any("\u4e00" <= c <= "\u9fff" for c in first.message)


def test_the_policy_that_the_faults_are_made_from_has_none() -> None:
    policy.check(POLICY, ["general", "major"])


@pytest.mark.parametrize(
    "terms",
    [
        _with_rungs(HEAD, _rung("deputy", 2)),
        _with_rungs(LEADER),
        _with_rungs(HEAD, Rung(to=Addressee.LEADER, after=hours(7))),
        _with_ladder(reminders=()),
        _with_ladder(reminders=(60, 0), longest_gap=1),
        _with_period(last="2026-09-25", percent=1),
        _with(extension_days={"general": 0}, reopen_days=0, utc_offset_minutes=840),
        _with(category_limits={"food": {"general": {ClockKind.RECTIFY: days(5)}}}),
        _with(evidence={}),
    ],
)
def test_what_a_bureau_may_well_decide_passes(terms: Terms) -> None:
    assert _told(terms) == []


def test_a_level_that_cases_can_have_needs_limits() -> None:
    assert _told(POLICY, "general", "small") == [("policy_gap", "limits.small")]


def test_terms_of_plain_days_are_no_policy_any_more() -> None:
    assert _told(cases.PLAIN) == [("policy_invalid", "days"), ("policy_gap", "limits")]


def test_every_fault_is_told_and_the_first_of_them_refuses() -> None:
    terms = _with(version="", reopen_days=-1)
    assert _told(terms) == [("policy_invalid", "version"), ("policy_invalid", "reopen_days")]


def _drop_limit(data: st.DataObject, level: str) -> Terms:
    kind = data.draw(st.sampled_from(ClockKind))
    return _with_limits(**{level: {one: x for one, x in POLICY.limits[level].items() if one is not kind}})


def _drop_rungs(data: st.DataObject, level: str) -> Terms:
    return _with(ladders={**POLICY.ladders, level: replace(LADDER, rungs=())})


def _drop_reply(data: st.DataObject, level: str) -> Terms:
    colour = data.draw(st.sampled_from(sorted(LADDER.replies)))
    replies = {one: limit for one, limit in LADDER.replies.items() if one is not colour}
    return _with(ladders={**POLICY.ladders, level: replace(LADDER, replies=replies)})


def _drop_ladder(data: st.DataObject, level: str) -> Terms:
    return _with(ladders={one: ladder for one, ladder in POLICY.ladders.items() if one != level})


@given(
    data=st.data(),
    level=st.sampled_from(["general", "major"]),
    drop=st.sampled_from([_drop_limit, _drop_rungs, _drop_reply, _drop_ladder]),
)
def test_whatever_is_taken_away_leaves_a_gap_that_is_found(
    data: st.DataObject, level: str, drop: Callable[[st.DataObject, str], Terms]
) -> None:
    [(code, field)] = _told(drop(data, level))
    assert code in ("policy_gap", "ladder_reaches_nobody")
    assert level in field.split(".")


@given(st.lists(st.builds(Rung, to=st.sampled_from(Addressee), after=st.builds(days, st.integers(1, 30)))))
def test_a_ladder_passes_just_when_it_rises_to_somebody_who_commands(rungs: list[Rung]) -> None:
    ranks, delays = [rung.to.rank for rung in rungs], [rung.after.amount for rung in rungs]
    rises = ranks == sorted(set(ranks)) and delays == sorted(set(delays))
    heard = bool(rungs) and ranks[0] > 0 and rungs[-1].to in (Addressee.DEPUTY, Addressee.LEADER)
    assert (_told(_with_rungs(*rungs)) == []) == (rises and heard)


def test_a_ladder_of_which_no_post_is_there_reaches_nobody() -> None:
    team = Ladder(rungs=(_rung("team", 1), LEADER))
    terms = _with(ladders={"general": LADDER, "major": team})
    assert policy.unreachable(terms, frozenset(Addressee)) == ()
    assert policy.unreachable(terms, frozenset({Addressee.OFFICE})) == ("major",)
    assert policy.unreachable(terms, frozenset()) == ("general", "major")


def test_a_calendar_is_no_part_of_a_policy_even_an_empty_one() -> None:
    assert _told(_with(calendar=Calendar(region="CN", version="1", official_years=()))) == [
        ("policy_invalid", "calendar")
    ]
