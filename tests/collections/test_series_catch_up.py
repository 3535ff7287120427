"""Series on the real server: what passed while the system was away, and quarterly statistics across days off."""

from datetime import UTC, datetime, time, timedelta

import pytest
from temporalio.client import ScheduleBackfill, ScheduleOverlapPolicy

from adapters.postgres.calendar import PostgresCalendar
from domain.workdays import Calendar
from tests.collections import acts
from tests.harness import LOCAL, REGION, Json, World
from tests.stack import eventually
from tests.stories import behind

DAY = timedelta(days=1)


async def _series(world: World, known_as: str, **more: object) -> str:
    response = await world.post(acts.OFFICE, "/v1/series", acts.series(known_as, **more))
    assert response.status_code == 201, response.text
    return known_as


async def _fired(world: World, series: str, since: datetime, until: datetime) -> None:
    """Let the schedule come to every instant of a stretch, as it does behind an outage."""
    stretch = ScheduleBackfill(start_at=since, end_at=until, overlap=ScheduleOverlapPolicy.ALLOW_ALL)
    await world.client.get_schedule_handle(f"series-{series}").backfill(stretch)


async def _became(world: World, series: str, count: int) -> dict[str, Json]:
    async def of() -> dict[str, Json] | None:
        response = await world.get(acts.OFFICE, "/v1/series", limit=100)
        one = next(one for one in response.json()["items"] if one["id"] == series)
        found = {each["period"]: each for each in one["periods"]}
        return found if len(found) == count else None

    return await eventually(of)


@pytest.mark.parametrize(
    ("catch_up", "why"), [("open", None), ("skip", "系统恢复较迟，按规则不补开")], ids=["open", "skip"]
)
async def test_behind_an_outage_what_is_still_open_is_caught_up_by_the_series_rule_and_the_rest_is_noted(
    apart: World, catch_up: str, why: str | None
) -> None:
    """The system is back half an hour behind today's opening, and a day and a half behind yesterday's."""
    now = datetime.now(UTC)
    opened = (now - timedelta(minutes=30)).astimezone(LOCAL)
    first = (opened - 2 * DAY).date().isoformat()
    series = await _series(
        apart, f"back-{catch_up}-{now:%H%M%S}", opens=f"{opened:%H:%M}", catch_up=catch_up, first=first
    )
    for _ in range(2):
        await _fired(apart, series, now - DAY - timedelta(hours=1), now)
    periods = await _became(apart, series, 2)
    yesterday, today = (periods[(opened - n * DAY).date().isoformat()] for n in (1, 0))
    assert (yesterday["collection_id"], yesterday["skipped"]) == (None, "系统恢复时已过截止时刻")
    assert today["skipped"] == why
    if why is None:
        number = today["collection_id"]
        await eventually(lambda: _is(apart, number, "open"))
        told = await acts.told(apart, number, "collection_opened")
        assert set(told.values()) == {1}
    else:
        assert today["collection_id"] is None
    assert (await apart.post(acts.OFFICE, f"/v1/series/{series}/actions/stop", None)).status_code == 200


async def _is(world: World, number: str, phase: str) -> bool:
    return bool((await acts.status(world, number))["phase"] == phase)


def _worked(calendar: Calendar, at: datetime) -> datetime:
    """``at`` (local), or the same time of the next day that is worked."""
    while not calendar.works(at.date()):
        at += DAY
    return at


async def _day_off(world: World, at: datetime) -> Calendar:
    calendar = PostgresCalendar(world.database)
    if (await calendar.calendar(REGION)).works(at.date()):
        await behind.edit_day(world, REGION, at.date())
    return await calendar.calendar(REGION)


async def test_quarterly_statistics_open_on_the_first_working_day_and_are_due_on_one(alone: World) -> None:
    """The quarter's first day is a holiday, and so is the tenth day behind the opening."""
    now = datetime.now(LOCAL)
    month = (now.month - 1) // 3 * 3 + 4
    begins = datetime(now.year + month // 13, (month - 1) % 12 + 1, 1, tzinfo=LOCAL)
    calendar = await _day_off(alone, begins)
    opens = _worked(calendar, datetime.combine(begins, time(9), LOCAL))
    calendar = await _day_off(alone, opens + 10 * DAY)
    due = _worked(calendar, opens + 10 * DAY)
    assert opens.date() > begins.date()
    assert due > opens + 10 * DAY
    quarter = {"cadence": "quarterly", "days_off": "next", "opens": "09:00", "kind": "statistics"}
    lasts = {"due_minutes": 10 * 1440, "cut_off_minutes": 2 * 1440, "title": "安全生产统计"}
    series = await _series(alone, f"quarterly-{now:%H%M%S}", **quarter | lasts)
    for _ in range(2):
        await _fired(alone, series, begins, begins + 80 * DAY)
    ((period, became),) = (await _became(alone, series, 1)).items()
    ended = begins - DAY
    assert period == f"{ended.year}-Q{(ended.month + 2) // 3}"
    number = became["collection_id"]
    seen = (await alone.get(acts.OFFICE, f"/v1/collections/{number}")).json()
    assert seen["title"] == f"安全生产统计（{ended.year}年第{(ended.month + 2) // 3}季度）"
    instants = [datetime.fromisoformat(seen[name]) for name in ("opens_at", "due_at", "cut_off_at")]
    assert instants == [opens, due, due + 2 * DAY]
    await alone.until(opens, number)
    await eventually(lambda: _is(alone, number, "open"))
    receipt = await acts.zero(alone, "ec01", number)
    assert (receipt["is_zero"], receipt["standing"]["outcome"]) == (True, "on_time")
    assert (await alone.post(acts.OFFICE, f"/v1/series/{series}/actions/stop", None)).status_code == 200
