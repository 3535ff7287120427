"""The branches of the collections' workflow whose histories are kept and replayed."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from typing import Final

from tests.collections import acts
from tests.collections.acts import UNITS
from tests.harness import World
from tests.stack import eventually

_HOUR: Final = timedelta(hours=1)


async def _is(world: World, number: str, phase: str) -> bool:
    return bool((await acts.status(world, number))["phase"] == phase)


async def collection_cut_off(world: World) -> str:
    """Opened, reminded, extended for one unit, due, chased, cut off, and its bulletin drafted."""
    monday = world.begin_on_monday()
    made = await acts.roster(world, monday, _HOUR)
    number: str = made["id"]
    await eventually(partial(_is, world, number, "open"))
    await acts.send_roster(world, "ec01", made)
    later = acts.iso(monday + _HOUR + timedelta(minutes=40))
    await acts.must(world, number, "extend", unit_id="ec02", until=later, reason="公章外出")
    for minutes in (30, 60, 70, 100, 120):
        await world.until(monday + timedelta(minutes=minutes), number)
    await eventually(partial(_is, world, number, "ended"))
    await world.handle(number).result()
    return number


async def collection_ended_early(world: World) -> str:
    """Everybody reports before the due instant."""
    number: str = (await acts.create(world, world.begin_on_monday(), _HOUR * 2))["id"]
    await eventually(partial(_is, world, number, "open"))
    for unit in UNITS:
        await acts.zero(world, unit, number)
    await world.handle(number).result()
    return number


async def collection_cancelled(world: World) -> str:
    """Withdrawn while it is open."""
    number: str = (await acts.create(world, world.begin_on_monday(), _HOUR * 2))["id"]
    await eventually(partial(_is, world, number, "open"))
    await acts.must(world, number, "cancel", reason="文件撤回")
    await world.handle(number).result()
    return number


BRANCHES: Final[dict[str, Callable[[World], Awaitable[str]]]] = {
    one.__name__: one for one in (collection_cut_off, collection_ended_early, collection_cancelled)
}
