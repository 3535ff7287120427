"""A case with a life so long that its run is continued by another: nobody notices (bar I1)."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from functools import partial

import httpx
import pytest
from temporalio.testing import WorkflowEnvironment

from deploy import engine
from deploy.devstack import Devstack
from domain.hazard import Action, Command
from tests import harness
from tests.harness import World
from tests.stack import eventually
from tests.stories import behind, loop
from tests.stories.loop import CHECKER, STAFF
from workflows import gateway
from workflows.converter import CONVERTER

EVENTS = 40
"""After so many events the engine of these tests suggests to continue as a new run; in service it is thousands."""


@pytest.fixture
async def brief(stack: Devstack) -> AsyncIterator[World]:
    """The system on an engine that wants short runs."""
    async with AsyncExitStack() as opened:
        server = await opened.enter_async_context(
            await WorkflowEnvironment.start_local(
                data_converter=CONVERTER,
                dev_server_existing_path=str(engine.binary()),
                dev_server_log_level="error",
                dev_server_extra_args=[
                    "--dynamic-config-value",
                    f"limit.historyCount.suggestContinueAsNew={EVENTS}",
                ],
            )
        )
        await gateway.register_search_attributes(server.client)
        address = server.client.service_client.config.target_host
        yield await opened.enter_async_context(harness.world(stack, BIHUAN_TEMPORAL_ADDRESS=address))


async def _first_run(world: World, number: str) -> str:
    history = await world.handle(number).fetch_history()
    return history.events[0].workflow_execution_started_event_attributes.first_execution_run_id


async def _continued(world: World, number: str) -> bool:
    return (await world.handle(number).describe()).run_id != await _first_run(world, number)


async def _persistent(world: World, number: str, key: str) -> httpx.Response:
    """A command as a client sends it: again with the same key while the answer is "try again"."""
    path = f"/v1/hazards/{number}/actions/note"

    async def once() -> httpx.Response | None:
        answer = await world.post(STAFF, path, {"note": key}, key)
        return None if answer.status_code == 503 else answer

    return await eventually(once)


async def test_a_continued_run_keeps_every_change_once_and_the_deadline(brief: World) -> None:
    number = await loop.to(brief, "rectifying", place="档案室")
    before = await brief.see(number)
    keys = [f"note-{uuid.uuid4()}" for _ in range(40)]
    for some in range(0, len(keys), 5):
        answers = await asyncio.gather(*(_persistent(brief, number, key) for key in keys[some : some + 5]))
        assert {answer.status_code for answer in answers} == {200}
    assert await eventually(partial(_continued, brief, number))
    lines = await loop.timeline(brief, number)
    notes = [line["note"] for line in lines if line["action"] == "note"]
    assert sorted(notes) == sorted(keys)
    assert [line["seq"] for line in lines] == list(range(1, before["seq"] + 41))
    assert (await brief.see(number))["due_at"] == before["due_at"]
    await loop.do(brief, STAFF, number, "submit")
    await loop.do(brief, CHECKER, number, "pass")
    assert await brief.handle(number).result() == "已销号"


async def test_a_command_repeated_in_the_continued_run_is_not_done_again(brief: World) -> None:
    number, key = await loop.to(brief, "assigned", place="图书室"), f"start-{uuid.uuid4()}"
    path = f"/v1/hazards/{number}/actions/start"
    assert (await brief.post(STAFF, path, {}, key)).status_code == 200
    for note in range(10):
        await _persistent(brief, number, f"{key}-{note}")
    assert await eventually(partial(_continued, brief, number))
    seq = (await brief.see(number))["seq"]
    again = Command(action=Action.START, request_id=f"{STAFF}:{key}", actor=await behind.actor(brief, STAFF))
    assert (await behind.gateway(brief).act(number, again)).seq == seq
    assert [line["action"] for line in await loop.timeline(brief, number)].count("start") == 1
