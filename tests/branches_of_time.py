"""The branches of a hazard's run that its clocks make, for ``tests.record_histories``."""

import uuid
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Final

from adapters.postgres.hazards import PostgresHazards
from domain.hazard import Restamp
from domain.ladder import ClockKind
from domain.workdays import Limit, Unit
from tests.harness import World
from tests.stories import behind, loop, ticks
from tests.stories.loop import CHECKER, DEPUTY, HEAD, OFFICE, STAFF


async def reminded_and_late(world: World) -> str:
    monday = world.begin_on_monday()
    number = await loop.to(world, "rectifying")
    await world.until(ticks.on(monday, 16), number)
    await loop.do(world, STAFF, number, "submit")
    await loop.do(world, CHECKER, number, "pass")
    return number


async def ladder_to_the_top(world: World) -> str:
    monday = world.begin_on_monday()
    number = await loop.to(world, "rectifying")
    await world.until(ticks.on(monday, 37), number)
    return number


async def acknowledged(world: World) -> str:
    monday = world.begin_on_monday()
    number = await loop.to(world, "assigned")
    await world.until(ticks.on(monday, 17, "10:00"), number)
    await loop.do(world, HEAD, number, "acknowledge")
    await world.until(ticks.on(monday, 23, "10:00"), number)
    await loop.do(world, STAFF, number, "acknowledge")
    await loop.do(world, STAFF, number, "start")
    await world.until(ticks.on(monday, 25), number)
    return number


async def paused_and_resumed(world: World) -> str:
    monday = world.begin_on_monday()
    number = await loop.to(world, "rectifying")
    await world.until(ticks.on(monday, 3, "10:00"), number)
    await loop.do(world, OFFICE, number, "pause")
    await world.until(ticks.on(monday, 8, "10:00"), number)
    await loop.do(world, DEPUTY, number, "resume")
    await world.until(ticks.on(monday, 23), number)
    await loop.do(world, OFFICE, number, "pause")
    await loop.do(world, STAFF, number, "submit")
    return number


async def deferred(world: World) -> str:
    monday = world.begin_on_monday()
    number = await loop.to(world, "rectifying")
    await loop.do(world, DEPUTY, number, "defer", until=ticks.on(monday, 20).date().isoformat())
    await world.until(ticks.on(monday, 30), number)
    await loop.do(world, STAFF, number, "submit")
    return number


async def extended(world: World) -> str:
    monday = world.begin_on_monday()
    number = await loop.to(world, "assigned")
    for days, person, action in ((20, OFFICE, "deny_extension"), (25, DEPUTY, "grant_extension")):
        await loop.do(world, STAFF, number, "extend", until=ticks.on(monday, days).date().isoformat())
        await loop.do(world, person, number, action)
    await loop.do(world, STAFF, number, "start")
    await world.until(ticks.on(monday, 24), number)
    await loop.do(world, STAFF, number, "extend", until=ticks.on(monday, 30).date().isoformat())
    await loop.do(world, STAFF, number, "submit")
    return number


async def slip_replied(world: World) -> str:
    monday = world.begin_on_monday()
    number = await loop.to(world, "assigned")
    await world.until(ticks.on(monday, 19), number)
    blue, yellow = (await world.see(number))["slips"]
    await loop.do(world, HEAD, number, "reply", slip=yellow["serial"])
    await world.until(ticks.on(monday, 22), number)
    await loop.do(world, HEAD, number, "reply", slip=blue["serial"])
    return number


async def restamped(world: World) -> str:
    world.begin_on_monday()
    number = await loop.to(world, "rectifying")
    case = await PostgresHazards(world.database).load(number)
    limits = {**case.terms.limits["general"], ClockKind.RECTIFY: Limit(unit=Unit.WORKING_DAYS, amount=5)}
    newer = Restamp(
        terms=replace(case.terms, version="2026-2", limits={**case.terms.limits, "general": limits}),
        person_id=OFFICE,
        post_id="office",
        request_id=uuid.uuid4().hex,
        reason="测〔2026〕2号",
    )
    await behind.gateway(world).restamp(number, newer)
    await world.until(ticks.instant((await world.see(number))["due_at"]), number)
    return number


BRANCHES: Final[dict[str, Callable[[World], Awaitable[str]]]] = {
    **{one.__name__: one for one in (reminded_and_late, ladder_to_the_top, acknowledged)},
    **{one.__name__: one for one in (paused_and_resumed, deferred, extended, slip_replied, restamped)},
}
