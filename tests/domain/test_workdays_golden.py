"""Due dates against a table that can be checked by hand, and against brute force."""

import csv
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from domain import workdays
from domain.workdays import DayEnd, Limit, Unit
from tests.domain import workdays_oracle as oracle
from tests.domain.workdays_table import CALENDAR, local

TABLE = Path(__file__).with_name("golden_workdays.csv").read_text(encoding="utf-8")
ROWS = list(csv.DictReader(TABLE.splitlines()))
YEARS = {2022: 249, 2023: 249, 2024: 251, 2025: 248, 2026: 248}


def limit_of(text: str) -> Limit:
    first, second, *rest = text.split()
    if first == "on":
        clock = [int(part) for part in rest[0].split(":")] if rest else []
        return Limit(unit=Unit.NAMED_DATE, on=second, minute=clock[0] * 60 + clock[1] if clock else None)
    return Limit(unit=Unit(second), amount=int(first), ends=DayEnd(rest[0]) if rest else None)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['start']} {row['limit']}")
def test_a_due_date_is_the_one_in_the_golden_table(row: dict[str, str]) -> None:
    start, expected = local(row["start"]), local(row["due"])
    due = workdays.due(CALENDAR, start, limit_of(row["limit"]))
    assert (due.at, due.provisional) == (expected, False)
    assert due.at.tzinfo is UTC


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['start']} {row['limit']}")
def test_the_golden_table_is_what_brute_force_finds(row: dict[str, str]) -> None:
    start = local(row["start"])
    assert start.strftime("%a") == row["weekday"]
    assert oracle.due(start, row["limit"]) == local(row["due"])


def test_the_golden_table_is_long_enough_and_covers_every_year_and_unit() -> None:
    assert len({(row["start"], row["limit"]) for row in ROWS}) >= 300
    assert {local(row["start"]).year for row in ROWS} == set(YEARS)
    assert {limit_of(row["limit"]).unit for row in ROWS} == set(Unit)


@pytest.mark.parametrize(("year", "count"), YEARS.items())
def test_a_year_has_as_many_working_days_as_its_notice_leaves(year: int, count: int) -> None:
    days = [date(year, 1, 1) + timedelta(days=number) for number in range(366)]
    ours = [day for day in days if day.year == year and CALENDAR.works(day)]
    assert len(ours) == count
    assert ours == [day for day in days if day.year == year and oracle.works(day)]


def test_every_day_of_three_years_is_due_where_brute_force_says() -> None:
    first = datetime(2024, 1, 1, 9, tzinfo=oracle.LOCAL)
    starts = [first + timedelta(days=number) for number in range(1096)]
    assert starts[-1].date() == date(2026, 12, 31)
    asked = [(start, amount) for start in starts for amount in (1, 3, 5, 7, 15, 30)]
    assert len(asked) == 6576
    wrong = []
    for start, amount in asked:
        due = workdays.due(CALENDAR, start, Limit(unit=Unit.WORKING_DAYS, amount=amount))
        expected = by_weekday_after_2026(start, amount)
        if (due.at, due.provisional) != (expected, expected.year == 2027):
            wrong.append((start, amount, due))
    assert wrong == []


def by_weekday_after_2026(start: datetime, amount: int) -> datetime:
    """Brute force with the published package, and with the plain week where that raises."""
    day, left = start.date(), amount
    while left:
        day += timedelta(days=1)
        left -= oracle.works(day) if day.year < 2027 else oracle.weekdays_only(day)
    return datetime(day.year, day.month, day.day, 17, 30, tzinfo=oracle.LOCAL)


def test_the_published_package_knows_nothing_of_2027_and_so_it_is_provisional_here() -> None:
    with pytest.raises(NotImplementedError):
        oracle.works(date(2027, 1, 4))
    due = workdays.due(CALENDAR, local("2026-12-31 10:00"), Limit(unit=Unit.WORKING_DAYS, amount=3))
    assert (due.at, due.provisional) == (local("2027-01-05 17:30"), True)


def test_the_deadline_of_the_roster_is_the_instant_in_the_notice() -> None:
    limit = Limit(unit=Unit.NAMED_DATE, on="2022-09-29", minute=11 * 60 + 30)
    due = workdays.due(CALENDAR, local("2022-09-20 09:00"), limit)
    assert due.at == datetime(2022, 9, 29, 3, 30, tzinfo=UTC)
    assert due.last_day.strftime("%a") == "Thu"
