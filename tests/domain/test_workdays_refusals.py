"""What working time refuses: limits on no day, hours that overlap, rows and plans that contradict their source."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from domain import workdays
from domain.errors import Refused
from domain.workdays import Day, DayEnd, DayKind, Limit, OpeningHours, Plan, Unit
from tests.domain.workdays_table import CALENDAR, NOTICES, local

THREE_DAYS = Limit(unit=Unit.WORKING_DAYS, amount=3)
HOLIDAY = Day(kind=DayKind.HOLIDAY, name="那达慕", source_doc="内政办发〔2026〕1号")
SATURDAY, WEDNESDAY, NATIONAL_DAY = date(2026, 7, 18), date(2026, 7, 15), date(2026, 10, 1)


def refused(error: pytest.ExceptionInfo[Refused]) -> tuple[str, object]:
    return error.value.code, error.value.details["field"]


@pytest.mark.parametrize(
    ("field", "limit"),
    [
        ("amount", {"unit": Unit.WORKING_DAYS}),
        ("amount", {"unit": Unit.WORKING_DAYS, "amount": -1}),
        ("amount", {"unit": Unit.CALENDAR_DAYS, "amount": workdays.MOST_DAYS + 1}),
        ("amount", {"unit": Unit.WORKING_HOURS, "amount": workdays.MOST_HOURS + 1}),
        ("amount", {"unit": Unit.NAMED_DATE, "amount": 1, "on": "2026-10-08"}),
        ("on", {"unit": Unit.NAMED_DATE}),
        ("on", {"unit": Unit.NAMED_DATE, "on": "2026-02-30"}),
        ("on", {"unit": Unit.NAMED_DATE, "on": "20261008"}),
        ("on", {"unit": Unit.WORKING_DAYS, "amount": 1, "on": "2026-10-08"}),
        ("minute", {"unit": Unit.NAMED_DATE, "on": "2026-10-08", "minute": 1441}),
        ("minute", {"unit": Unit.WORKING_DAYS, "amount": 1, "minute": 690}),
        ("ends", {"unit": Unit.WORKING_HOURS, "amount": 1, "ends": DayEnd.CLOSE}),
        ("ends", {"unit": Unit.NAMED_DATE, "on": "2026-10-08", "minute": 690, "ends": DayEnd.CLOSE}),
    ],
)
def test_a_limit_of_no_length_or_on_no_day_is_refused_with_the_field(
    field: str, limit: dict[str, object]
) -> None:
    with pytest.raises(Refused) as error:
        Limit(**limit)  # type: ignore[arg-type]
    assert refused(error) == ("limit_invalid", field)


@pytest.mark.parametrize(
    ("code", "on"),
    [("limit_in_past", "2026-03-15"), ("limit_too_far", "2037-03-16"), ("limit_too_far", "9999-12-31")],
)
def test_a_named_date_in_the_past_or_too_far_is_refused(code: str, on: str) -> None:
    with pytest.raises(Refused) as error:
        workdays.due(CALENDAR, local("2026-03-16 00:00"), Limit(unit=Unit.NAMED_DATE, on=on))
    assert refused(error) == (code, "on")


@pytest.mark.parametrize(
    "spans", [(), ((720, 510),), ((510, 720), (700, 900)), ((-1, 60),), ((60, 1441),), ((60, 60),)]
)
def test_opening_hours_that_are_none_or_overlap_are_refused(spans: tuple[tuple[int, int], ...]) -> None:
    with pytest.raises(Refused) as error:
        OpeningHours(spans=spans)
    assert refused(error) == ("opening_hours_invalid", "hours")


def test_an_instant_without_a_zone_is_an_error_and_not_a_guess() -> None:
    naive = datetime(2026, 3, 16, 10)  # noqa: DTZ001 - that is the point
    for limit in (THREE_DAYS, Limit(unit=Unit.NAMED_DATE, on="2026-03-20")):
        with pytest.raises(ValueError, match="needs a zone"):
            workdays.due(CALENDAR, naive, limit)


def row(kind: str, name: str = "春节", source_doc: str = "国办发明电〔2026〕0号") -> Day:
    return Day(kind=DayKind(kind), name=name, source_doc=source_doc)


@pytest.mark.parametrize(
    ("code", "field", "day", "new", "current"),
    [
        ("calendar_day_invalid", "name", WEDNESDAY, replace(HOLIDAY, name=" "), None),
        ("calendar_day_invalid", "name", WEDNESDAY, replace(HOLIDAY, name="假" * 201), None),
        ("calendar_day_invalid", "source_doc", WEDNESDAY, replace(HOLIDAY, source_doc=""), None),
        ("calendar_day_invalid", "source_doc", WEDNESDAY, replace(HOLIDAY, source_doc="a\x00b"), None),
        ("calendar_day_repeats", "date", WEDNESDAY, HOLIDAY, HOLIDAY),
        ("calendar_day_repeats", "date", WEDNESDAY, row("ordinary"), None),
        (
            "calendar_day_contradicts_source",
            "kind",
            WEDNESDAY,
            replace(HOLIDAY, kind=DayKind.ORDINARY),
            HOLIDAY,
        ),
        ("calendar_day_contradicts_source", "source_doc", date(2025, 7, 15), HOLIDAY, None),
        ("calendar_day_contradicts_source", "kind", WEDNESDAY, row("make_up"), None),
        ("calendar_day_contradicts_source", "kind", SATURDAY, row("in_lieu"), None),
    ],
)
def test_a_row_that_contradicts_its_source_or_repeats_is_refused_with_the_field(
    code: str, field: str, day: date, new: Day, current: Day | None
) -> None:
    with pytest.raises(Refused) as error:
        workdays.check_day(CALENDAR, day, new, current)
    assert refused(error) == (code, field)


def test_a_document_is_known_by_its_number_however_it_is_quoted() -> None:
    current = row("holiday", source_doc="《关于2026年部分节假日安排的通知》（国办发明电〔2025〕7号）")
    with pytest.raises(Refused) as error:
        workdays.check_day(
            CALENDAR, NATIONAL_DAY, row("ordinary", source_doc="国办发明电〔2025〕7号"), current
        )
    assert refused(error) == ("calendar_day_contradicts_source", "kind")


@pytest.mark.parametrize(
    ("day", "new", "current"),
    [
        (WEDNESDAY, HOLIDAY, None),
        (WEDNESDAY, replace(HOLIDAY, name="那达慕大会"), HOLIDAY),
        (WEDNESDAY, row("ordinary", name="", source_doc="内政办发〔2026〕2号"), HOLIDAY),
        (SATURDAY, row("make_up"), None),
        (NATIONAL_DAY, row("make_up", name="国庆节", source_doc="地方抢险通知"), None),
        (NATIONAL_DAY, row("ordinary", source_doc="地方抢险通知"), None),
    ],
)
def test_a_row_that_its_source_bears_out_is_accepted(day: date, new: Day, current: Day | None) -> None:
    workdays.check_day(CALENDAR, day, new, current)


def plan(year: int = 2027, source_doc: str = "国办发明电〔2026〕0号", **days: Day) -> Plan:
    rows = {date.fromisoformat(day.strip("d").replace("_", "-")): new for day, new in days.items()}
    return Plan(year=year, source_doc=source_doc, days=rows)


@pytest.mark.parametrize(
    ("code", "field", "refused_plan"),
    [
        ("calendar_plan_invalid", "year", plan(1948, d1948_01_01=row("holiday"))),
        ("calendar_plan_invalid", "days", plan()),
        ("calendar_plan_invalid", "days", plan(d2027_02_20=row("make_up"))),
        ("calendar_plan_invalid", "days", plan(d2028_01_01=row("holiday"))),
        ("calendar_plan_invalid", "days", plan(d2026_11_30=row("holiday"))),
        (
            "calendar_day_contradicts_source",
            "source_doc",
            plan(source_doc="国办发明电〔2025〕7号", d2027_01_01=row("holiday")),
        ),
        (
            "calendar_day_contradicts_source",
            "kind",
            plan(d2027_01_01=row("holiday"), d2027_01_04=row("make_up")),
        ),
        ("calendar_day_invalid", "name", plan(d2027_01_01=row("holiday", name=""))),
    ],
)
def test_a_plan_that_cannot_be_right_is_refused_with_the_field(
    code: str, field: str, refused_plan: Plan
) -> None:
    with pytest.raises(Refused) as error:
        workdays.check_plan(refused_plan)
    assert refused(error) == (code, field)


@pytest.mark.parametrize("year", NOTICES)
def test_every_plan_of_the_last_five_years_is_accepted(year: int) -> None:
    days = {date.fromisoformat(day): new for day, new in CALENDAR.days.items() if day.startswith(str(year))}
    workdays.check_plan(Plan(year=year, source_doc=NOTICES[year], days=days))


def test_a_plan_may_begin_in_the_december_before() -> None:
    workdays.check_plan(
        plan(d2026_12_31=row("holiday", name="元旦"), d2027_01_01=row("holiday", name="元旦"))
    )
