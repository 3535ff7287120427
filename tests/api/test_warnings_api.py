"""What an administrator is told before it hurts (bar M3): each warning names its row, and goes when it is mended."""

import contextlib
import copy
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

import asyncpg
import pytest

from deploy import postgres
from deploy.devstack import Devstack
from tests.harness import REGION, World
from tests.stories import calendars, loop
from tests.stories.loop import BY_ROLE, OFFICE

Owner: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
NO_LEADER = (
    "DELETE FROM desks WHERE name = 'leader'",
    "INSERT INTO desks (name, post_id) VALUES ('leader', 'leader')",
)


@pytest.fixture(scope="module")
def world(apart: World) -> World:
    """Here posts fall vacant and desks are cleared."""
    return apart


@pytest.fixture(autouse=True)
def _clock_set_back(world: World) -> None:
    world.clock.ahead, world.following = timedelta(), False


@pytest.fixture
async def owner(apart_stack: Devstack) -> AsyncIterator[Owner]:
    url = postgres.url(apart_stack.data, postgres.OWNER, apart_stack.secrets.owner)
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


async def _warned(world: World) -> dict[tuple[str, str], str]:
    """The warnings of the organisation and the policy: code and row, and the sentence."""
    answer = await world.get(OFFICE, "/v1/warnings")
    assert answer.status_code == 200, answer.text
    items = answer.json()["items"]
    return {(one["code"], one["about"]): one["message"] for one in items if one["code"] != "calendar_ends"}


@contextlib.asynccontextmanager
async def _changed(owner: Owner, *changes: tuple[str, str]) -> AsyncIterator[None]:
    """Each change is a statement and the one that takes it back."""
    for statement, _ in changes:
        await owner.execute(statement)
    try:
        yield
    finally:
        for _, back in reversed(changes):
            await owner.execute(back)


@pytest.mark.parametrize("role", sorted(BY_ROLE))
async def test_the_office_and_the_leaders_are_warned_and_nobody_else(world: World, role: str) -> None:
    answer = await world.get(BY_ROLE[role], "/v1/warnings")
    if role in ("office", "leader"):
        assert answer.status_code == 200, answer.text
    else:
        assert (answer.status_code, answer.json()["code"]) == (403, "role_required")
        assert answer.headers["content-type"] == "application/problem+json"


async def test_the_sample_has_nothing_to_warn_of(world: World) -> None:
    assert await _warned(world) == {}


async def test_a_post_that_nobody_holds(world: World, owner: Owner) -> None:
    vacated = (
        "DELETE FROM holders WHERE post_id = 'ec02-safety'",
        "INSERT INTO holders (post_id, person_id) VALUES ('ec02-safety', 'p-ec02-safety')",
    )
    async with _changed(owner, vacated):
        warned = await _warned(world)
        assert list(warned) == [("post_vacant", "ec02-safety")]
        assert "松鹤老年公寓安全员" in warned["post_vacant", "ec02-safety"]
    assert await _warned(world) == {}


async def test_a_unit_without_a_post_of_its_head(world: World, owner: Owner) -> None:
    headless = (
        "UPDATE posts SET role = 'unit_staff' WHERE id = 'ec02-head'",
        "UPDATE posts SET role = 'unit_head' WHERE id = 'ec02-head'",
    )
    async with _changed(owner, headless):
        warned = await _warned(world)
        assert list(warned) == [("unit_without_head", "ec02")]
        assert "松鹤老年公寓（示例）" in warned["unit_without_head", "ec02"]


async def test_open_work_that_waits_on_a_team_which_covers_the_unit_no_more(
    world: World, owner: Owner
) -> None:
    number = (await world.report(loop.FINDER, unit="ec02"))["id"]
    moved = (
        "UPDATE units SET team_post = 'team-2' WHERE id = 'ec02'",
        "UPDATE units SET team_post = 'team-1' WHERE id = 'ec02'",
    )
    async with _changed(owner, moved):
        warned = await _warned(world)
        assert list(warned) == [("work_of_former_team", "ec02")]
        assert "松鹤老年公寓（示例）有 1 件" in warned["work_of_former_team", "ec02"]
        assert "第一督导组" in warned["work_of_former_team", "ec02"]
        # the team that covers it now sees it and acts on it, the former one does neither
        assert (await world.get(loop.FINDER, f"/v1/hazards/{number}")).status_code == 404
        assert (await loop.do(world, "p-team2a", number, "confirm"))["stage"] == "confirmed"
        assert await _warned(world) == {}


@pytest.mark.parametrize("desk", ["office", "deputy", "leader"])
async def test_a_desk_that_no_post_stands_for(world: World, owner: Owner, desk: str) -> None:
    cleared = (
        f"DELETE FROM desks WHERE name = '{desk}'",  # noqa: S608 - a word of the test
        f"INSERT INTO desks (name, post_id) VALUES ('{desk}', '{desk}')",  # noqa: S608 - likewise
    )
    async with _changed(owner, cleared):
        assert list(await _warned(world)) == [("desk_missing", desk)]


async def test_a_ladder_that_reaches_nobody(world: World, owner: Owner) -> None:
    ladders = copy.deepcopy(calendars.TERMS["ladders"])
    ladders["major"]["rungs"] = ladders["major"]["rungs"][-1:]
    version = await calendars.policy(world, REGION, ladders=ladders)
    try:
        assert await _warned(world) == {}
        async with _changed(owner, NO_LEADER):
            warned = await _warned(world)
            assert list(warned) == [("desk_missing", "leader"), ("ladder_reaches_nobody", "major")]
    finally:
        await owner.execute("DELETE FROM policies WHERE version = $1", version)


async def test_a_calendar_that_ends_in_under_sixty_days(world: World) -> None:
    ending = await calendars.region(world, years=[world.clock().year + 1])
    end = datetime(world.clock().year + 2, 1, 1, tzinfo=UTC) - timedelta(hours=8)
    for left, warned in ((timedelta(days=60, minutes=1), False), (timedelta(days=59), True)):
        world.clock.ahead = end - left - datetime.now(UTC)
        items = (await world.get(OFFICE, "/v1/warnings")).json()["items"]
        found = [one["message"] for one in items if (one["code"], one["about"]) == ("calendar_ends", ending)]
        assert bool(found) is warned
    assert f"只到{end.year}-12-31" in found[0]


async def test_a_case_whose_time_stands_still_for_long(world: World) -> None:
    number = await loop.to(world, "assigned")
    await loop.do(world, OFFICE, number, "pause")
    assert await _warned(world) == {}
    paused = (await world.see(number))["clock"]
    assert (paused["last_day"], paused["due_at"], paused["provisional"]) == (None, None, False)
    world.clock.ahead = timedelta(days=31)
    assert list(await _warned(world)) == [("case_paused_long", number)]
    world.clock.ahead = timedelta()
    await loop.do(world, OFFICE, number, "resume")
    world.clock.ahead = timedelta(days=31)
    assert await _warned(world) == {}


async def test_a_case_is_taken_all_the_same(world: World, owner: Owner) -> None:
    async with _changed(owner, NO_LEADER):
        assert (await world.report())["is_new"]
