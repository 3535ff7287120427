"""The same hazard reported again: while open, after closure, and by twenty people at once (bar L6)."""

import asyncio
from datetime import timedelta

from tests.harness import Json, World
from tests.stories import loop
from tests.stories.loop import CHECKER, FINDER, OFFICE


async def test_a_report_of_what_is_open_returns_the_open_case(world: World) -> None:
    first = await world.report(FINDER, place="二楼 配电室Ａ")
    again = await world.report(loop.STAFF, place=" 二楼配电室a ", description="另一种说法", level="major")
    assert (again["is_new"], again["id"], again["seq"]) == (False, first["id"], 1)
    assert again["description"] == first["description"]


async def test_another_place_item_or_unit_is_another_case(world: World) -> None:
    first = await world.report(FINDER, place="三楼活动室")
    others = [
        await world.report(FINDER, place="四楼活动室"),
        await world.report(FINDER, place="三楼活动室", item="fire-extinguisher"),
        await world.report(FINDER, place="三楼活动室", unit="ec02"),
        await world.report(FINDER, place="三楼活动室", item=None),
        await world.report(FINDER, place="三楼活动室", item=None),
    ]
    assert all(other["is_new"] for other in others)
    assert len({first["id"], *(other["id"] for other in others)}) == 6


async def test_what_comes_back_after_closure_opens_one_case_linked_to_the_last(world: World) -> None:
    place = "五楼茶水间"
    first = await loop.to(world, "closed", place=place)
    second = await world.report(FINDER, place=place)
    assert (second["is_new"], second["repeat_of"]) == (True, first)
    again = await world.report(loop.STAFF, place=place)
    assert (again["is_new"], again["id"]) == (False, second["id"])
    for person, action in (
        (FINDER, "confirm"),
        (OFFICE, "assign"),
        (loop.STAFF, "start"),
        (loop.STAFF, "submit"),
    ):
        await loop.do(world, person, second["id"], action)
    await loop.do(world, CHECKER, second["id"], "pass")
    world.clock.ahead += timedelta(days=40)
    assert (await world.report(FINDER, place=place))["repeat_of"] == second["id"]


async def test_what_was_dismissed_is_no_hazard_to_be_linked_to(world: World) -> None:
    place = "六楼阳台"
    await loop.to(world, "dismissed", place=place)
    again = await world.report(FINDER, place=place)
    assert (again["is_new"], again["repeat_of"]) == (True, None)


async def test_a_closed_case_is_not_reopened_beside_its_own_repetition(world: World) -> None:
    place = "七楼走廊"
    first = await loop.to(world, "closed", place=place)
    before = await world.see(first)
    await world.report(FINDER, place=place)
    status, told = await loop.try_(world, OFFICE, first, "reopen")
    assert (status, told["code"]) == (409, "open_duplicate")
    assert await world.see(first) == before


async def test_twenty_reports_of_one_hazard_at_once_make_one_case(world: World) -> None:
    people = [FINDER, CHECKER, loop.STAFF, loop.HEAD, OFFICE] * 4
    evidence = {person: await world.cite(person, "before_photo") for person in set(people)}

    async def one(person: str) -> Json:
        return await world.report(person, place="一楼大厅", evidence=evidence[person])

    reports = await asyncio.gather(*(one(person) for person in people))
    assert len({report["id"] for report in reports}) == 1
    assert [report["is_new"] for report in reports].count(True) == 1
    assert [line["action"] for line in await loop.timeline(world, reports[0]["id"])] == ["report"]


async def test_twenty_new_hazards_at_once_get_twenty_numbers_without_a_gap(world: World) -> None:
    evidence = await world.cite(FINDER, "before_photo")
    reports = await asyncio.gather(*(world.report(FINDER, evidence=evidence) for _ in range(20)))
    numbers = sorted(int(report["id"].rpartition("-")[2]) for report in reports)
    assert numbers == list(range(numbers[0], numbers[0] + 20))
