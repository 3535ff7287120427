"""What is kept of a series: its last periods, and why one could not be opened; and which series there cannot be."""

from datetime import UTC, date, datetime, time, timedelta

from adapters.postgres.collection_series import PostgresSeries
from tests.collections import acts
from tests.harness import LOCAL, Json, World


async def _made(world: World, **more: object) -> str:
    body = acts.series(f"kept-{datetime.now(UTC):%H%M%S%f}", **more)
    response = await world.post(acts.OFFICE, "/v1/series", body)
    assert response.status_code == 201, response.text
    return str(body["id"])


async def _periods(world: World, series: str) -> list[Json]:
    response = await world.get(acts.OFFICE, "/v1/series", limit=100)
    found: list[Json] = next(one for one in response.json()["items"] if one["id"] == series)["periods"]
    return found


async def test_of_many_periods_the_last_hundred_are_shown(world: World) -> None:
    series, first = await _made(world, first="2099-01-01"), date(2030, 1, 1)
    days = [(first + timedelta(days=number)).isoformat() for number in range(120)]
    async with world.database.transaction() as connection:
        await connection.executemany(
            "INSERT INTO collection_periods (series_id, period, at, skipped) VALUES ($1, $2, $3, '周末')",
            [(series, day, datetime.now(UTC)) for day in days],
        )
    assert [one["period"] for one in await _periods(world, series)] == days[-100:]
    assert (await world.post(acts.OFFICE, f"/v1/series/{series}/actions/stop", None)).status_code == 200


async def test_a_period_that_the_rules_refuse_is_noted_with_what_they_say(world: World) -> None:
    """The unit that the series asks is not in the directory: nothing is tried for ever, and nothing half is left."""
    day = datetime.now(LOCAL).date() + timedelta(days=40)
    series = await _made(world, first=day.isoformat(), audience={"units": ["xx99"]})
    opens, record = datetime.combine(day, time(7), LOCAL).astimezone(UTC), PostgresSeries(world.database)
    first, again = [await record.open(series, day, opens) for _ in range(2)]
    assert first is not None
    assert (first.collection_id, first.skipped) == (None, "未能开启：名单中没有所写的单位")
    assert again == first
    assert (await _periods(world, series))[-1]["skipped"] == first.skipped
    made = await world.get(acts.OFFICE, "/v1/collections", series=series)
    assert made.json()["items"] == []
    assert (await world.post(acts.OFFICE, f"/v1/series/{series}/actions/stop", None)).status_code == 200


async def test_a_roster_and_a_quarter_without_its_first_day_are_no_series(world: World) -> None:
    roster = await world.post(acts.OFFICE, "/v1/series", acts.series("rosters", kind="duty_roster"))
    told = roster.json()
    assert (roster.status_code, told["code"], told["field"]) == (409, "kind_not_periodic", "kind")
    quarter = {"kind": "statistics", "cadence": "quarterly", "days_off": "skip", "opens": "09:00"}
    skipping = await world.post(acts.OFFICE, "/v1/series", acts.series("quarters", **quarter))
    told = skipping.json()
    assert (skipping.status_code, told["code"], told["field"]) == (409, "days_off_invalid", "days_off")
