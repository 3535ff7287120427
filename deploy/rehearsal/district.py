"""The district of a scenario: the sample's organisation, grown to so many units, with its policy valid from a day on.

Invariant: placeholder units, posts and people only, the same for the same scenario.
"""

import copy
from collections.abc import Iterator, Mapping
from datetime import datetime, time
from typing import Any, Final

from adapters.postgres import policy as policies
from deploy.rehearsal.scenario import LOCAL, Scenario
from deploy.sample.district import DISTRICT
from domain import policy as rules
from domain.errors import Refused

Document = dict[str, Any]

_DATED: Final = ("levels", "categories", "criteria", "policies")
_TEAMS: Final = ("team-1", "team-2", "team-3", "team-4")


class BadTerm(Exception):  # noqa: N818 - what is bad is the term
    """What stands at this path of the policy cannot be, or there is nothing."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(reason)
        self.path = path


def document(scenario: Scenario) -> Document:
    """The directory document to load. Raises ``BadTerm``."""
    made: Document = copy.deepcopy(dict(DISTRICT))
    since = datetime.combine(scenario.district.since, time(), LOCAL).isoformat()
    for table in _DATED:
        for row in made[table]:
            row["valid_from"] = since
    made["policies"] = made["policies"][-1:]
    put(made, scenario.policy)
    inspected = [unit for unit in made["units"] if unit["kind"] != "bureau"]
    for number in range(len(inspected) + 1, scenario.district.units + 1):
        for table, row in _unit(number):
            made[table].append(row)
    return made


def put(made: Document, terms: Mapping[str, Any]) -> None:
    """Set what stands at dotted paths of the policy, all of it before it is judged. Raises ``BadTerm``."""
    policy = made["policies"][0]
    for path, value in terms.items():
        _put(policy["terms"], path, value)
    try:
        rules.check(policies.read(policy["terms"]), since=datetime.fromisoformat(policy["valid_from"]))
    except Refused as no:
        field = str(no.details["field"])
        told = (path for path in terms if f"{field}.".startswith(f"{path}."))
        raise BadTerm(next(told, ""), f"{field} {no.message}") from no


def _put(terms: Document, path: str, value: Any) -> None:
    *way, last = path.split(".")
    place: Any = terms
    for step in way:
        place = _at(place, step, path)
    if isinstance(place, list):
        place[_number(place, last, path)] = value
    elif isinstance(place, dict) and last in place:
        place[last] = value
    else:
        raise BadTerm(path, f"时限政策里没有 {path}")


def _at(place: Any, step: str, path: str) -> Any:
    if isinstance(place, list):
        return place[_number(place, step, path)]
    if isinstance(place, Mapping) and step in place:
        return place[step]
    raise BadTerm(path, f"时限政策里没有 {path}")


def _number(place: list[Any], step: str, path: str) -> int:
    if not step.isdecimal() or int(step) >= len(place):
        raise BadTerm(path, f"时限政策里没有 {path}")
    return int(step)


def _unit(number: int) -> Iterator[tuple[str, Document]]:
    """A nursing home more, with its two posts and the people who hold them."""
    unit = f"ec{number:02}"
    name = f"第{number}养老院（示例）"
    yield (
        "units",
        {
            "id": unit,
            "name": name,
            "kind": "elderly_care",
            "district": "示例区",
            "unit_post": f"{unit}-safety",
            "team_post": _TEAMS[number % len(_TEAMS)],
        },
    )
    for post, title, role in (("safety", "安全员", "unit_staff"), ("head", "主要负责人", "unit_head")):
        holder = f"p-{unit}-{post}"
        yield (
            "posts",
            {"id": f"{unit}-{post}", "title": f"第{number}养老院{title}", "role": role, "unit_id": unit},
        )
        yield "people", {"id": holder, "name": f"{unit}{title}示例"}
        yield "holders", {"post_id": f"{unit}-{post}", "person_id": holder}
