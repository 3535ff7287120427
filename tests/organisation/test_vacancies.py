"""What would be left with nobody: open work, ladders, substitutions (bars A2, M3)."""

from dataclasses import replace

import pytest

from domain import organisation
from domain.errors import Refused
from domain.ladder import Addressee, Ladder, Rung
from domain.organisation import Organisation, Proposal, Span, Tenure
from tests.domain import cases
from tests.organisation import grid
from tests.organisation.grid import at

NOW = at(10)
_RUNGS = tuple(
    Rung(to=to, after=cases.TERMS.ladders["general"].rungs[0].after)
    for to in (Addressee.UNIT_HEAD, Addressee.OFFICE)
)
TERMS = replace(cases.TERMS, ladders={"general": Ladder(rungs=_RUNGS)})


def _held(*rows: tuple[str, str, float | None]) -> Organisation:
    """Who holds which post, until which day."""
    tenures = tuple(
        Tenure(post_id=post, person_id=person, span=Span(until=None if over is None else at(over)))
        for post, person, over in rows
    )
    return replace(grid.founded(), tenures=tenures, desks={"office": "desk"})


def _refusal(before: Organisation, proposal: Proposal) -> Refused:
    after = organisation.amend(before, proposal, NOW)
    with pytest.raises(Refused) as refused:
        _check(before, after)
    return refused.value


def _check(before: Organisation, after: Organisation) -> None:
    organisation.check_open_work(before, after, {"staff": 2}, NOW)
    organisation.check_ladders(before, after, TERMS, NOW)


def test_the_first_vacancy_is_where_the_last_of_those_who_follow_each_other_leaves() -> None:
    one = _held(("staff", "a", 20), ("staff", "b", 30))
    assert organisation.first_vacancy(one, "staff", NOW) == at(30)
    assert organisation.first_vacancy(one, "staff", at(40)) == at(40)
    assert organisation.first_vacancy(_held(("staff", "a", None)), "staff", NOW) is None
    assert organisation.first_vacancy(one, "nowhere", NOW) == NOW


def test_open_work_is_not_left_to_nobody_and_who_takes_it_takes_it_when_the_other_leaves() -> None:
    before = _held(("staff", "a", None), ("head", "b", None), ("desk", "c", None))
    leaving = Proposal(holders=grid.tenures("staff", [("a", None, 20)]))
    refused = _refusal(before, leaving)
    assert (refused.code, refused.details["row"]) == ("open_work_without_holder", "staff")
    taken = organisation.amend(before, replace(leaving, takes={"staff": "d"}), NOW)
    organisation.check_open_work(before, taken, {"staff": 2}, NOW)
    assert taken.holders("staff", at(19.9)) == ("a",)
    assert taken.holders("staff", at(20)) == ("d",)


def test_what_was_vacant_already_is_no_reason_to_refuse_another_change() -> None:
    before = _held(("staff", "a", 5), ("head", "b", None), ("desk", "c", None))
    after = organisation.amend(before, Proposal(people={"e": "e"}), NOW)
    organisation.check_open_work(before, after, {"staff": 2}, NOW)


def test_a_ladder_that_would_reach_nobody_is_refused_by_the_unit_at_the_instant_to_come() -> None:
    before = _held(("staff", "a", None), ("head", "b", None), ("desk", "c", None))
    one = Proposal(holders=grid.tenures("desk", [("c", None, 30)]))
    # u1 still has its head; u2 has none, and its office leaves
    refused = _refusal(before, one)
    assert (refused.code, refused.details["row"]) == ("ladder_reaches_nobody", "u2")
    after = organisation.amend(before, one, NOW)
    assert organisation.reached(after, "u1", at(31)) >= {Addressee.UNIT_HEAD}
    assert Addressee.OFFICE not in organisation.reached(after, "u2", at(31))


def test_a_substitution_for_somebody_who_left_the_post_is_moot_and_gives_no_right() -> None:
    before = replace(
        _held(("staff", "a", None)), substitutions=grid.standing_in("staff", [("a", "b", 12, 14)])
    )
    after = organisation.amend(before, Proposal(holders=grid.tenures("staff", [("c", None, None)])), NOW)
    assert [one.substitute_id for one in organisation.moot(after, NOW)] == ["b"]
    assert after.holdings("b", at(13)) == ()
    # a succession is not held up by it, but nobody is made a substitute so
    organisation.check_moot(before, after, NOW)
    with pytest.raises(Refused, match="substitution_moot"):
        organisation.check_moot(replace(after, substitutions=()), after, NOW)
