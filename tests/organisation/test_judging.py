"""Over random timelines, at every instant exactly those may judge a rectification who hold or cover the team and have no part in it."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from domain import hazard
from domain.errors import Refused
from domain.people import Actor
from tests.domain import cases
from tests.organisation import grid
from tests.organisation.grid import PEOPLE, Grid
from tests.organisation.test_timelines import Timeline, timelines

_UNITS = {"head": "u1", "staff": "u2"}


def _of_the_unit(told: Grid, person: str, day: int) -> bool:
    """Whether somebody may act by a post of the unit whose hazard it is."""
    return any(_UNITS.get(post) == "u1" for post, _ in told.acts(person, day))


def _heads_the_unit(told: Grid, person: str, day: int) -> bool:
    return any(post == "head" for post, absent in told.acts(person, day) if absent is None)


def _may_judge(told: Grid, person: str, day: int, rectifiers: set[str]) -> bool:
    if person in rectifiers or _of_the_unit(told, person, day):
        return False
    return any(
        post == "team"
        and (absent is None or (absent not in rectifiers and not _heads_the_unit(told, absent, day)))
        for post, absent in told.acts(person, day)
    )


@settings(max_examples=150, deadline=None)
@given(
    timelines(),
    st.sets(st.sampled_from(PEOPLE), max_size=2),
    st.lists(st.integers(0, grid.DAYS - 1), min_size=6),
)
def test_who_may_pass_a_rectification_on_a_day(
    timeline: Timeline, rectifiers: set[str], days: list[int]
) -> None:
    case = replace(cases.at("verifying"), rectifiers=tuple(sorted(rectifiers)))
    for day in days:
        for person in PEOPLE:
            actor = Actor(person_id=person, holdings=timeline.found.holdings(person, grid.at(day)))
            expected = _may_judge(timeline.told, person, day, rectifiers)
            assert _passes(case, actor.about(case.unit_id)) is expected, (person, day, timeline.steps)


def _passes(case: hazard.Case, actor: Actor) -> bool:
    try:
        hazard.check(case, cases.command("pass", actor), cases.T0)
    except Refused as refused:
        if refused.code not in ("role_required", "separation_of_duties"):
            raise
        return False
    return True
