"""What the Temporal UI lists of a case: each step sends what differs, and nothing is ever left behind."""

from datetime import timedelta

from temporalio.common import SearchAttributePair, TypedSearchAttributes

from domain.hazard import Case
from tests.domain import cases
from tests.domain.cases import DAY, T0
from tests.domain.winding import wound
from workflows import search_attributes
from workflows.search_attributes import COLOUR, DUE_AT, OVERDUE, STAGE


def _shown_after(case: Case, shown: TypedSearchAttributes) -> TypedSearchAttributes:
    """What is listed when an upsert has been carried out."""
    sent = {one.key: one.value for one in search_attributes.changed(case, shown)}
    kept = [pair for pair in shown if pair.key not in sent]
    new = [SearchAttributePair(key, value) for key, value in sent.items() if value is not None]
    return TypedSearchAttributes([*kept, *new])


def test_what_differs_brings_the_list_to_where_the_case_is() -> None:
    case = cases.at("rectifying")
    shown = search_attributes.at_start(case)
    _, changes = wound(case, T0 + 90 * DAY)
    assert {change.case.colour for change in changes} > {None}
    for after in [*(change.case for change in changes), cases.at("closed"), case]:
        shown = _shown_after(after, shown)
        assert set(shown) == set(search_attributes.at_start(after))


def test_a_step_that_changes_nothing_listed_still_sends_one_attribute() -> None:
    case = cases.at("rectifying")
    sent = search_attributes.changed(case, search_attributes.at_start(case))
    assert [one.key for one in sent] == [STAGE]


def test_a_breach_sends_the_attributes_that_it_changes() -> None:
    case = cases.at("rectifying")
    assert case.due_at is not None
    late, _ = wound(case, case.due_at + timedelta(minutes=1))
    sent = {one.key for one in search_attributes.changed(late, search_attributes.at_start(case))}
    assert sent == {STAGE, OVERDUE, *([COLOUR] if late.colour else [])}
    assert DUE_AT not in sent
