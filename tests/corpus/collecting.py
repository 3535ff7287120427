"""Scenes of collections and of their series: every end, and what meets a step that cannot be taken yet."""

import contextlib
from collections.abc import Callable
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any, Final

from temporalio.client import ScheduleBackfill, ScheduleOverlapPolicy, WorkflowFailureError

from deploy.devstack import Devstack
from tests.collections import acts
from tests.corpus import trouble
from tests.corpus.walk import Walks
from tests.harness import LOCAL, Json, World
from tests.stack import eventually
from tests.stories import behind
from workflows.series import SeriesPeriodWorkflow, schedule_id

UNITS: Final = acts.UNITS[:3]
FEW: Final[Json] = {"audience": {"units": list(UNITS)}}
HOUR: Final = timedelta(hours=1)
UNKNOWN: Final = "SJ-2099-999999"
SERIES: Final = "recorded-daily"


async def _is(world: World, number: str, *phases: str) -> bool:
    return (await acts.status(world, number))["phase"] in phases


async def _rest(world: World, number: str) -> None:
    await eventually(partial(trouble.at_rest, world, number), within=60)


async def _on(world: World, number: str, *instants: datetime) -> None:
    """Let time pass step by step, until the collection is over."""
    for instant in instants:
        await _rest(world, number)
        await world.until(instant)
        if not await trouble.happened(world, number, "workflow_execution_completed"):
            await world.follow(number)
    await _rest(world, number)


def _after(monday: datetime, *minutes: int) -> list[datetime]:
    return [monday + timedelta(minutes=each) for each in minutes]


async def collections(walks: Walks, stack: Devstack) -> list[str]:
    """Cut off with one that is missing, drafted, ended early, cancelled, extended, and looked at again when it is over."""
    world = walks.world
    at_once: str = (await acts.create(world, world.clock(), HOUR, **FEW))["id"]
    await _rest(world, at_once)
    return [
        at_once,
        await _told(world, _cut_off),
        await _told(world, _drafted),
        await _told(world, _early),
        await _told(world, _cancelled),
        await _told(world, _extended),
    ]


async def _told(world: World, story: Callable[[World, datetime], Any]) -> str:
    number: str = await story(world, world.begin_on_monday())
    return number


async def _cut_off(world: World, monday: datetime) -> str:
    number: str = (await acts.create(world, monday + HOUR, HOUR * 2, **FEW))["id"]
    await _on(world, number, *_after(monday, 61, 80))
    await acts.zero(world, UNITS[0], number)
    await _on(world, number, *_after(monday, 150, 181, 200, 241))
    await behind.gateway(world).look(number)
    await world.handle(number).result()
    return number


async def _drafted(world: World, monday: datetime) -> str:
    roster = await acts.roster(world, monday, HOUR, **FEW)
    await eventually(partial(_is, world, roster["id"], "open"))
    await acts.send_roster(world, UNITS[0], roster)
    await _on(world, roster["id"], *_after(monday, 61, 121))
    return str(roster["id"])


async def _early(world: World, monday: datetime) -> str:
    number: str = (await acts.create(world, monday, HOUR, **FEW))["id"]
    await eventually(partial(_is, world, number, "open"))
    for unit in UNITS:
        await acts.zero(world, unit, number)
    await world.handle(number).result()
    return number


async def _cancelled(world: World, monday: datetime) -> str:
    number: str = (await acts.create(world, monday, HOUR * 2, **FEW))["id"]
    await eventually(partial(_is, world, number, "open"))
    await _rest(world, number)
    await acts.must(world, number, "cancel", reason="改由市局统一收集")
    await world.handle(number).result()
    return number


async def _extended(world: World, monday: datetime) -> str:
    number: str = (await acts.create(world, monday, HOUR * 2, **FEW))["id"]
    await eventually(partial(_is, world, number, "open"))
    until = acts.iso(monday + timedelta(minutes=170))
    await acts.must(world, number, "extend", unit_id=UNITS[0], until=until, reason="停电")
    await _on(world, number, *_after(monday, 90, 121, 141, 171, 181))
    return number


async def in_trouble(walks: Walks, stack: Devstack) -> list[str]:
    """The record can neither be read nor written for a while; words come while a look or a step waits for it."""
    world = walks.world
    gateway, monday = behind.gateway(world), world.begin_on_monday()
    numbers = [(await acts.create(world, monday + HOUR, HOUR, **FEW))["id"] for _ in range(2)]
    for number in numbers:
        await _rest(world, number)
    async with trouble.without(stack, "SELECT", "collections"):
        for number in numbers:
            await gateway.look(number)
            await eventually(partial(trouble.happened, world, number, "activity_task_scheduled"))
        await gateway.look(numbers[0])
    for number in numbers:
        await _rest(world, number)
    async with trouble.without(stack, "INSERT", "collection_changes"):
        await world.until(monday + timedelta(minutes=61), *numbers)
        for number in numbers:
            await eventually(partial(trouble.happened, world, number, "activity_task_scheduled", 2))
            await gateway.look(number)
            await eventually(partial(trouble.happened, world, number, "workflow_execution_signaled", 3))
    for number in numbers:
        await eventually(partial(_is, world, number, "open"))
        await _on(world, number, *_after(monday, 121, 181))
    return numbers


async def unknown(walks: Walks, stack: Devstack) -> list[str]:
    """The engine is told to look at what the record does not know."""
    await behind.gateway(walks.world).look(UNKNOWN)
    with contextlib.suppress(WorkflowFailureError):
        await walks.world.handle(UNKNOWN).result()
    return [UNKNOWN]


async def series(walks: Walks, stack: Devstack) -> list[str]:
    """Days of a schedule: a Friday that is opened, a weekend that is not, and one by hand when the series was stopped."""
    world = walks.world
    friday = world.begin_on_monday().date() + timedelta(days=11)
    body = acts.series(SERIES, title="疫情防控日报告", days_off="skip")
    made = await world.post(acts.OFFICE, "/v1/series", body)
    assert made.status_code == 201, made.text
    first = datetime.combine(friday, time(6), LOCAL)
    days = ScheduleBackfill(
        start_at=first, end_at=first + timedelta(days=3), overlap=ScheduleOverlapPolicy.ALLOW_ALL
    )
    await world.client.get_schedule_handle(schedule_id(SERIES)).backfill(days)
    opened = [number for number in await eventually(partial(_periods, world, 3)) if number]
    await world.post(acts.OFFICE, f"/v1/series/{SERIES}/actions/stop", None)
    by_hand = f"{schedule_id(SERIES)}-by-hand"
    queue = world.settings.task_queue
    await world.client.execute_workflow(SeriesPeriodWorkflow.run, SERIES, id=by_hand, task_queue=queue)
    runs = world.client.list_workflows(f'TaskQueue = "{queue}" AND WorkflowType = "SeriesPeriod"')
    return [*opened, by_hand, *[run.id async for run in runs]]


async def _periods(world: World, wanted: int) -> list[str | None]:
    """The collections of the series' days, once there are so many."""
    response = await world.get(acts.OFFICE, "/v1/series", limit=100)
    (found,) = [one for one in response.json()["items"] if one["id"] == SERIES]
    periods = found["periods"]
    return [one["collection_id"] for one in periods] if len(periods) >= wanted else []
