"""The mobile numbers of duty people go when their time is over, noted in the access log; everything else stays as it was."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import pytest

from activities.seals import SealActivities
from adapters.postgres.roster_numbers import PostgresRosterNumbers
from adapters.postgres.seals import PostgresSeals
from services import bootstrap
from tests.collections import acts
from tests.collections.test_roster import LEAD
from tests.harness import Json, World

DAY = timedelta(days=1)
WITHOUT = ("duty_mobile", "leader_mobile")


@pytest.fixture(autouse=True)
def _clock_of_apart_set_back(apart: World) -> Iterator[None]:
    yield
    apart.clock.ahead = timedelta()


async def _rows(world: World, table: str, number: str) -> list[dict[str, Any]]:
    async with world.database.connection() as connection:
        rows: list[asyncpg.Record] = await connection.fetch(
            f"SELECT * FROM {table} WHERE collection_id = $1 ORDER BY 1, 2, 3",  # noqa: S608
            number,
        )
    return [dict(row) for row in rows]


def _numbers(rows: list[dict[str, Any]]) -> set[bool]:
    return {row[name] is not None for row in rows for name in WITHOUT}


async def _roster(world: World) -> tuple[Json, datetime]:
    """A roster that was handed in and corrected, and when its last shift ends."""
    monday = world.begin_on_monday()
    world.following = False
    roster = await acts.roster(world, monday, LEAD)
    await world.until(monday)
    await acts.send_roster(world, "ec01", roster)
    await acts.send_roster(world, "ec01", roster, reason="换了值班员")
    return roster, datetime.fromisoformat(roster["covers_to"])


async def _purges(world: World) -> list[Json]:
    answer = await world.get("p-oversight", "/v1/audit/access", subject="duty_shifts/numbers")
    items: list[Json] = answer.json()["items"]
    return items


async def test_thirty_days_after_the_shift_the_numbers_are_gone_and_nothing_else(apart: World) -> None:
    roster, ended = await _roster(apart)
    number, seals = roster["id"], PostgresSeals(apart.database, bootstrap.signer(apart.settings))
    numbers = PostgresRosterNumbers(apart.database, apart.settings.roster_numbers_days)
    shifts, submissions = [await _rows(apart, table, number) for table in ("duty_shifts", "submissions")]
    assert _numbers(shifts) == {True}
    await SealActivities(seals, numbers, lambda: ended + 30 * DAY).make()
    assert await _rows(apart, "duty_shifts", number) == shifts
    before = len(await _purges(apart))
    sealed = await SealActivities(seals, numbers, lambda: ended + 30 * DAY + timedelta(seconds=1)).make()
    assert sealed.purged == 2
    left = await _rows(apart, "duty_shifts", number)
    assert _numbers(left) == {False}
    gone = [{name: value for name, value in row.items() if name not in WITHOUT} for row in shifts]
    assert [{name: row[name] for name in gone[0]} for row in left] == gone
    assert await _rows(apart, "submissions", number) == submissions
    told, *_ = await _purges(apart)
    assert len(await _purges(apart)) == before + 1
    assert (told["kind"], told["reason"]) == ("write", "值班结束满 30 日，清除 2 个班次的手机号")
    assert (await SealActivities(seals, numbers, lambda: ended + 31 * DAY).make()).purged == 0
    assert len(await _purges(apart)) == before + 1
    within = acts.iso(ended - timedelta(hours=1))
    on_duty = await apart.get("p-ec01-head", "/v1/rosters/on-duty", at=within)
    assert {one["duty_mobile"] for one in on_duty.json()["items"]} == {"139****5678"}


async def test_many_numbers_go_in_batches_each_with_its_note(apart: World) -> None:
    _, ended = await _roster(apart)
    before = len(await _purges(apart))
    numbers = PostgresRosterNumbers(apart.database, 30, batch=1)
    assert await numbers.purge(ended + 31 * DAY) == 2
    told = await _purges(apart)
    assert len(told) == before + 2
    assert {one["reason"] for one in told[:2]} == {"值班结束满 30 日，清除 1 个班次的手机号"}
