"""The one list of typed search attributes: what a supervisor can ask the Temporal UI.

Invariant: no personal data stands here (values are never encrypted), and the list stays inside what SQL
visibility allows per type (Keyword 10; Int, Double, Bool, Datetime, Text and KeywordList 3 each).
"""

from datetime import datetime
from typing import Any, Final

from temporalio.common import (
    SearchAttributeKey,
    SearchAttributePair,
    SearchAttributeUpdate,
    TypedSearchAttributes,
)

from domain.hazard import Case

STAGE: Final = SearchAttributeKey.for_keyword("Stage")
UNIT: Final = SearchAttributeKey.for_keyword("Unit")
DISTRICT: Final = SearchAttributeKey.for_keyword("District")
# not "Level": that is a word of the list filter itself
LEVEL: Final = SearchAttributeKey.for_keyword("HazardLevel")
OVERDUE: Final = SearchAttributeKey.for_bool("Overdue")
COLOUR: Final = SearchAttributeKey.for_keyword("Colour")
DUE_AT: Final[SearchAttributeKey[datetime]] = SearchAttributeKey.for_datetime("DueAt")
KIND: Final = SearchAttributeKey.for_keyword("Kind")
MISSING: Final = SearchAttributeKey.for_int("Missing")

ALL: Final[tuple[SearchAttributeKey[Any], ...]] = (
    STAGE,
    UNIT,
    DISTRICT,
    LEVEL,
    OVERDUE,
    COLOUR,
    DUE_AT,
    KIND,
    MISSING,
)


def saved_views(district: str) -> tuple[tuple[str, str], ...]:
    """(title, list filter) of the views whose links ``bihuan up`` prints, for one district."""
    collecting = f'WorkflowType = "Collection" AND ExecutionStatus = "Running" AND District = "{district}"'
    running = f'WorkflowType = "Hazard" AND ExecutionStatus = "Running" AND District = "{district}"'
    return (
        ("本区已逾期", f"{running} AND Overdue = true"),
        ("红色督办", f'{running} AND Colour = "red"'),
        ("重大隐患在办", f'{running} AND HazardLevel = "major"'),
        ("待复查", f'{running} AND Stage = "verifying"'),
        ("全部在办隐患", running),
        ("限时收集，尚有未报", f"{collecting} AND Missing > 0"),
    )


def of(case: Case) -> list[SearchAttributeUpdate[Any]]:
    """The attributes of a case as it stands; a case without a due date has no ``DueAt``."""
    due = DUE_AT.value_unset() if case.due_at is None else DUE_AT.value_set(case.due_at)
    colour = COLOUR.value_unset() if case.colour is None else COLOUR.value_set(case.colour.value)
    return [
        STAGE.value_set(case.stage.value),
        UNIT.value_set(case.unit_id),
        DISTRICT.value_set(case.district),
        LEVEL.value_set(case.level),
        OVERDUE.value_set(case.overdue),
        colour,
        due,
    ]


def changed(case: Case, shown: TypedSearchAttributes) -> list[SearchAttributeUpdate[Any]]:
    """The attributes that differ from what is shown; the stage at least, so that every step sends a command."""
    stage, *others = of(case)
    return [stage, *(one for one in others if shown.get(one.key) != one.value)]


def at_start(case: Case) -> TypedSearchAttributes:
    """The same attributes in the form in which a start carries them."""
    pairs: list[SearchAttributePair[Any]] = [
        SearchAttributePair(STAGE, case.stage.value),
        SearchAttributePair(UNIT, case.unit_id),
        SearchAttributePair(DISTRICT, case.district),
        SearchAttributePair(LEVEL, case.level),
        SearchAttributePair(OVERDUE, case.overdue),
    ]
    if case.colour is not None:
        pairs.append(SearchAttributePair(COLOUR, case.colour.value))
    if case.due_at is not None:
        pairs.append(SearchAttributePair(DUE_AT, case.due_at))
    return TypedSearchAttributes(pairs)
