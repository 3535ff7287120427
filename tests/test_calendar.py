"""The calendar on the real PostgreSQL: seeding, edits with history, overlays, plans and the warning before it ends."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import asyncpg
import pytest
from pydantic import TypeAdapter

from adapters.postgres.calendar import PostgresCalendar
from adapters.postgres.calendar_edits import Edit, Editor, Kept
from adapters.postgres.calendar_seed import COUNTRY, seed
from adapters.postgres.database import Database
from adapters.postgres.restamps import PostgresRestamps
from deploy.devstack import Devstack
from domain import audit, workdays
from domain.errors import Refused
from domain.requests import Answer, Request
from domain.workdays import Calendar, Day, DayKind, Limit, OpeningHours, Plan, Unit
from tests import harness
from tests.domain import workdays_oracle as oracle
from tests.domain.workdays_table import CALENDAR, NOTICES, local

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
EDITOR = Editor(person_id="p-office", post_id="office", now=NOW)
WEDNESDAY = date(2026, 7, 15)
NAADAM = Day(kind=DayKind.HOLIDAY, name="那达慕", source_doc="内政办发〔2026〕1号")
NEW_YEAR = Day(kind=DayKind.HOLIDAY, name="元旦", source_doc="国办发明电〔2026〕0号")
PLAN = Plan(
    year=2027,
    source_doc=NEW_YEAR.source_doc,
    days={
        date(2027, 1, 1): NEW_YEAR,
        date(2027, 1, 4): replace(NEW_YEAR, kind=DayKind.IN_LIEU),
        date(2027, 1, 9): replace(NEW_YEAR, kind=DayKind.MAKE_UP),
    },
)


@pytest.fixture(scope="module")
async def url(stack: Devstack) -> str:
    return harness.settings_of(stack).database_url.get_secret_value()


@pytest.fixture(scope="module")
async def calendar(url: str) -> AsyncIterator[PostgresCalendar]:
    async with Database.opened(url, size=4, timeout=10) as database:
        store = PostgresCalendar(database)
        await seed(store, NOW)
        yield store


@pytest.fixture
async def region(calendar: PostgresCalendar) -> str:
    """A region of its own over the country, and nothing in it yet."""
    name = f"CN-{uuid.uuid4().hex[:8]}"
    await calendar.add_region(name, name="某地", base=COUNTRY, hours=OpeningHours())
    return name


@pytest.fixture
async def country(calendar: PostgresCalendar) -> str:
    """A country of its own with the plan of 2026."""
    name = f"X{uuid.uuid4().hex[:8]}"
    await calendar.add_region(name, name="某国", base=None, hours=OpeningHours(spans=((540, 1020),)))
    days = {date.fromisoformat(day): row for day, row in CALENDAR.days.items() if day.startswith("2026")}
    plan = Plan(year=2026, source_doc=NOTICES[2026], days=days)
    await calendar.fill_year(name, plan, NOW)
    return name


def _kept(key: str | None = None) -> Kept:
    """A request of its own, unless the key says which."""
    request = Request(principal="p-office", key=key or uuid.uuid4().hex, fingerprint="0")
    return Kept(request, lambda edit: Answer(status=200, body={"version": edit.after.version}))


async def put(
    calendar: PostgresCalendar, region: str, row: Day, version: int = 0, day: date = WEDNESDAY
) -> Calendar:
    _, edit = await calendar.put_day(region, day, row, expected_version=version, by=EDITOR, kept=_kept())
    assert edit is not None
    return edit.after


async def load_year(calendar: PostgresCalendar, region: str, plan: Plan) -> Edit:
    _, edit = await calendar.load_year(region, plan, by=EDITOR, kept=_kept())
    assert edit is not None
    return edit


async def test_an_edit_repeated_under_its_key_is_answered_as_before_and_made_once(
    calendar: PostgresCalendar, region: str
) -> None:
    kept = _kept("once")
    first = await calendar.put_day(region, WEDNESDAY, NAADAM, expected_version=0, by=EDITOR, kept=kept)
    again = await calendar.put_day(region, WEDNESDAY, NAADAM, expected_version=0, by=EDITOR, kept=kept)
    assert (again[0], again[1]) == (first[0], None)
    assert len(await calendar.history(region, WEDNESDAY)) == 1


async def test_an_edit_is_on_record_together_with_the_order_to_recompute_running_cases(
    calendar: PostgresCalendar, region: str, url: str
) -> None:
    await put(calendar, region, NAADAM)
    async with Database.opened(url, size=1, timeout=10) as database:
        order = await PostgresRestamps(database).order(f"days-{region}-v1")
        assert order.id in await PostgresRestamps(database).wanted()
    assert (order.regions, order.reason, order.person_id) == ((region,), NAADAM.source_doc, "p-office")


async def test_an_edit_of_a_region_changes_all_that_stand_on_it(
    calendar: PostgresCalendar, country: str
) -> None:
    above = f"{country}-1"
    await calendar.add_region(above, name="其上", base=country, hours=OpeningHours())
    edit = await load_year(calendar, country, PLAN)
    assert set(edit.calendars) == {country, above}
    assert edit.calendars[above] == await calendar.calendar(above)


async def test_an_edit_without_a_document_number_is_refused(calendar: PostgresCalendar, region: str) -> None:
    for wrong in ("", "防汛通知", "内政办发[2026]1号"):
        with pytest.raises(Refused) as error:
            await put(calendar, region, replace(NAADAM, source_doc=wrong))
        assert (error.value.code, error.value.details["field"]) == ("calendar_document_missing", "source_doc")
    assert await calendar.history(region, WEDNESDAY) == []


async def test_the_seed_agrees_with_the_notices_and_with_the_package_on_every_day(
    calendar: PostgresCalendar,
) -> None:
    seeded = await calendar.calendar(COUNTRY)
    assert seeded.official_years == tuple(range(2004, 2027))
    days = [date(2004, 1, 1) + timedelta(days=number) for number in range(8401)]
    assert days[-1] == date(2026, 12, 31)
    assert [day for day in days if seeded.works(day) != oracle.works(day)] == []
    recent = [day for day in days if day.year in NOTICES]
    assert [day for day in recent if seeded.works(day) != CALENDAR.works(day)] == []
    assert all(NOTICES[int(day[:4])] in row.source_doc for day, row in seeded.days.items() if day > "2022")


async def test_seeding_again_changes_nothing(calendar: PostgresCalendar) -> None:
    before = await calendar.calendar(COUNTRY)
    assert await seed(calendar, NOW) == ()
    assert await calendar.calendar(COUNTRY) == before


async def test_a_year_that_the_package_does_not_know_is_not_seeded(calendar: PostgresCalendar) -> None:
    seeded = await calendar.calendar(COUNTRY)
    assert not seeded.is_official(date(2027, 1, 1))
    due = workdays.due(seeded, local("2026-12-30 10:00"), Limit(unit=Unit.WORKING_DAYS, amount=5))
    assert (due.at, due.provisional) == (local("2027-01-06 17:30"), True)


async def test_a_calendar_and_its_slice_stand_in_a_case_as_plain_values_and_come_back_equal(
    calendar: PostgresCalendar,
) -> None:
    cut = workdays.slice_for(await calendar.calendar(COUNTRY), date(2026, 9, 1), date(2026, 10, 31))
    stamped = audit.plain(cut)
    assert TypeAdapter(Calendar).validate_python(stamped) == cut
    limit = Limit(unit=Unit.NAMED_DATE, on="2026-10-08", minute=690)
    assert TypeAdapter(Limit).validate_python(audit.plain(limit)) == limit


async def test_a_day_of_a_region_goes_before_that_of_the_country_and_leaves_the_country_alone(
    calendar: PostgresCalendar, region: str
) -> None:
    after = await put(calendar, region, NAADAM)
    assert after == await calendar.calendar(region)
    assert not after.works(WEDNESDAY)
    assert (await calendar.calendar(COUNTRY)).works(WEDNESDAY)
    assert not after.works(date(2026, 10, 1))
    assert after.official_years[-1] == 2026


async def test_every_edit_of_a_day_is_kept_with_who_when_old_and_new(
    calendar: PostgresCalendar, region: str
) -> None:
    named = replace(NAADAM, name="那达慕大会")
    await put(calendar, region, NAADAM)
    await put(calendar, region, named, version=1)
    first, second = await calendar.history(region, WEDNESDAY)
    assert (first["version"], first["old"], first["new"]) == (1, None, audit.plain(NAADAM))
    assert (second["version"], second["old"], second["new"]) == (2, audit.plain(NAADAM), audit.plain(named))
    assert (second["by_person"], second["at"]) == ("p-office", NOW)
    rows = await calendar.days(region, WEDNESDAY, WEDNESDAY)
    assert (rows[WEDNESDAY].day, rows[WEDNESDAY].version) == (named, 2)


async def test_each_edit_gives_the_calendar_another_version(calendar: PostgresCalendar, region: str) -> None:
    before = await calendar.calendar(region)
    after = await put(calendar, region, NAADAM)
    again = await put(calendar, region, replace(NAADAM, name="那达慕大会"), version=1)
    assert len({before.version, after.version, again.version}) == 3
    assert (await calendar.calendar(region)).version == again.version


@pytest.mark.parametrize(
    ("code", "field", "row", "version"),
    [
        ("calendar_version_stale", "expected_version", replace(NAADAM, name="那达慕大会"), 0),
        ("calendar_version_stale", "expected_version", replace(NAADAM, name="那达慕大会"), 2),
        ("calendar_day_repeats", "date", NAADAM, 1),
        ("calendar_day_contradicts_source", "kind", replace(NAADAM, kind=DayKind.ORDINARY), 1),
        ("calendar_day_contradicts_source", "kind", replace(NEW_YEAR, kind=DayKind.MAKE_UP), 1),
        ("calendar_day_contradicts_source", "source_doc", replace(NAADAM, source_doc="某〔2027〕1号"), 1),
        ("calendar_document_missing", "source_doc", replace(NAADAM, source_doc=" "), 1),
    ],
)
async def test_a_row_that_is_refused_names_the_field_and_changes_nothing(
    calendar: PostgresCalendar, region: str, code: str, field: str, row: Day, version: int
) -> None:
    before = await put(calendar, region, NAADAM)
    with pytest.raises(Refused) as error:
        await put(calendar, region, row, version)
    assert (error.value.code, error.value.details["field"]) == (code, field)
    assert await calendar.calendar(region) == before
    assert len(await calendar.history(region, WEDNESDAY)) == 1


async def test_a_region_that_nobody_added_is_refused(calendar: PostgresCalendar) -> None:
    with pytest.raises(Refused) as error:
        await put(calendar, "XX", NAADAM)
    assert (error.value.code, error.value.details["field"]) == ("calendar_region_unknown", "region")


async def test_a_preview_shows_what_would_move_and_writes_nothing(
    calendar: PostgresCalendar, region: str
) -> None:
    edit = await calendar.preview_day(region, WEDNESDAY, NAADAM, expected_version=0)
    start, limit = local("2026-07-13 10:00"), Limit(unit=Unit.WORKING_DAYS, amount=2)
    old, new = (workdays.due(days, start, limit) for days in (edit.before, edit.after))
    assert (old.last_day, new.last_day) == (WEDNESDAY, date(2026, 7, 16))
    assert await calendar.calendar(region) == edit.before
    assert await calendar.history(region, WEDNESDAY) == []
    assert (await put(calendar, region, NAADAM)) == edit.after


async def test_of_two_edits_at_once_one_is_told_that_it_is_late(
    calendar: PostgresCalendar, region: str
) -> None:
    rows = [replace(NAADAM, name=f"那达慕第{number}天") for number in range(4)]
    answers = await asyncio.gather(*(put(calendar, region, row) for row in rows), return_exceptions=True)
    late = [answer for answer in answers if isinstance(answer, Refused)]
    assert [refusal.code for refusal in late] == ["calendar_version_stale"] * 3
    assert len(await calendar.history(region, WEDNESDAY)) == 1


async def test_loading_a_plan_makes_its_year_official(calendar: PostgresCalendar, country: str) -> None:
    preview = await calendar.preview_year(country, PLAN)
    assert not (await calendar.calendar(country)).is_official(date(2027, 1, 1))
    edit = await load_year(calendar, country, PLAN)
    assert edit.after == preview.after == await calendar.calendar(country)
    assert edit.after.official_years == (2026, 2027)
    start, limit = local("2026-12-31 10:00"), Limit(unit=Unit.WORKING_DAYS, amount=1)
    old, new = (workdays.due(days, start, limit) for days in (edit.before, edit.after))
    assert (old.last_day, new.last_day) == (date(2027, 1, 1), date(2027, 1, 5))
    assert (old.provisional, new.provisional) == (True, False)
    assert [row["loaded_by"] for row in await calendar.years(country)] == [None, "p-office"]


async def test_a_plan_that_is_loaded_already_is_refused(calendar: PostgresCalendar, country: str) -> None:
    await load_year(calendar, country, PLAN)
    with pytest.raises(Refused) as error:
        await load_year(calendar, country, PLAN)
    assert (error.value.code, error.value.details["field"]) == ("calendar_plan_repeats", "year")


async def test_a_plan_loaded_anew_takes_back_its_own_days_and_spares_those_of_other_documents(
    calendar: PostgresCalendar, country: str
) -> None:
    await load_year(calendar, country, PLAN)
    flood, dry = date(2027, 8, 4), {day: row for day, row in PLAN.days.items() if day == date(2027, 1, 1)}
    closed = Day(kind=DayKind.HOLIDAY, name="防汛停工", source_doc="示例防汛〔2027〕3号")
    await put(calendar, country, closed, day=flood)
    edit = await load_year(calendar, country, replace(PLAN, days=dry))
    works = [edit.after.works(day) for day in (*PLAN.days, flood)]
    assert works == [False, True, False, False]
    assert {day: row.version for day, row in edit.rows.items()} == {
        date(2027, 1, 4): 2,
        date(2027, 1, 9): 2,
    }
    assert [entry["new"]["kind"] for entry in await calendar.history(country, date(2027, 1, 9))] == [
        "make_up",
        "ordinary",
    ]
    assert await calendar.calendar(country) == edit.after


@pytest.mark.parametrize(
    ("now", "warned"),
    [
        (local("2026-11-01 24:00"), False),
        (local("2026-11-02 24:00"), True),
        (local("2026-12-31 23:59"), True),
        (local("2027-01-01 00:00"), True),
    ],
)
async def test_a_calendar_that_ends_in_under_sixty_days_is_warned_of(
    calendar: PostgresCalendar, country: str, now: datetime, warned: bool
) -> None:
    found = {warning.region: warning for warning in await calendar.warnings(now)}
    assert (country in found) is warned
    if warned:
        assert "某国日历" in found[country].message
        assert found[country].until == (date(2026, 12, 31) if now < local("2027-01-01 00:00") else None)


async def test_an_overlay_is_not_warned_of_beside_the_country_under_it(
    calendar: PostgresCalendar, region: str
) -> None:
    warned = {warning.region for warning in await calendar.warnings(NOW)}
    assert COUNTRY in warned
    assert region not in warned


async def test_the_application_cannot_rewrite_or_delete_the_history(
    calendar: PostgresCalendar, region: str, url: str
) -> None:
    await put(calendar, region, NAADAM)
    connection = await asyncpg.connect(url)
    try:
        for statement in (
            "UPDATE calendar_edits SET by_person = 'p-other'",
            "DELETE FROM calendar_edits",
            "DELETE FROM calendar_days",
            "DELETE FROM official_years",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement)
    finally:
        await connection.close()
