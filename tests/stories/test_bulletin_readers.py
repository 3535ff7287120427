"""Who has read an issued bulletin is exact; chasing thins out and stops on reading; drafts that wait are told of (bar P3)."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from temporalio.api.workflowservice.v1 import DescribeWorkflowExecutionResponse
from temporalio.client import WorkflowHandle

from tests.harness import World
from tests.stories import bulletins as story
from workflows.bulletin import BulletinClockWorkflow

UNITS = ["ec01", "ec02", "ec03", "ec04", "ec05", "ec06", "fu01", "fu02", "su01"]


async def _read(world: World, person: str, number: str) -> None:
    answer = await world.post(person, f"/v1/bulletins/{number}/actions/read", {})
    assert answer.status_code == 200, answer.text


async def test_an_issued_bulletin_goes_to_every_unit_and_who_has_not_read_it_is_listed(world: World) -> None:
    issued = await story.issued(world, await story.listed(world))
    number = issued["id"]
    assert await story.readers(world, number, read=False) == UNITS
    await _read(world, "p-ec01-head", number)
    await _read(world, "p-ec01-safety", number)
    notice = (await story.inbox(world, "p-ec02-safety", number))[0]
    assert issued["number"] in notice["text"]
    acknowledged = await world.post("p-ec02-safety", f"/v1/me/notices/{notice['id']}/ack", None)
    assert acknowledged.status_code == 200
    assert await story.readers(world, number, read=True) == ["ec01", "ec02"]
    assert await story.readers(world, number, read=False) == UNITS[2:]
    assert await story.readers(world, number, person="p-ec03-head") == ["ec03"], "a unit sees itself"


async def test_nobody_reads_for_another_unit_and_the_bureau_reads_for_none(world: World) -> None:
    issued = await story.issued(world, await story.listed(world))
    await _read(world, "p-ec01-head", issued["id"])
    assert await story.readers(world, issued["id"], read=True) == ["ec01"]
    answer = await world.post(story.OFFICE, f"/v1/bulletins/{issued['id']}/actions/read", {})
    assert (answer.status_code, answer.json()["code"]) == (403, "role_required")


async def test_a_draft_is_nobodys_but_the_bureaus(world: World) -> None:
    draft = await story.drafted(world, await story.listed(world))
    for person in ("p-ec01-head", "p-ec03-safety", "p-team1a"):
        for path in ("", ".docx", ".pdf", ".xlsx", "/readers"):
            answer = await world.get(person, f"/v1/bulletins/{draft['id']}{path}")
            assert (answer.status_code, answer.json()["code"]) == (404, "bulletin_unknown"), (person, path)
        assert draft["id"] not in [one["id"] for one in await world.whole(person, "/v1/bulletins")]
    assert (await story.see(world, draft["id"], "p-oversight"))["allowed_actions"] == []


@asynccontextmanager
async def clock(world: World) -> AsyncIterator[WorkflowHandle[Any, Any]]:
    """A clock of bulletins that the test winds."""
    handle = await world.client.start_workflow(
        BulletinClockWorkflow.run, 0, id=f"clock-{uuid.uuid4().hex}", task_queue=world.settings.task_queue
    )
    try:
        yield handle
    finally:
        await handle.terminate()


async def wind(world: World, handle: WorkflowHandle[Any, Any], ahead: timedelta) -> None:
    """Let time pass for the API and for the clock of bulletins, and wait until the clock has looked."""
    world.clock.ahead += ahead
    behind = world.clock() - await world.skipper.get_current_time(handle)
    if behind > timedelta():
        await world.skipper.fast_forward(handle, behind)
    while _busy((await handle.describe()).raw_description):  # noqa: ASYNC110 - the engine tells nobody
        await asyncio.sleep(0.05)


def _busy(told: DescribeWorkflowExecutionResponse) -> bool:
    return bool(told.pending_activities) or told.HasField("pending_workflow_task")


async def test_who_has_not_read_is_chased_ever_more_rarely_until_it_is_read(world: World) -> None:
    issued = await story.issued(world, await story.listed(world))
    number = issued["id"]
    await _read(world, "p-ec01-head", number)
    async with clock(world) as handle:
        await wind(world, handle, timedelta(hours=25))
        assert await _chased(world, "p-ec02-safety", number) == 1
        assert await _chased(world, "p-ec01-safety", number) == 0
        await _read(world, "p-ec02-safety", number)
        await wind(world, handle, timedelta(hours=48))
        assert await _chased(world, "p-ec02-safety", number) == 1, "chasing stops on reading"
        assert await _chased(world, "p-ec03-safety", number) == 2
        await wind(world, handle, timedelta(hours=48))
        assert await _chased(world, "p-ec03-safety", number) == 2, "each wait is twice the one before"
        await wind(world, handle, timedelta(hours=48))
        assert await _chased(world, "p-ec03-safety", number) == 3
    waiting = [one for one in await story.inbox(world, "p-ec02-safety", number) if not one["acknowledged_at"]]
    assert waiting == [], "what was queued before is read with it"


async def _chased(world: World, person: str, number: str) -> int:
    return [one["kind"] for one in await story.inbox(world, person, number)].count("bulletin_unread")


async def test_a_draft_that_waits_is_told_of_to_the_post_that_it_waits_on(world: World) -> None:
    draft = await story.drafted(world, await story.listed(world))
    await story.decided(world, draft["id"])
    async with clock(world) as handle:
        await wind(world, handle, timedelta(hours=25))
        assert await _reminded(world, story.OFFICE, draft["id"]) == 1
        assert await _reminded(world, story.LEADER, draft["id"]) == 0
        await story.do(world, story.OFFICE, draft["id"], "review")
        await wind(world, handle, timedelta(hours=25))
        assert await _reminded(world, story.OFFICE, draft["id"]) == 1
        assert await _reminded(world, story.LEADER, draft["id"]) == 1


async def _reminded(world: World, person: str, number: str) -> int:
    return [one["kind"] for one in await story.inbox(world, person, number)].count("reminder")
