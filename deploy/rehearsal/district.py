"""The district of a scenario: the sample's organisation, grown to so many units, with its policy valid from a day on.

Invariant: placeholder units, posts and people only, the same for the same scenario.
"""

import copy
from collections.abc import Iterator, Mapping
from datetime import datetime, time
from typing import Any, Final

from deploy.rehearsal.scenario import LOCAL, Scenario
from deploy.sample.district import DISTRICT

Document = dict[str, Any]

_DATED: Final = ("levels", "categories", "criteria", "policies")
_TEAMS: Final = ("team-1", "team-2", "team-3", "team-4")


class NoSuchTerm(Exception):  # noqa: N818 - the path is what does not exist
    """The policy has nothing at this path."""

    def __init__(self, path: str) -> None:
        super().__init__(f"时限政策里没有 {path}")


def document(scenario: Scenario) -> Document:
    """The directory document to load. Raises ``NoSuchTerm``."""
    made: Document = copy.deepcopy(dict(DISTRICT))
    since = datetime.combine(scenario.district.since, time(), LOCAL).isoformat()
    for table in _DATED:
        for row in made[table]:
            row["valid_from"] = since
    made["policies"] = made["policies"][-1:]
    for path, value in scenario.policy.items():
        put(made["policies"][0]["terms"], path, value)
    inspected = [unit for unit in made["units"] if unit["kind"] != "bureau"]
    for number in range(len(inspected) + 1, scenario.district.units + 1):
        for table, row in _unit(number):
            made[table].append(row)
    return made


def put(terms: Document, path: str, value: Any) -> None:
    """Set what stands at a dotted path, which must be there. Raises ``NoSuchTerm``."""
    *way, last = path.split(".")
    place: Any = terms
    for step in way:
        place = _at(place, step, path)
    if isinstance(place, list):
        place[_number(place, last, path)] = value
    elif isinstance(place, dict) and last in place:
        place[last] = value
    else:
        raise NoSuchTerm(path)


def _at(place: Any, step: str, path: str) -> Any:
    if isinstance(place, list):
        return place[_number(place, step, path)]
    if isinstance(place, Mapping) and step in place:
        return place[step]
    raise NoSuchTerm(path)


def _number(place: list[Any], step: str, path: str) -> int:
    if not step.isdecimal() or int(step) >= len(place):
        raise NoSuchTerm(path)
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
