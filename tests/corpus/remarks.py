"""Scenes of remarks by a link, and of requests that are judged by what is still being recorded."""

import asyncio
import contextlib
import uuid
from collections.abc import Awaitable
from datetime import datetime
from typing import Any, Final

import asyncpg

from adapters.postgres import hazards
from adapters.postgres.hazards import PostgresHazards
from deploy.devstack import Devstack
from domain import hazard
from domain.errors import Refused, Temporary
from domain.hazard import Action, Case, Command, Remark
from tests.corpus import trouble
from tests.corpus.walk import Walks
from tests.harness import World
from tests.stack import eventually
from tests.stories import behind, loop
from tests.stories.loop import CHECKER, FINDER, HEAD, OFFICE

STAGES: Final = ("reported", "confirmed", "assigned", "rectifying", "verifying")
_ACCEPTED: Final = "workflow_execution_update_accepted"


async def _comment(world: World, number: str, note: str) -> None:
    """A remark as it comes in: a post issues a link, and its holder says something."""
    body = {"purpose": "示例消防工程公司上传施工照片", "hours": 72}
    link = await world.post(FINDER, f"/v1/hazards/{number}/links", body)
    assert link.status_code == 201, link.text
    headers = {"Authorization": f"Bearer {link.json()['token']}", "Idempotency-Key": uuid.uuid4().hex}
    said = await world.http.post("/v1/link/comments", headers=headers, json={"note": note})
    assert said.status_code == 201, said.text


def _remark(note: str) -> Remark:
    return Remark(request_id=f"link:{uuid.uuid4().hex}:1", note=note)


async def remarked(walks: Walks, stack: Devstack) -> list[str]:
    """Remarks by links in every stage, and the same one again when another run carries the case."""
    world = walks.world
    numbers = [await loop.to(world, stage) for stage in STAGES]
    for number in numbers:
        await _comment(world, number, "防火门已更换")
    for number in numbers[:2]:
        given = _remark("同一句")
        await behind.gateway(world).remark(number, given)
        first = (await world.handle(number).describe()).run_id
        await world.handle(number).cancel()
        await eventually(lambda number=number, first=first: _another(world, number, first))  # type: ignore[misc]
        await behind.gateway(world).remark(number, given)
    return numbers


async def _another(world: World, number: str, first: str | None) -> bool:
    """Whether another run has come to rest."""
    return (await world.handle(number).describe()).run_id != first and await trouble.at_rest(world, number)


async def _answer(asked: Awaitable[Any]) -> None:
    with contextlib.suppress(Refused, Temporary):
        await asked


async def _command(walks: Walks, person: str, action: Action, **more: Any) -> Command:
    actor = await behind.actor(walks.world, person)
    return Command(action=action, request_id=uuid.uuid4().hex, actor=actor, **more)


async def judged_by_the_record(walks: Walks, stack: Devstack) -> list[str]:
    """A case is about to end, which is not on record yet: what it then refuses waits until it is."""
    world, gateway = walks.world, behind.gateway(walks.world)
    numbers = [await loop.to(world, stage) for stage in ("reported", "confirmed", "confirmed")]
    asked = []
    async with trouble.without(stack, "UPDATE"):
        for number in numbers:
            ends = await _command(walks, OFFICE, Action.DISMISS, reason="现场核实无此隐患")
            asked.append(asyncio.create_task(_answer(gateway.act(number, ends))))
            await eventually(lambda number=number: behind.handed_over(world, number))  # type: ignore[misc]
            late = await _command(walks, CHECKER, Action.NOTE, note="仍在现场")
            asked.append(asyncio.create_task(_answer(gateway.remark(number, _remark("我方已到场")))))
            asked.append(asyncio.create_task(_answer(gateway.act(number, late))))
            await eventually(lambda number=number: trouble.happened(world, number, _ACCEPTED, 3))  # type: ignore[misc]
    await asyncio.gather(*asked)
    return numbers


async def judged_by_what_came_to_nothing(walks: Walks, stack: Devstack) -> list[str]:
    """As before, but another writer takes the place of the end: nobody is refused for what never came on record."""
    world, gateway = walks.world, behind.gateway(walks.world)
    numbers = [await loop.to(world, stage) for stage in ("reported", "confirmed", "confirmed")]
    cases = [await PostgresHazards(world.database).load(number) for number in numbers]
    asked = []
    async with trouble.without(stack, "UPDATE") as owner:
        for number, case in zip(numbers, cases, strict=True):
            ends = await _command(walks, OFFICE, Action.DISMISS, reason="现场核实无此隐患")
            asked.append(asyncio.create_task(_answer(gateway.act(number, ends))))
            await eventually(lambda number=number: behind.handed_over(world, number))  # type: ignore[misc]
            given = await _command(walks, CHECKER, Action.NOTE, note="仍在现场")
            asked.append(asyncio.create_task(_answer(gateway.act(number, given))))
            await eventually(lambda number=number: trouble.happened(world, number, _ACCEPTED, 2))  # type: ignore[misc]
            # the engine lost the first attempt after it was recorded, and something else came between
            between = await _command(walks, HEAD, Action.NOTE, note="另一处写入")
            async with owner.transaction():
                after = await _append(owner, case, between, world.clock())
                await _append(owner, after, given, world.clock())
    await asyncio.gather(*asked)
    return numbers


async def _append(owner: asyncpg.Connection, case: Case, command: Command, at: datetime) -> Case:
    change = hazard.apply(case, command, at)
    assert change is not None
    await hazards.append(owner, change)
    return change.case
