"""What is wrong with a scenario before it is played: posts, units and cases that are not there, acts that can never be.

Invariant: only what is impossible whatever happens is a fault; what may be refused on the day is for the timeline to show.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from deploy.rehearsal.reading import Fault, Lines
from deploy.rehearsal.scenario import Act, Event, Report, Scenario
from deploy.rehearsal.timeline import spoken
from domain.hazard import ACTION_LABELS, Action
from domain.hazard.table import REPORTERS, TRANSITIONS
from domain.people import Role


@dataclass(frozen=True)
class _Known:
    """What the district has: each table's ids, and the role of each post."""

    roles: Mapping[str, Role]
    units: frozenset[str]
    people: frozenset[str]
    categories: frozenset[str]

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> "_Known":
        return cls(
            roles={row["id"]: Role(row["role"]) for row in document["posts"]},
            units=frozenset(row["id"] for row in document["units"]),
            people=frozenset(row["id"] for row in document["people"]),
            categories=frozenset(row["code"] for row in document["categories"]),
        )


def faults(scenario: Scenario, lines: Lines, document: Mapping[str, Any]) -> Iterator[Fault]:
    """Everything that makes the scenario unplayable in this district, with its line."""
    known = _Known.of(document)
    if scenario.last <= scenario.starts:
        yield Fault(line=lines.of(("ends",)), reason="结束时间须晚于开始时间")
    reported = {event.report.case: event.at for event in scenario.events if event.report is not None}
    for number, event in enumerate(scenario.events):
        for place, reason in _event(scenario, event, known):
            yield Fault(line=lines.of(("events", number, *place)), reason=reason)
        if (act := event.act) is not None:
            for reason in _case(act, event, reported):
                yield Fault(line=lines.of(("events", number, "act", "case")), reason=reason)


Found = Iterator[tuple[tuple[str, ...], str]]


def _event(scenario: Scenario, event: Event, known: _Known) -> Found:
    if event.at < scenario.starts:
        yield ("at",), f"早于方案开始的时间 {spoken(scenario.starts)}"
    if event.at > scenario.last:
        yield ("at",), f"晚于方案结束的时间 {spoken(scenario.last)}"
    if event.report is not None:
        yield from _report(event.report, known)
    if event.act is not None:
        yield from _act(event.act, known)
    if event.succession is not None and event.succession.post not in known.roles:
        yield ("succession", "post"), f"没有岗位 {event.succession.post}"
    if event.outage is not None and event.outage.until <= event.at:
        yield ("outage", "until"), "恢复时间须晚于中断时间"


def _report(told: Report, known: _Known) -> Found:
    yield from _by("report", told.by, known)
    if told.unit not in known.units:
        yield ("report", "unit"), f"没有单位 {told.unit}"
    if told.category not in known.categories:
        yield ("report", "category"), f"没有隐患类别 {told.category}"
    role = known.roles.get(told.by.partition("/")[0])
    if role is not None and role not in REPORTERS:
        yield ("report", "by"), f"{role.label}不能上报隐患"


def _act(told: Act, known: _Known) -> Found:
    yield from _by("act", told.by, known)
    role, able = known.roles.get(told.by.partition("/")[0]), _able(told.do)
    if role is not None and role not in able:
        who = "、".join(one.label for one in Role if one in able)
        yield ("act", "do"), f"{role.label}在任何环节都不能“{ACTION_LABELS[told.do]}”，可以的是：{who}"
    post = told.fields.get("post")
    if isinstance(post, str) and post not in known.roles:
        yield ("act", "with"), f"没有岗位 {post}"


def _by(event: str, by: str, known: _Known) -> Found:
    post, _, person = by.partition("/")
    if post not in known.roles:
        yield (event, "by"), f"没有岗位 {post}"
    if person and person not in known.people:
        yield (event, "by"), f"没有人员 {person}"


def _able(action: Action) -> frozenset[Role]:
    return frozenset(role for (_, one), rule in TRANSITIONS.items() if one is action for role in rule.by)


def _case(act: Act, event: Event, reported: Mapping[str, Any]) -> Iterator[str]:
    if act.case not in reported:
        yield f"“{act.case}”没有在方案中上报"
    elif reported[act.case] > event.at:
        yield f"“{act.case}”到 {spoken(reported[act.case])} 才上报"
