"""Scenes on the one stack: walks, and what comes from outside in the way of a case: each gives the cases it is about."""

import asyncio
import contextlib
import uuid
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from typing import Final

from deploy.devstack import Devstack
from domain.errors import Refused, Temporary
from domain.hazard import Action, Command
from tests import record_histories
from tests.corpus import collecting, contention, remarks, standing, trouble, walk
from tests.corpus.walk import Walks
from tests.stack import eventually
from tests.stories import behind, calendars, loop, organised
from tests.stories.loop import CHECKER, FINDER, HEAD, OFFICE, STAFF
from workflows import restamp
from workflows.intake import RELAY_ID
from workflows.reconciler import EVERY, RECONCILER_ID

Scene = Callable[[Walks, Devstack], Awaitable[list[str]]]
STAGES: Final = ("reported", "confirmed", "assigned", "rectifying", "verifying")


async def short_walks(walks: Walks, stack: Devstack) -> list[str]:
    """Many short lives."""
    walks.world.begin_on_monday()
    numbers = await walk.begin(walks, 22)
    await walk.on(walks, numbers, 5)
    return numbers


async def long_walks(walks: Walks, stack: Devstack) -> list[str]:
    """A few longer ones."""
    walks.world.begin_on_monday()
    numbers = await walk.begin(walks, 8)
    await walk.on(walks, numbers, 14)
    return numbers


async def branches(walks: Walks, stack: Devstack) -> list[str]:
    """What the histories beside the corpus show, as it happens today."""
    numbers = []
    for name, branch in record_histories.BRANCHES.items():
        if name not in ("relay", "reconciler"):
            walks.world.clock.ahead, walks.world.following = timedelta(), False
            numbers.append(await branch(walks.world))
    return numbers


async def ends(walks: Walks, stack: Devstack) -> list[str]:
    """Cases of either level that come to an end, are started once more when they have, or are opened again."""
    endings = ("closed", "dismissed", "transferred", "merged", "closed")
    numbers = await asyncio.gather(
        *(loop.to(walks.world, end, major=major) for end in endings for major in (False, True))
    )
    for number in numbers[:4]:
        await behind.start(walks.world, number)
        await walks.world.handle(number).result()
    await loop.do(walks.world, OFFICE, numbers[8], "reopen")
    await walk.on(walks, [numbers[8]], 5)
    return list(numbers)


async def overtaken_by_what_it_wanted(walks: Walks, stack: Devstack) -> list[str]:
    """Another writer did the same a moment before, so that it is refused after all."""
    numbers = await asyncio.gather(*(loop.to(walks.world, "assigned") for _ in range(3)))
    for number in numbers:
        await behind.write(walks.world, number, HEAD, Action.START, walks.world.clock())
        await loop.try_(walks.world, STAFF, number, "start")
        await loop.do(walks.world, STAFF, number, "submit")
    return list(numbers)


async def _handed_over(walks: Walks, numbers: list[str]) -> None:
    for number in numbers:
        await eventually(partial(behind.handed_over, walks.world, number))


async def _note(walks: Walks, number: str, text: str, person: str = STAFF) -> None:
    """A note by way of the engine alone; its answer may be that the case ended, or nothing."""
    actor = await behind.actor(walks.world, person)
    command = Command(action=Action.NOTE, request_id=uuid.uuid4().hex, actor=actor, note=text)
    with contextlib.suppress(Refused, Temporary):
        await behind.gateway(walks.world).act(number, command)


async def unwritable(walks: Walks, stack: Devstack) -> list[str]:
    """The record cannot be written while people act; some runs are cancelled while they wait."""
    numbers = [await loop.to(walks.world, stage) for stage in STAGES for _ in range(3)]
    async with trouble.without(stack, "UPDATE"):
        asked = [asyncio.create_task(_note(walks, one, "断线时", OFFICE)) for one in numbers]
        await _handed_over(walks, numbers)
        asked += [asyncio.create_task(_note(walks, one, "仍断线", CHECKER)) for one in numbers[::2]]
        for number in numbers[::3]:
            await walks.world.handle(number).cancel()
    await asyncio.gather(*asked)
    await walk.on(walks, numbers, 2)
    return numbers


async def unreadable(walks: Walks, stack: Devstack) -> list[str]:
    """The record cannot be read when runs start; people act on them and some are cancelled before it can be."""
    cases = [await behind.put_on_record(walks.world) for _ in range(12)]
    numbers = [case.id for case in cases]
    async with trouble.without(stack, "SELECT"):
        await asyncio.gather(*(behind.gateway(walks.world).start(case) for case in cases))
        asked = [asyncio.create_task(_note(walks, one, "尚未调阅", FINDER)) for one in numbers[::2]]
        await _handed_over(walks, numbers)
        for number in numbers[::4]:
            await walks.world.handle(number).cancel()
    await asyncio.gather(*asked)
    await walk.on(walks, numbers, 2)
    return numbers


async def hundred_changes(walks: Walks, stack: Devstack) -> list[str]:
    """So many changes that the run is continued by another."""
    numbers = await asyncio.gather(*(loop.to(walks.world, "rectifying") for _ in range(2)))
    for number in numbers:
        for some in range(0, 100, 5):
            await asyncio.gather(*(_note(walks, number, f"第{some + one}次") for one in range(5)))
    return list(numbers)


