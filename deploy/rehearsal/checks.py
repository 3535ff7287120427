"""What is wrong with a scenario before it is played: posts, units and cases that are not there, acts that can never be.

Invariant: only what is impossible whatever happens is a fault; what may be refused on the day is for the timeline to show.
"""

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from deploy.rehearsal.reading import Fault, Lines
from deploy.rehearsal.scenario import ABOUT_ASKED, LOCAL, Absence, Act, Event, Report, Scenario
from deploy.rehearsal.timeline import spoken
from domain import access
from domain.collection import label_of
from domain.hazard import ACTION_LABELS, Action
from domain.hazard.table import REPORTERS, TRANSITIONS
from domain.people import Role
from services.api import bulletin_bodies
from services.api.collection_bodies import CollectionBody
from services.api.routers import collection_actions
from services.api.routers.actions import BODIES


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
    if scenario.district.since > scenario.starts.astimezone(LOCAL).date():
        yield Fault(line=lines.of(("district", "since")), reason="须不晚于方案开始的日子")
    yield from _twice(scenario, lines)
    reported = {event.report.case: event.at for event in scenario.events if event.report is not None}
    asked = {event.collect.case: event.at for event in scenario.events if event.collect is not None}
    for number, event in enumerate(scenario.events):
        for place, reason in _event(scenario, event, known):
            yield Fault(line=lines.of(("events", number, *place)), reason=reason)
        for name, known_cases in (("act", reported), *((name, asked) for name in ABOUT_ASKED)):
            if (told := getattr(event, name)) is not None:
                for reason in _case(told.case, event, known_cases):
                    yield Fault(line=lines.of(("events", number, name, "case")), reason=reason)


def _twice(scenario: Scenario, lines: Lines) -> Iterator[Fault]:
    """Names that a scenario gives to two cases."""
    known: set[str] = set()
    for number, event in enumerate(scenario.events):
        for name, told in (("report", event.report), ("collect", event.collect)):
            if told is not None and told.case in known:
                yield Fault(
                    line=lines.of(("events", number, name, "case")), reason=f"“{told.case}”已用来称呼另一件"
                )
            known |= {told.case} if told is not None else set()


_OF_UNITS: Final = ("submit", "read")
"""Events that name units."""

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
    yield from _collecting(event, known)
    if event.succession is not None and event.succession.post not in known.roles:
        yield ("succession", "post"), f"没有岗位 {event.succession.post}"
    if event.absence is not None:
        yield from _absence(event.absence, known)
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
        label = ACTION_LABELS[told.do]
        yield ("act", "do"), f"{role.label}在任何环节都不能“{label}”，可以的是：{_who(able)}"
    for field in told.fields:
        if field not in BODIES[told.do].model_fields:
            yield ("act", "with", field), f"“{ACTION_LABELS[told.do]}”没有字段 {field}"
    post = told.fields.get("post")
    if isinstance(post, str) and post not in known.roles:
        yield ("act", "with"), f"没有岗位 {post}"


def _collecting(event: Event, known: _Known) -> Found:
    for name, operation, label, has in _asks(event):
        told = getattr(event, name)
        yield from _by(name, told.by, known)
        role, able = known.roles.get(told.by.partition("/")[0]), access.OPERATIONS[operation].by
        if role is not None and role not in able:
            yield (name, "by"), f"{role.label}不能“{label}”，可以的是：{_who(able)}"
        fields = getattr(told, "fields", {})
        for field in fields:
            if field not in has:
                yield (name, "with", field), f"“{label}”没有字段 {field}"
        yield from _units(name, _named(fields), known)
        post = fields.get("contact_post")
        if isinstance(post, str) and post not in known.roles:
            yield (name, "with", "contact_post"), f"没有岗位 {post}"
    for name in _OF_UNITS:
        if (told := getattr(event, name)) is not None:
            yield from _units(name, (*told.units, *told.without), known)
    if event.registration is not None:
        yield from _units("registration", (event.registration.unit,), known)


def _asks(event: Event) -> Iterator[tuple[str, str, str, Container[str]]]:
    """What somebody does about a collection: the event's name, its operation, what people call it, the fields it has."""
    if event.collect is not None:
        yield "collect", "create_collection", "发起收集", CollectionBody.model_fields
    if event.registration is not None:
        yield "registration", "register_submission", "代登记", ()
    if (told := event.decide) is not None:
        has = collection_actions.BODIES[told.do].model_fields
        yield "decide", f"{told.do.value}_collection", label_of(told.do), has
    if (step := event.bulletin) is not None:
        yield (
            "bulletin",
            f"{step.do.value}_bulletin",
            step.do.label,
            bulletin_bodies.BODIES[step.do].model_fields,
        )


def _named(fields: Mapping[str, Any]) -> Iterator[str]:
    """The units that the fields of a collection, a decision or a step with a bulletin name."""
    told = fields.get("audience")
    audience = told if isinstance(told, Mapping) else {}
    rows = (fields, *_listed(fields.get("units")), *_listed(audience.get("exempt")))
    named = [row.get("unit_id") for row in rows if isinstance(row, Mapping)]
    yield from (one for one in (*named, *_listed(audience.get("units"))) if isinstance(one, str))


def _listed(value: Any) -> list[Any]:
    """A list as it is; whatever else stands there is the API's to refuse."""
    return value if isinstance(value, list) else []


def _absence(told: Absence, known: _Known) -> Found:
    if told.post not in known.roles:
        yield ("absence", "post"), f"没有岗位 {told.post}"
    for field in ("absent", "substitute"):
        if (person := getattr(told, field)) not in known.people:
            yield ("absence", field), f"没有人员 {person}"


def _units(event: str, units: Iterable[str], known: _Known) -> Found:
    for unit in units:
        if unit not in known.units:
            yield (event,), f"没有单位 {unit}"


def _by(event: str, by: str, known: _Known) -> Found:
    post, _, person = by.partition("/")
    if post not in known.roles:
        yield (event, "by"), f"没有岗位 {post}"
    if person and person not in known.people:
        yield (event, "by"), f"没有人员 {person}"


def _who(able: Iterable[Role]) -> str:
    return "、".join(one.label for one in Role if one in set(able))


def _able(action: Action) -> frozenset[Role]:
    return frozenset(role for (_, one), rule in TRANSITIONS.items() if one is action for role in rule.by)


def _case(case: str, event: Event, begun: Mapping[str, datetime]) -> Iterator[str]:
    if case not in begun:
        yield f"“{case}”没有在方案中上报或发起"
    elif begun[case] > event.at:
        yield f"“{case}”到 {spoken(begun[case])} 才上报或发起"
