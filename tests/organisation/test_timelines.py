"""Over random timelines of appointments, bindings and substitutions, at every instant exactly the right persons may act.

Bars A2, A3: succession takes effect at its instant, a substitute acts on exactly the covered posts and days, and what has
been is never rewritten.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.postgres import organisation_document
from domain import organisation
from domain.errors import Refused
from domain.organisation import Organisation, Proposal
from tests.organisation import grid
from tests.organisation.grid import BOUND, DAYS, PEOPLE, PLAIN, POSTS, Grid

Step = tuple[str, str, object]
_PERSON = st.sampled_from(PEOPLE)


def _rows(draw: st.DrawFn, today: int) -> list[grid.Row]:
    """Who shall hold a post: each person once, from now or from a day to come, for ever or for some days."""
    rows: list[grid.Row] = []
    for person in draw(st.lists(_PERSON, min_size=1, max_size=2, unique=True)):
        first = draw(st.none() | st.integers(today, today + 15))
        days = draw(st.none() | st.integers(1, 20))
        rows.append((person, first, None if days is None else (today if first is None else first) + days))
    return rows


def _covers(draw: st.DrawFn, told: Grid, post: str, today: int) -> list[tuple[str, str, int, int]]:
    """Who shall stand in for whom, mostly for somebody who holds the post then."""
    rows = []
    for _ in range(draw(st.integers(1, 2))):
        first = min(today + draw(st.integers(-2, 10)), DAYS - 1)
        there = sorted(told.holders(post, max(first, today))) or list(PEOPLE)
        absent = draw(st.sampled_from(there))
        rows.append((absent, draw(_PERSON), first, first + draw(st.integers(0, 12))))
    return rows


def _step(draw: st.DrawFn, told: Grid, today: int) -> Step:
    kind = draw(st.sampled_from(["appoint", "appoint", "bind", "cover", "cover"]))
    if kind == "bind":
        return kind, BOUND, draw(st.none() | st.sampled_from(PLAIN))
    post = draw(st.sampled_from(POSTS))
    return kind, post, _rows(draw, today) if kind == "appoint" else _covers(draw, told, post, today)


def _proposal(at: Organisation, kind: str, post: str, told: object) -> Proposal:
    if kind == "appoint":
        return Proposal(holders=grid.tenures(post, told))  # type: ignore[arg-type]
    if kind == "cover":
        return Proposal(substitutions=grid.standing_in(post, told))  # type: ignore[arg-type]
    return Proposal(posts=(replace(at.posts[post], bound_to=told, bound_from=None),))  # type: ignore[arg-type]


def _made(at: Organisation, proposal: Proposal, today: int) -> Organisation | None:
    """The organisation after a proposal, or nothing where it is refused."""
    now = grid.at(today)
    try:
        after = organisation.amend(at, proposal, now)
        organisation.check(after, at)
        organisation.check_moot(at, after, now)
    except Refused:
        return None
    return after


@dataclass(frozen=True, kw_only=True)
class Timeline:
    """An organisation after a random timeline, the same told day by day, the last day of it, and one more step."""

    steps: tuple[tuple[int, Step], ...]
    found: Organisation
    told: Grid
    today: int
    more: Step


@st.composite
def timelines(draw: st.DrawFn) -> Timeline:
    """A timeline of which the steps that are refused are left out."""
    told, found, today, steps = Grid(), grid.founded(), 0, []
    for wait in draw(st.lists(st.integers(0, 8), min_size=4, max_size=14)):
        today = min(today + wait, DAYS - 1)
        kind, post, what = _step(draw, told, today)
        after = _made(found, _proposal(found, kind, post, what), today)
        if after is None:
            continue
        found = after
        steps.append((today, (kind, post, what)))
        if kind == "appoint":
            told.appoint(post, what, today)  # type: ignore[arg-type]
        elif kind == "cover":
            told.cover(post, what, today)  # type: ignore[arg-type]
        else:
            told.bind(what, today)  # type: ignore[arg-type]
    today = min(today + draw(st.integers(0, 8)), DAYS - 1)
    return Timeline(steps=tuple(steps), found=found, told=told, today=today, more=_step(draw, told, today))


@settings(max_examples=150, deadline=None)
@given(timelines())
def test_on_every_day_exactly_the_right_persons_may_act_by_every_post(timeline: Timeline) -> None:
    found, told = timeline.found, timeline.told
    for day in range(DAYS):
        for person in PEOPLE:
            held = found.holdings(person, grid.at(day))
            assert {(one.post_id, one.on_behalf_of) for one in held} == told.acts(person, day), (
                person,
                day,
                timeline.steps,
            )
            assert all(one.substitute is (one.on_behalf_of is not None) for one in held)
            # between the changes of two days nothing changes
            assert found.holdings(person, grid.at(day + 0.999)) == held


@settings(max_examples=80, deadline=None)
@given(timelines())
def test_the_organisation_as_it_is_proposed_again_changes_nothing(timeline: Timeline) -> None:
    found, now = timeline.found, grid.at(timeline.today)
    document = organisation_document.written(found, now, lambda instant: instant)
    organisation_document.check(document)
    proposal = organisation_document.proposal(document, {}, _midnight)
    assert organisation.differences(found, organisation.amend(found, proposal, now)) == ()


@settings(max_examples=100, deadline=None)
@given(timelines())
def test_a_change_rewrites_nothing_that_has_been_and_made_again_changes_nothing(timeline: Timeline) -> None:
    found, day, (kind, post, what) = timeline.found, timeline.today, timeline.more
    after = _made(found, _proposal(found, kind, post, what), day)
    if after is None:
        return
    for past in range(day):
        for person in PEOPLE:
            assert after.holdings(person, grid.at(past)) == found.holdings(person, grid.at(past))
    again = _made(after, _proposal(after, kind, post, what), day)
    assert again is not None
    assert organisation.differences(after, again) == ()


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