async def newer_days(walks: Walks, stack: Devstack) -> list[str]:
    """Orders that bring running cases under newer days, and one carried out again."""
    monday = walks.world.begin_on_monday().date()
    orders, numbers = [], []
    for week in range(4):
        region = await calendars.own_days(walks.world)
        numbers += await calendars.reports(walks.world, 2)
        edited = await calendars.close(walks.world, region, monday + timedelta(days=1 + week % 3))
        orders.append(restamp.workflow_id(edited["restamp"]))
    await behind.gateway(walks.world).start_restamp(orders[0].removeprefix("restamp-"))
    await walks.world.handle(orders[0]).result()
    return orders + numbers


async def other_teams(walks: Walks, stack: Devstack) -> list[str]:
    """A unit that is given to another team with its open cases, and back."""
    numbers = [(await walks.world.report(FINDER, unit="ec02"))["id"] for _ in range(3)]
    orders = []
    for team in ("team-2", "team-1"):
        orders.append(await organised.covered_by(walks.world, "ec02", team))
        await calendars.done(walks.world, orders[-1])
    return [restamp.workflow_id(order) for order in orders] + numbers


async def relays(walks: Walks, stack: Devstack) -> list[str]:
    """The relay of the intake, ended from outside and started again."""
    for rounds in (1, 2, 3):
        await behind.gateway(walks.world).start_relay()
        for _ in range(rounds):
            number = (await behind.put_on_record(walks.world)).id
            await eventually(partial(behind.taken_up, walks.world, number))
        await walks.world.handle(RELAY_ID).terminate("ended")
    return [RELAY_ID]


async def reconcilers(walks: Walks, stack: Devstack) -> list[str]:
    """The reconciler, for a short while and for so long that its run is continued."""
    for minutes in (1, 3, 203):
        await behind.gateway(walks.world).start_reconciler()
        await eventually(partial(behind.reconciled, walks.world))
        # the engine loses sight of it when the run is continued
        with contextlib.suppress(RuntimeError):
            await walks.world.skipper.fast_forward(walks.world.handle(RECONCILER_ID), minutes * EVERY)
        await walks.world.handle(RECONCILER_ID).terminate("ended")
    return [RECONCILER_ID]


async def claims(walks: Walks, stack: Devstack) -> list[str]:
    """Who works on it: claimed, given back, and handed over."""
    number = await loop.to(walks.world, "reported")
    await loop.do(walks.world, FINDER, number, "claim")
    await loop.do(walks.world, FINDER, number, "release")
    await loop.do(walks.world, CHECKER, number, "claim")
    await loop.do(walks.world, CHECKER, number, "hand_over", successor=FINDER)
    await loop.do(walks.world, FINDER, number, "confirm")
    return [number]


async def told(walks: Walks, number: str, action: Action) -> None:
    """Tell the engine something about a case that nobody carries now; it may be refused."""
    actor = await behind.actor(walks.world, FINDER)
    command = Command(action=action, request_id=uuid.uuid4().hex, actor=actor, note="先到的指令")
    try:
        await behind.gateway(walks.world).act(number, command)
    except (Refused, Temporary):
        walks.answers[409] += 1


async def talkative(walks: Walks, count: int) -> list[str]:
    """Cases with many acts, and one request asked again when the engine has a new run and the record no answer."""
    numbers = await asyncio.gather(*(loop.to(walks.world, "rectifying") for _ in range(count)))
    for number in numbers:
        actor = await behind.actor(walks.world, STAFF)
        first = Command(action=Action.NOTE, request_id=uuid.uuid4().hex, actor=actor, note="首条")
        await behind.gateway(walks.world).act(number, first)
        for some in range(3):
            await asyncio.gather(*(_note(walks, number, f"{some}-{one}") for one in range(4)))
        with contextlib.suppress(Temporary):
            await behind.gateway(walks.world).act(number, first)
    return list(numbers)


SCENES: Final[dict[str, tuple[Scene, int]]] = {
    "reconcilers": (reconcilers, 1),
    "relays": (relays, 1),
    "branches": (branches, 1),
    "short-walks": (short_walks, 8),
    "long-walks": (long_walks, 2),
    "ends": (ends, 1),
    "overtaken": (overtaken_by_what_it_wanted, 1),
    "unwritable": (unwritable, 1),
    "unreadable": (unreadable, 1),
    "hundred-changes": (hundred_changes, 1),
    "always-late": (contention.always_late, 1),
    "clock-overtaken": (contention.clock_overtaken, 1),
    "newer-days": (newer_days, 1),
    "other-teams": (other_teams, 1),
    "claims": (claims, 1),
    "remarks": (remarks.remarked, 1),
    "judged-by-the-record": (remarks.judged_by_the_record, 1),
    "judged-by-nothing": (remarks.judged_by_what_came_to_nothing, 1),
    "collections": (collecting.collections, 1),
    "collections-in-trouble": (collecting.in_trouble, 1),
    "collection-unknown": (collecting.unknown, 1),
    "series": (collecting.series, 1),
    "bulletin-clocks": (standing.bulletin_clocks, 1),
    "daily-seals": (standing.daily_seals, 1),
}
"""What is played on the main stack, in this order, and how often."""
