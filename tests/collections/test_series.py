"""Series on Temporal Schedules: which days get a collection is the calendar's to say, make-up Saturdays included."""

from datetime import UTC, date, datetime, time, timedelta

from temporalio.client import ScheduleBackfill, ScheduleOverlapPolicy

from adapters import official_days
from adapters.postgres.calendar import PostgresCalendar
from domain import workdays
from domain.collection import Audience
from domain.collection import series as rules
from domain.collection.series import Cadence, CatchUp, DaysOff, Series
from domain.workdays import Calendar, Day, DayKind, OpeningHours
from tests.collections import acts
from tests.harness import LOCAL, REGION, Json, World
from tests.stack import eventually
from tests.stories import behind


def _official() -> Calendar:
    calendar = Calendar(region="CN", version="1", official_years=(2026,), hours=OpeningHours())
    (plan,) = (plan for plan in official_days.plans() if plan.year == 2026)
    return workdays.edited(calendar, plan.days)


def _series(**more: object) -> Series:
    given: dict[str, object] = {
        "id": "daily",
        "kind": "daily_report",
        "title": "日报告",
        "basis": "示例",
        "district": "示例区",
        "cadence": Cadence.DAILY,
        "days_off": DaysOff.SKIP,
        "catch_up": CatchUp.OPEN,
        "opens": "07:00",
        "due_minutes": 120,
        "cut_off_minutes": 60,
        "audience": Audience(),
        "contact_post": "office",
        "contact_phone": "010-55550100",
        "created_by": "p-office",
        "created_post": "office",
        "region": "CN",
        "first": "2026-01-01",
    }
    return Series(**given | more)  # type: ignore[arg-type]


def test_a_daily_series_across_spring_festival_follows_the_official_days() -> None:
    calendar = _official()
    days = [date(2026, 2, 9) + timedelta(days=n) for n in range(21)]
    kept = [day for day in days if rules.skipped(_series(), calendar, day) is None]
    week = {date(2026, 2, 9) + timedelta(days=n) for n in range(6)}  # Monday to make-up Saturday the 14th
    assert set(kept) == week | {date(2026, 2, day) for day in (24, 25, 26, 27, 28)}
    assert rules.skipped(_series(), calendar, date(2026, 2, 17)) is not None
    every = [day for day in days if rules.skipped(_series(days_off=DaysOff.KEEP), calendar, day) is None]
    assert every == days


def test_nine_o_clock_local_is_the_due_instant_and_quarters_roll_over_days_off() -> None:
    calendar = _official()
    daily = rules.window(_series(), calendar, date(2026, 2, 14))
    assert daily.due_at.astimezone(LOCAL) == datetime(2026, 2, 14, 9, tzinfo=LOCAL)
    quarterly = _series(
        cadence=Cadence.QUARTERLY, days_off=DaysOff.NEXT, opens="09:00", due_minutes=10 * 1440
    )
    october = rules.window(quarterly, calendar, date(2026, 10, 1))
    assert october.opens_at.astimezone(LOCAL) == datetime(2026, 10, 8, 9, tzinfo=LOCAL)
    assert rules.period(quarterly, date(2026, 10, 1)) == "2026-Q3"
    assert rules.period(quarterly, date(2027, 1, 1)) == "2026-Q4"


def test_what_came_too_late_is_noted_by_the_series_own_rule() -> None:
    calendar, day = _official(), date(2026, 3, 2)
    opens = rules.window(_series(), calendar, day).opens_at
    skipping = _series(catch_up=CatchUp.SKIP)
    assert rules.missed(skipping, calendar, day, opens + timedelta(minutes=1)) is None
    assert (
        rules.missed(skipping, calendar, day, opens + timedelta(minutes=30)) == "系统恢复较迟，按规则不补开"
    )
    assert rules.missed(_series(), calendar, day, opens + timedelta(minutes=30)) is None
    assert rules.missed(_series(), calendar, day, opens + timedelta(hours=3)) == "系统恢复时已过截止时刻"


