"""Working time by examples: provisional years, last days, pauses, bad limits, slices and what a new plan moves."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from domain import workdays
from domain.workdays import Day, DayEnd, DayKind, Limit, Pause, Unit
from tests.domain.workdays_table import CALENDAR, local

HOUR = timedelta(hours=1)
THREE_DAYS = Limit(unit=Unit.WORKING_DAYS, amount=3)
SPRING_2027 = {
    date(2027, 2, 5) + timedelta(days=number): Day(
        kind=DayKind.HOLIDAY, name="春节", source_doc="国办发明电〔2026〕0号"
    )
    for number in range(8)
}


def pause(since: str, until: str) -> Pause:
    return Pause(since=local(since), until=local(until), reason="等待部件")


def test_a_start_outside_opening_hours_moves_to_the_next_opening() -> None:
    limit = Limit(unit=Unit.WORKING_HOURS, amount=1)
    for start in ("2026-03-13 17:30", "2026-03-13 23:00", "2026-03-14 10:00", "2026-03-16 08:30"):
        assert workdays.due(CALENDAR, local(start), limit).at == local("2026-03-16 09:30")


def test_a_limit_used_up_at_the_closing_second_ends_there_and_not_at_the_next_opening() -> None:
    limit = Limit(unit=Unit.WORKING_HOURS, amount=3)
    assert workdays.due(CALENDAR, local("2026-03-13 14:30"), limit).at == local("2026-03-13 17:30")
    assert workdays.due(CALENDAR, local("2026-03-13 14:30:01"), limit).at == local("2026-03-16 08:30:01")


def test_the_last_day_of_a_counted_period_moves_behind_the_holiday_and_a_named_date_does_not() -> None:
    start = local("2026-09-24 10:00")
    counted = workdays.due(CALENDAR, start, Limit(unit=Unit.CALENDAR_DAYS, amount=8))
    named = workdays.due(CALENDAR, start, Limit(unit=Unit.NAMED_DATE, on="2026-10-02"))
    assert (counted.last_day, counted.at) == (date(2026, 10, 8), local("2026-10-08 24:00"))
    assert (named.last_day, named.at) == (date(2026, 10, 2), local("2026-10-02 24:00"))


def test_a_last_day_ends_at_close_of_business_or_at_midnight_as_the_policy_says() -> None:
    start = local("2026-03-16 10:00")
    for unit in (Unit.WORKING_DAYS, Unit.CALENDAR_DAYS):
        close = workdays.due(CALENDAR, start, Limit(unit=unit, amount=1, ends=DayEnd.CLOSE))
        night = workdays.due(CALENDAR, start, Limit(unit=unit, amount=1, ends=DayEnd.MIDNIGHT))
        assert (close.at, night.at) == (local("2026-03-17 17:30"), local("2026-03-17 24:00"))
    named = Limit(unit=Unit.NAMED_DATE, on="2026-03-17", ends=DayEnd.CLOSE)
    assert workdays.due(CALENDAR, start, named).at == local("2026-03-17 17:30")


@pytest.mark.parametrize(
    ("start", "limit", "provisional"),
    [
        ("2026-12-30 10:00", Limit(unit=Unit.WORKING_DAYS, amount=1), False),
        ("2026-12-30 10:00", Limit(unit=Unit.WORKING_DAYS, amount=2), True),
        ("2026-12-30 10:00", Limit(unit=Unit.CALENDAR_DAYS, amount=1), False),
        ("2026-12-30 10:00", Limit(unit=Unit.CALENDAR_DAYS, amount=2), True),
        ("2026-12-31 16:30", Limit(unit=Unit.WORKING_HOURS, amount=1), False),
        ("2026-12-31 16:30", Limit(unit=Unit.WORKING_HOURS, amount=2), True),
        ("2026-12-31 10:00", Limit(unit=Unit.NAMED_DATE, on="2027-01-05"), False),
        ("2025-12-31 10:00", Limit(unit=Unit.WORKING_DAYS, amount=300), True),
        ("2031-06-02 10:00", Limit(unit=Unit.WORKING_DAYS, amount=5), True),
    ],
)
def test_what_depends_on_a_year_without_a_plan_is_provisional(
    start: str, limit: Limit, provisional: bool
) -> None:
    assert workdays.due(CALENDAR, local(start), limit).provisional is provisional


def test_a_gap_between_official_years_makes_what_crosses_it_provisional() -> None:
    gap = replace(CALENDAR, official_years=(2022, 2023, 2025, 2026))
    start = local("2023-12-01 10:00")
    assert workdays.due(gap, start, Limit(unit=Unit.WORKING_DAYS, amount=400)).provisional
    assert not workdays.due(gap, start, Limit(unit=Unit.CALENDAR_DAYS, amount=400)).provisional


def test_loading_a_plan_moves_what_crosses_it_and_only_confirms_the_rest() -> None:
    loaded = workdays.edited(CALENDAR, SPRING_2027, years=[2027])
    far, near, before = (
        [workdays.due(days, local(start), THREE_DAYS) for days in (CALENDAR, loaded)]
        for start in ("2027-02-03 10:00", "2027-01-04 10:00", "2026-10-12 10:00")
    )
    assert [one.at for one in far] == [local("2027-02-08 17:30"), local("2027-02-16 17:30")]
    assert [one.provisional for one in far] == [one.provisional for one in near] == [True, False]
    assert near[0].at == near[1].at
    assert before[0] == before[1]
    named = Limit(unit=Unit.NAMED_DATE, on="2027-02-06")
    assert len({workdays.due(days, local("2026-12-01 10:00"), named) for days in (CALENDAR, loaded)}) == 1


def test_an_edited_day_moves_only_the_limits_that_cross_it() -> None:
    row = Day(kind=DayKind.HOLIDAY, name="那达慕", source_doc="地方放假通知")
    edited = workdays.edited(CALENDAR, {date(2026, 7, 15): row})
    starts = {day: local(f"2026-07-{day} 10:00") for day in ("08", "10", "14", "15")}
    moved = [
        day
        for day, start in starts.items()
        if workdays.due(CALENDAR, start, THREE_DAYS) != workdays.due(edited, start, THREE_DAYS)
    ]
    assert moved == ["10", "14"]


def test_a_pause_gives_back_exactly_the_working_time_it_took() -> None:
    start, limit = local("2026-03-16 08:30"), Limit(unit=Unit.WORKING_HOURS, amount=10)
    assert workdays.due(CALENDAR, start, limit).at == local("2026-03-17 12:00")
    paused = [pause("2026-03-16 11:00", "2026-03-18 15:00")]
    assert workdays.remaining(CALENDAR, start, limit, local("2026-03-18 15:00"), paused) == 7.5 * HOUR
    assert workdays.due(CALENDAR, start, limit, paused).at == local("2026-03-19 16:00")


def test_a_limit_in_days_that_was_paused_still_ends_with_its_day() -> None:
    paused = [pause("2026-03-17 10:00", "2026-03-17 11:00")]
    due = workdays.due(CALENDAR, local("2026-03-16 10:00"), THREE_DAYS, paused)
    assert due.at == local("2026-03-20 17:30")


def test_a_pause_in_the_days_that_only_moved_the_end_is_not_lost() -> None:
    start, limit = local("2026-09-24 10:00"), Limit(unit=Unit.CALENDAR_DAYS, amount=8)
    paused = [pause("2026-10-03 10:00", "2026-10-12 09:00")]
    assert workdays.due(CALENDAR, start, limit, paused).at == local("2026-10-12 24:00")
    assert workdays.remaining(CALENDAR, start, limit, local("2026-10-13 09:00"), paused) == timedelta()


def test_a_limit_in_days_that_a_pause_lets_run_into_the_evening_ends_on_the_next_working_day() -> None:
    start, limit = local("2026-03-12 10:00"), Limit(unit=Unit.CALENDAR_DAYS, amount=1, ends=DayEnd.CLOSE)
    paused = [pause("2026-03-13 10:00", "2026-03-13 11:00")]
    assert workdays.due(CALENDAR, start, limit, paused).at == local("2026-03-16 17:30")
    told = workdays.explain(CALENDAR, start, limit, paused)[-1]
    assert (told.counted, told.why) == (False, "计满时已过下班时间，截至下一工作日3月16日")


def test_a_pause_after_the_due_instant_changes_nothing() -> None:
    start = local("2026-03-16 10:00")
    late = [pause("2026-03-19 17:30", "2026-03-25 10:00")]
    assert workdays.due(CALENDAR, start, THREE_DAYS, late) == workdays.due(CALENDAR, start, THREE_DAYS)


def test_a_longer_limit_counts_from_the_original_start_with_its_pauses() -> None:
    start, paused = local("2026-03-16 08:30"), [pause("2026-03-16 09:30", "2026-03-16 11:30")]
    eight, sixteen = (Limit(unit=Unit.WORKING_HOURS, amount=amount) for amount in (8, 16))
    assert workdays.due(CALENDAR, start, eight, paused).at == local("2026-03-17 12:00")
    assert workdays.due(CALENDAR, start, sixteen, paused).at == local("2026-03-18 16:00")
    assert workdays.used(CALENDAR, start, sixteen, local("2026-03-16 12:00"), paused) == 1.5 * HOUR


def test_a_named_date_is_not_moved_by_a_pause() -> None:
    limit = Limit(unit=Unit.NAMED_DATE, on="2026-03-20")
    paused = [pause("2026-03-17 10:00", "2026-04-17 11:00")]
    assert workdays.due(CALENDAR, local("2026-03-16 10:00"), limit, paused).at == local("2026-03-20 24:00")


def test_the_zone_of_the_start_is_of_no_account() -> None:
    evening_in_utc = datetime(2026, 3, 16, 20, tzinfo=UTC)
    assert workdays.due(CALENDAR, evening_in_utc, THREE_DAYS) == workdays.due(
        CALENDAR, local("2026-03-17 04:00"), THREE_DAYS
    )


def test_a_slice_answers_as_the_calendar_inside_its_window_and_is_provisional_beyond() -> None:
    cut = workdays.slice_for(CALENDAR, date(2026, 9, 1), date(2026, 10, 15))
    assert len(cut.days) == 12
    assert (cut.official_years, cut.version) == ((2026,), CALENDAR.version)
    start = local("2026-09-15 10:00")
    for amount in range(1, 18):
        limit = Limit(unit=Unit.WORKING_DAYS, amount=amount)
        assert workdays.due(cut, start, limit) == workdays.due(CALENDAR, start, limit)
    assert workdays.due(cut, start, Limit(unit=Unit.WORKING_DAYS, amount=19)).provisional


def test_a_slice_of_a_slice_never_knows_more() -> None:
    narrow = workdays.slice_for(CALENDAR, date(2026, 3, 1), date(2026, 3, 31))
    wide = workdays.slice_for(narrow, date(2026, 1, 1), date(2026, 12, 31))
    assert (wide.known_from, wide.known_until) == ("2026-03-01", "2026-03-31")


def test_a_region_puts_its_own_days_over_those_of_the_country() -> None:
    notice = "内蒙古自治区人民政府通知"
    rows = {
        "2026-07-15": Day(kind=DayKind.HOLIDAY, name="那达慕", source_doc=notice),
        "2026-10-10": Day(kind=DayKind.ORDINARY, name="", source_doc=notice),
        "2026-10-07": Day(kind=DayKind.MAKE_UP, name="国庆节", source_doc=notice),
    }
    region = workdays.overlay(
        CALENDAR, replace(CALENDAR, region="CN-15", version="7", days=rows, official_years=())
    )
    assert (region.region, region.version) == ("CN-15", "1+7")
    works = [region.works(date.fromisoformat(day)) for day in (*rows, "2026-10-06")]
    assert works == [False, False, True, False]
    assert not workdays.due(region, local("2026-07-10 10:00"), THREE_DAYS).provisional


@pytest.mark.parametrize(
    ("years", "until"),
    [
        ((2025, 2026), date(2026, 12, 31)),
        ((2026, 2027), date(2027, 12, 31)),
        ((2025, 2027), None),
        ((), None),
    ],
)
def test_the_official_days_end_where_the_years_do(years: tuple[int, ...], until: date | None) -> None:
    calendar = replace(CALENDAR, official_years=years)
    assert workdays.official_until(calendar, datetime(2026, 11, 23, tzinfo=UTC)) == until
