"""Orders to bring running cases under newer days: each is carried out to its end, whatever comes between."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from adapters.postgres import calendar_rows, editions
from adapters.postgres.calendar_rows import DayRow
from adapters.postgres.hazards import PostgresHazards
from domain.hazard import Restamp
from domain.terms import Terms
from domain.workdays import Day, DayKind
from tests.harness import Json, World
from tests.stories import behind, calendars, loop
from tests.stories.calendars import at_close, close, day_off, due, own_days, put, reports, restamps
from workflows import restamp
from workflows.intake import RELAY_ID

DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def world(apart: World) -> World:
    """These stories change what everybody goes by."""
    return apart


@pytest.fixture
async def relay(world: World) -> AsyncIterator[None]:
    await behind.gateway(world).start_relay()
    yield
    await world.handle(RELAY_ID).terminate("the test is over")


@pytest.fixture
def wednesday(monday: datetime) -> date:
    """The last day of the response to what is reported on the Monday."""
    return monday.date() + 2 * DAY


def _in_working_days(amount: int) -> Json:
    """Every limit so many working days."""
    limit = {"unit": "working_days", "amount": amount}
    clocks = dict.fromkeys(("respond", "rectify", "verify", "close"), limit)
    return {"general": clocks, "major": clocks}


async def test_an_order_that_nobody_carries_out_is_found_by_the_relay(
    world: World, monday: datetime, wednesday: date, relay: None
) -> None:
    region = await own_days(world)
    number = (await world.report())["id"]
    order_id = await behind.edit_day(world, region, wednesday)
    assert await calendars.done(world, order_id) == 1
    assert await due(world, number) == at_close(wednesday + DAY)


async def test_an_order_carried_out_again_changes_nothing(
    world: World, monday: datetime, wednesday: date
) -> None:
    region = await own_days(world)
    number = (await world.report())["id"]
    order_id = (await close(world, region, wednesday))["restamp"]
    before = await world.see(number)
    await behind.gateway(world).start_restamp(order_id)
    assert await world.handle(restamp.workflow_id(order_id)).result() == 1
    assert await world.see(number) == before


async def test_a_closed_case_is_left_alone(world: World, monday: datetime, wednesday: date) -> None:
    region = await own_days(world)
    number = await loop.to(world, "closed")
    edited = await put(world, region, wednesday, day_off(wednesday))
    assert await calendars.done(world, edited["restamp"]) == 0
    assert await restamps(world, number) == []


async def test_a_case_reopened_after_an_edit_counts_by_the_newer_days(world: World, monday: datetime) -> None:
    region = await own_days(world, limits=_in_working_days(5))
    number = await loop.to(world, "closed")
    off = monday.date() + DAY
    assert await calendars.done(world, (await put(world, region, off, day_off(off)))["restamp"]) == 0
    reopened = await loop.do(world, loop.OFFICE, number, "reopen")
    assert datetime.fromisoformat(reopened["due_at"]) == at_close(monday.date() + 8 * DAY)
    assert reopened["clock"]["first_due_at"] == reopened["due_at"]


async def test_what_is_reported_during_an_edit_opens_under_the_edited_days(
    world: World, monday: datetime, wednesday: date
) -> None:
    region = await own_days(world)
    row = DayRow(day=Day(kind=DayKind.HOLIDAY, name="某节", source_doc="测〔2026〕8号"), version=1)
    async with world.database.transaction() as connection:
        await editions.lock_for_edit(connection)
        reporting = asyncio.create_task(world.report())
        await asyncio.wait({reporting}, timeout=1)
        await calendar_rows.write(connection, region, {wednesday: row}, {}, None, world.clock())
    assert datetime.fromisoformat((await reporting)["due_at"]) == at_close(wednesday + DAY)


async def test_thirty_cases_at_once_are_all_done(world: World, monday: datetime, wednesday: date) -> None:
    region = await own_days(world)
    numbers = await reports(world, 30)
    edited = await put(world, region, wednesday, day_off(wednesday))
    assert edited["moved_count"] == 30
    assert await calendars.done(world, edited["restamp"]) == 30
    assert {await due(world, number) for number in numbers} == {at_close(wednesday + DAY)}


async def test_days_entered_one_right_after_another_all_count_in_the_end(
    world: World, monday: datetime, wednesday: date
) -> None:
    region = await own_days(world)
    numbers = await reports(world, 4)
    days = [wednesday + number * DAY for number in (0, 1, 2)]
    edits = [await put(world, region, day, day_off(day)) for day in days]
    for edited in edits:
        await calendars.done(world, edited["restamp"])
    assert {await due(world, number) for number in numbers} == {at_close(wednesday + 5 * DAY)}


async def _brought(world: World, number: str, terms: Terms, *, days_only: bool) -> Json:
    """The case after an order reached it with ``terms``."""
    late = Restamp(
        terms=terms,
        person_id="p-office",
        post_id="office",
        request_id=f"restamp:late-{uuid.uuid4().hex}",
        reason="测〔2026〕1号",
        days_only=days_only,
    )
    await behind.gateway(world).restamp(number, late)
    return await world.see(number)


async def _terms(world: World, number: str) -> Terms:
    return (await PostgresHazards(world.database).load(number)).terms


async def test_an_order_that_reaches_a_case_after_a_later_one_brings_no_older_days_back(
    world: World, monday: datetime, wednesday: date
) -> None:
    region = await own_days(world)
    number = (await world.report())["id"]
    older = await _terms(world, number)
    await close(world, region, wednesday)
    before = await world.see(number)
    assert await _brought(world, number, older, days_only=True) == before
    policy = await _brought(world, number, replace(older, version="another"), days_only=False)
    assert (policy["terms_version"], policy["due_at"]) == ("another", before["due_at"])


async def test_newer_days_bring_no_older_policy_back(world: World, monday: datetime, wednesday: date) -> None:
    region = await own_days(world)
    number, other = await reports(world, 2)
    older = await _terms(world, number)
    await _brought(world, number, replace(older, version="another"), days_only=False)
    await close(world, region, wednesday)
    newer = await _terms(world, other)
    seen = await _brought(world, number, newer, days_only=True)
    assert (seen["terms_version"], datetime.fromisoformat(seen["due_at"])) == (
        "another",
        at_close(wednesday + DAY),
    )
    elsewhere = await _brought(world, number, replace(newer, region="CN-TEST"), days_only=True)
    assert elsewhere == seen


async def test_an_order_for_a_policy_that_comes_late_leaves_what_opened_under_a_later_one(
    world: World, monday: datetime
) -> None:
    await own_days(world)
    before = (await world.report())["id"]
    region = await calendars.region(world)
    wanted, later = [await calendars.policy(world, region) for _ in range(2)]
    after = (await world.report())["id"]
    order_id = await behind.want_policy(world, wanted)
    await behind.gateway(world).start_restamp(order_id)
    await world.handle(restamp.workflow_id(order_id)).result()
    versions = [(await world.see(number))["terms_version"] for number in (before, after)]
    assert versions == [wanted, later]