async def _periods(world: World, series_id: str) -> dict[str, Json]:
    response = await world.get(acts.OFFICE, "/v1/series", limit=100)
    series = next(one for one in response.json()["items"] if one["id"] == series_id)
    return {one["period"]: one for one in series["periods"]}


async def test_a_week_of_zero_reports_across_a_make_up_saturday(alone: World) -> None:
    """The coming week: its Wednesday is made a holiday, its Saturday a working day; the schedule is run for each day.

    One unit reports zero each day, and everybody on the Saturday, which so ends early.
    """
    monday = datetime.now(UTC).astimezone(LOCAL).date() + timedelta(days=8)
    monday += timedelta(days=-monday.weekday() % 7)
    saturday = monday + timedelta(days=5)
    await behind.edit_day(alone, REGION, monday + timedelta(days=2))
    calendar = PostgresCalendar(alone.database)
    row = Day(kind=DayKind.MAKE_UP, name="调休", source_doc=f"测〔{saturday.year}〕9号")
    async with alone.database.transaction() as connection:
        await connection.execute(
            "INSERT INTO calendar_days (region, date, kind, name, source_doc, version) VALUES ($1, $2, $3, $4, $5, 1)",
            REGION,
            saturday,
            row.kind.value,
            row.name,
            row.source_doc,
        )
    assert (await calendar.calendar(REGION)).works(saturday)
    body = acts.series(f"daily-{monday:%m%d}", title="疫情防控日报告", days_off="skip")
    response = await alone.post(acts.OFFICE, "/v1/series", body)
    assert response.status_code == 201, response.text
    handle = alone.client.get_schedule_handle(f"series-{body['id']}")
    first = datetime.combine(monday, time(6), LOCAL)
    week = ScheduleBackfill(
        start_at=first, end_at=first + timedelta(days=7), overlap=ScheduleOverlapPolicy.ALLOW_ALL
    )
    await handle.backfill(week)
    await handle.backfill(week)
    days = [monday + timedelta(days=n) for n in range(7)]
    periods = await eventually(lambda: _of_all(alone, str(body["id"]), days))
    opened = [day for day, one in periods.items() if one["collection_id"]]
    assert opened == [day.isoformat() for day in (*days[:2], *days[3:6])]
    assert periods[days[2].isoformat()]["skipped"] == "某节放假"
    assert periods[days[6].isoformat()]["skipped"] == "周末"
    of_saturday = periods[saturday.isoformat()]["collection_id"]
    seen = (await alone.get(acts.OFFICE, f"/v1/collections/{of_saturday}")).json()
    assert (seen["title"], seen["phase"]) == (f"疫情防控日报告（{saturday}）", "scheduled")
    assert seen["due_text"].endswith("（星期六）09:00")
    sentences = [
        await _reported(alone, day, str(periods[day]["collection_id"]), day == opened[-1]) for day in opened
    ]
    assert sentences == ["应报 9，已报 1，迟报 0，未报 8"] * 4 + ["应报 9，已报 9，迟报 0，未报 0"]
    assert await alone.handle(of_saturday).result() == "已截止"
    stopped = await alone.post(acts.OFFICE, f"/v1/series/{body['id']}/actions/stop", None)
    assert stopped.json()["active"] is False


async def _reported(world: World, day: str, number: str, by_all: bool) -> str:
    """The day's zero reports, by one unit or by all, when the collection has opened at seven; gives the board's sentence."""
    await world.until(datetime.combine(date.fromisoformat(day), time(7), LOCAL), number)
    await eventually(lambda: _is_open(world, number))
    for unit in acts.UNITS if by_all else acts.UNITS[:1]:
        assert (await acts.zero(world, unit, number))["standing"]["outcome"] == "on_time"
    return str((await acts.status(world, number))["sentence"])


async def _is_open(world: World, number: str) -> bool:
    return bool((await acts.status(world, number))["phase"] == "open")


async def _of_all(world: World, series_id: str, days: list[date]) -> dict[str, Json] | None:
    """What became of these days, once it is known of all; the schedule may come to a day of today meanwhile."""
    found = await _periods(world, series_id)
    return {str(day): found[str(day)] for day in days} if {*map(str, days)} <= found.keys() else None
