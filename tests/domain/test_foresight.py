"""A case that nobody touches: what its clock does is in order, complete, and never goes silent (bars E2, E7, E8)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import cache
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from domain import hazard, workdays
from domain.hazard import Case, Change, StepKind
from domain.ladder import Addressee, Colour, Ladder, Period, Rung
from domain.workdays import Limit, Unit
from tests.domain import cases
from tests.domain.cases import OFFICE, STAFF, T0, act, at
from tests.domain.winding import clock
from tests.domain.workdays_table import CALENDAR

LONG = timedelta(days=400)
STAMPED = cases.TERMS.stamped(CALENDAR, T0, T0)

delays = st.one_of(
    st.builds(Limit, unit=st.just(Unit.WORKING_DAYS), amount=st.integers(1, 30)),
    st.builds(Limit, unit=st.just(Unit.WORKING_HOURS), amount=st.integers(1, 60)),
)
rungs = st.builds(Rung, to=st.sampled_from(Addressee), after=delays, colour=st.sampled_from([None, *Colour]))
ladders = st.builds(
    Ladder,
    reminders=st.lists(st.integers(0, 12), max_size=4, unique=True).map(tuple),
    rungs=st.lists(rungs, max_size=6).map(tuple),
    colour=st.sampled_from(Colour),
    replies=st.dictionaries(st.sampled_from(Colour), delays),
    longest_gap=st.integers(3, 20),
)
periods = st.builds(
    Period,
    name=st.just("重要时节"),
    first=st.just("2026-10-01"),
    last=st.sampled_from(["2026-10-15", "2026-12-31"]),
    percent=st.integers(0, 100),
)
starts = st.tuples(st.sampled_from(hazard.OPEN_STAGES), st.just(True)) | st.tuples(
    st.sampled_from(hazard.OPEN_STAGES[:-1]), st.just(False)
)


@cache
def _at(stage: str, major: bool) -> Case:
    return at(stage, major=major, terms=STAMPED)


def _under(stage: str, major: bool, ladder: Ladder, *sensitive: Period) -> Case:
    """A case whose clock was set under another ladder from the start."""
    terms = replace(STAMPED, ladders={"general": ladder, "major": ladder}, periods=sensitive)
    case = _at(stage, major)
    change = hazard.restamp(
        case,
        hazard.Restamp(
            terms=terms, person_id="office", post_id="office", request_id="newer", reason="新政策"
        ),
        T0,
    )
    assert change is not None
    return change.case


def _seen(case: Case) -> list[Change]:
    return list(hazard.foresee(case, T0 + LONG, most=2000))


def _silences(changes: list[Change], end_of_watch: timedelta = LONG) -> Iterator[timedelta]:
    """The working time between each two things that happen once a case is late, and until the end."""
    late = [one.entry.at for one in changes if one.case.overdue]
    for one, other in pairwise([*late, T0 + end_of_watch]):
        yield workdays.worked(STAMPED.calendar or CALENDAR, one, other)


@settings(max_examples=20, deadline=None, derandomize=True)
@given(start=starts, ladder=ladders, period=periods)
def test_what_will_happen_is_in_strict_order_and_never_goes_silent(
    start: tuple[str, bool], ladder: Ladder, period: Period
) -> None:
    changes = _seen(_under(*start, ladder, period))
    order = [
        (one.entry.due_at, StepKind(one.entry.action).order, one.entry.seq)
        for one in changes
        if one.entry.due_at
    ]
    assert len(order) == len(changes)
    assert order == sorted(order)
    assert changes[-1].case.overdue
    # no configuration makes a late case silent for longer than its longest gap
    longest = max(1, ladder.longest_gap) * CALENDAR.hours.per_day
    assert max(_silences(changes)) <= longest
    assert all(one.notices for one in changes)


@settings(max_examples=20, deadline=None, derandomize=True)
@given(start=starts, ladder=ladders, period=periods)
def test_each_reminder_rung_and_slip_comes_once(
    start: tuple[str, bool], ladder: Ladder, period: Period
) -> None:
    case = _under(*start, ladder, period)
    changes = _seen(case)
    done = [one.entry.action for one in changes]
    assert done.count("lapse") == 1
    last = changes[-1].case
    running = clock(last)
    assert sorted((*running.skipped, *running.reminded)) == sorted(ladder.reminders)
    assert done.count("remind") == len(running.reminded)
    assert done.count("chase") == sum(slip.chased for slip in last.slips)
    assert done.count("escalate") == len(running.told) - 1
    ranks = [slip.colour.rank for slip in last.slips]
    assert ranks == sorted(set(ranks))
    assert [slip.serial[-2:] for slip in last.slips] == [
        f"{number:02d}" for number in range(1, len(ranks) + 1)
    ]


@settings(max_examples=20, deadline=None, derandomize=True)
@given(start=starts, ladder=ladders, days=st.integers(1, 120))
def test_an_outage_of_any_length_changes_when_steps_are_taken_and_nothing_else(
    start: tuple[str, bool], ladder: Ladder, days: int
) -> None:
    case, now = _under(*start, ladder), T0 + timedelta(days=days)
    on_time = list(hazard.foresee(case, now, most=2000))
    late: list[Change] = []
    while (change := hazard.step(case, now)) is not None:
        late.append(change)
        case = change.case
        assert len(late) <= len(on_time)
    told = [[(n.kind, n.post_id, n.text, n.due_at) for n in one.notices] for one in on_time]
    assert [[(n.kind, n.post_id, n.text, n.due_at) for n in one.notices] for one in late] == told
    coming = hazard.next_step(case)
    assert coming is not None
    assert coming.at > now
    if on_time:
        assert replace(case, seq=0, head="") == replace(on_time[-1].case, seq=0, head="")


def test_what_rests_is_foreseen_up_to_its_revival_only() -> None:
    assert _seen(act(at("rectifying"), "pause", OFFICE)) == []
    deferred = _seen(act(at("rectifying"), "defer", OFFICE, until="2026-11-20"))
    assert deferred[0].entry.action == "revive"
    assert deferred[-1].case.overdue


def test_what_has_an_end_is_foreseen_to_the_end() -> None:
    assert _seen(act(at("verifying"), "pass", cases.INSPECTOR)) == []
    plain = _seen(at("rectifying", terms=cases.PLAIN))
    assert [one.entry.action for one in plain] == ["lapse"]
    assert STAFF.person_id not in {one.entry.person_id for one in plain}
