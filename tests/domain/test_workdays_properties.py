"""Working time by properties: additive, monotone, inverse, and pauses that lose nothing."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st

from domain import workdays
from domain.workdays import DayEnd, Limit, Pause, Segment, Unit
from tests.domain import workdays_oracle as oracle
from tests.domain.workdays_table import CALENDAR, local

NONE = timedelta()
FIRST, LAST = datetime(2022, 1, 1), datetime(2026, 10, 1)  # noqa: DTZ001 - hypothesis adds the zone

instants = st.datetimes(FIRST, LAST, timezones=st.sampled_from([UTC, oracle.LOCAL])).map(
    lambda instant: instant.replace(microsecond=0)
)
lengths = st.timedeltas(NONE, timedelta(days=40)).map(
    lambda length: timedelta(seconds=length // timedelta(seconds=1))
)
counted = st.one_of(
    st.builds(
        Limit,
        unit=st.sampled_from([Unit.CALENDAR_DAYS, Unit.WORKING_DAYS]),
        amount=st.integers(1, 30),
        ends=st.sampled_from([None, *DayEnd]),
    ),
    st.builds(Limit, unit=st.just(Unit.WORKING_HOURS), amount=st.integers(1, 120)),
)


@st.composite
def pauses(draw: st.DrawFn, start: datetime) -> tuple[Pause, ...]:
    now, made = start, []
    for wait, length in draw(st.lists(st.tuples(lengths, lengths), max_size=3)):
        made.append(Pause(since=now + wait, until=now + wait + length, reason="等待部件"))
        now = made[-1].until
    return tuple(made)


@st.composite
def cases(draw: st.DrawFn) -> tuple[datetime, Limit, tuple[Pause, ...]]:
    start = draw(instants)
    return start, draw(counted), draw(pauses(start))


@given(start=instants, first=lengths, second=lengths)
def test_working_time_split_anywhere_adds_up(start: datetime, first: timedelta, second: timedelta) -> None:
    middle, end = start + first, start + first + second
    whole = workdays.worked(CALENDAR, start, end)
    assert workdays.worked(CALENDAR, start, middle) + workdays.worked(CALENDAR, middle, end) == whole
    assert NONE <= whole <= end - start
    assert workdays.worked(CALENDAR, end, start) == NONE or first + second == NONE


@given(start=instants, first=lengths, second=lengths)
def test_adding_working_time_is_the_inverse_of_counting_it(
    start: datetime, first: timedelta, second: timedelta
) -> None:
    end = workdays.add(CALENDAR, start, first)
    assert workdays.worked(CALENDAR, start, end) == first
    assert workdays.add(CALENDAR, end, second) == workdays.add(CALENDAR, start, first + second)
    assert workdays.add(CALENDAR, start, workdays.worked(CALENDAR, start, start + first)) <= max(
        start + first, end
    )


@given(start=instants, length=st.timedeltas(NONE, timedelta(days=6)))
def test_working_time_is_what_ticking_off_the_minutes_gives(start: datetime, length: timedelta) -> None:
    since = start.astimezone(oracle.LOCAL).replace(second=0)
    until = since + length // timedelta(minutes=1) * timedelta(minutes=1)
    minutes = oracle.worked_minutes(since, until)
    assert workdays.worked(CALENDAR, since, until) == timedelta(minutes=minutes)


@given(start=instants, later=lengths, limit=counted, more=st.integers(0, 5))
def test_a_later_start_or_a_longer_limit_is_never_due_earlier(
    start: datetime, later: timedelta, limit: Limit, more: int
) -> None:
    longer = Limit(unit=limit.unit, amount=limit.amount + more, ends=limit.ends)
    due = workdays.due(CALENDAR, start, limit).at
    assert start < due <= workdays.due(CALENDAR, start + later, limit).at
    assert due <= workdays.due(CALENDAR, start, longer).at


@given(start=instants, amount=st.integers(1, 30), ends=st.sampled_from(DayEnd))
def test_days_are_due_where_brute_force_says(start: datetime, amount: int, ends: DayEnd) -> None:
    day = start.astimezone(oracle.LOCAL)
    for unit, ask in ((Unit.WORKING_DAYS, oracle.working_days), (Unit.CALENDAR_DAYS, oracle.calendar_days)):
        due = workdays.due(CALENDAR, start, Limit(unit=unit, amount=amount, ends=ends))
        assert due.at == ask(day, amount, ends.value)


@given(case=cases(), asked=lengths)
def test_used_and_remaining_add_up_to_the_limit_at_any_instant(
    case: tuple[datetime, Limit, tuple[Pause, ...]], asked: timedelta
) -> None:
    start, limit, paused = case
    now = start + asked
    used = workdays.used(CALENDAR, start, limit, now, paused)
    left = workdays.remaining(CALENDAR, start, limit, now, paused)
    assert used + left == workdays.total(CALENDAR, limit)
    assert NONE <= used <= workdays.used(CALENDAR, start, limit, now + timedelta(hours=3), paused)


@given(case=cases())
def test_a_paused_limit_is_used_up_at_its_due_instant_and_not_before(
    case: tuple[datetime, Limit, tuple[Pause, ...]],
) -> None:
    start, limit, paused = case
    due = workdays.due(CALENDAR, start, limit, paused)
    assert workdays.remaining(CALENDAR, start, limit, due.at, paused) == NONE
    if limit.unit is Unit.WORKING_HOURS:
        before = due.at - timedelta(seconds=1)
        on_hold = any(pause.since <= before < pause.until for pause in paused)
        left = workdays.remaining(CALENDAR, start, limit, before, paused)
        assert left == (NONE if on_hold else timedelta(seconds=1))


@given(case=cases(), cut=lengths)
def test_a_pause_of_no_length_anywhere_changes_nothing(
    case: tuple[datetime, Limit, tuple[Pause, ...]], cut: timedelta
) -> None:
    start, limit, paused = case
    instant = start + cut
    nothing = Pause(since=instant, until=instant, reason="")
    assert (
        workdays.due(CALENDAR, start, limit, (*paused, nothing)).at
        == workdays.due(CALENDAR, start, limit, paused).at
    )


@given(case=cases(), cut=st.floats(0, 1))
def test_a_pause_split_in_two_is_the_same_pause(
    case: tuple[datetime, Limit, tuple[Pause, ...]], cut: float
) -> None:
    start, limit, paused = case
    halves = [
        half
        for pause in paused
        for middle in [pause.since + (pause.until - pause.since) * cut]
        for half in (
            Pause(since=pause.since, until=middle, reason=""),
            Pause(since=middle, until=pause.until, reason=""),
        )
    ]
    assert workdays.due(CALENDAR, start, limit, halves).at == workdays.due(CALENDAR, start, limit, paused).at


@given(case=cases())
def test_a_pause_never_makes_a_limit_due_earlier(
    case: tuple[datetime, Limit, tuple[Pause, ...]],
) -> None:
    start, limit, paused = case
    dues = [workdays.due(CALENDAR, start, limit, paused[:count]).at for count in range(len(paused) + 1)]
    assert dues == sorted(dues)


@given(case=cases())
@example(case=(local("2022-09-28 16:00"), Limit(unit=Unit.CALENDAR_DAYS, amount=7), ()))
@example(case=(local("2026-12-30 16:00"), Limit(unit=Unit.WORKING_DAYS, amount=5), ()))
def test_the_segments_cover_the_limit_without_gap_and_add_up_to_it(
    case: tuple[datetime, Limit, tuple[Pause, ...]],
) -> None:
    start, limit, paused = case
    segments = workdays.explain(CALENDAR, start, limit, paused)
    due = workdays.due(CALENDAR, start, limit, paused)
    assert (segments[0].since, segments[-1].until) == (start, due.at)
    assert all(one.until == next_.since for one, next_ in pairwise(segments))
    assert sum((piece.amount for piece in segments), NONE) == workdays.total(CALENDAR, limit)
    assert all(_sound(piece) for piece in segments)


def _sound(piece: Segment) -> bool:
    fits = piece.amount > NONE if piece.counted else piece.amount == NONE
    return fits and piece.since < piece.until and any("\u4e00" <= sign <= "\u9fff" for sign in piece.why)
