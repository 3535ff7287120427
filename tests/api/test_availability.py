"""What the API does while the engine, the worker or the database is away, tried on the real processes.

Frozen means suspended (connections stay open, nothing answers); stopped means gone (connections are refused).
"""

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Final, TypeVar

import httpx
import pytest
from temporalio.client import WorkflowExecutionStatus, WorkflowHandle
from temporalio.service import RPCError

from tests.api.live import Json, Live
from tests.stack import eventually

T = TypeVar("T")
DATABASE_SECONDS: Final = 2.0
ENGINE_SECONDS: Final = 3.0
TRIES: Final = 4


@pytest.fixture(scope="module")
def live(prompt: Live) -> Live:
    """What is away is told as soon as by the processes that are shipped."""
    return prompt


async def _within(seconds: float, ask: Callable[[], Awaitable[T]]) -> T:
    """What comes of asking, in time. On a machine that stood still meanwhile it is asked again, a few times at most."""
    took: list[float] = []
    while len(took) < TRIES:
        began = time.monotonic()
        answer = await ask()
        took.append(time.monotonic() - began)
        if took[-1] < seconds:
            return answer
    raise AssertionError(f"{answer} after {took} s")


def _assert_away(answer: httpx.Response, code: str) -> None:
    assert answer.status_code == 503, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == code
    assert int(answer.headers["retry-after"]) > 0


async def _case(live: Live) -> str:
    answer = await live.report()
    assert answer.status_code == 201, answer.text
    reported: Json = answer.json()
    case: str = reported["id"]
    return case


async def _note(live: Live, case: str, key: str) -> httpx.Response:
    return await live.post("p-team1a", f"/v1/hazards/{case}/actions/note", {"note": "已到现场"}, key)


async def _done(live: Live, case: str, key: str) -> httpx.Response | None:
    """The answer to the note, once it is no longer that something is away."""
    answer = await _note(live, case, key)
    return answer if answer.status_code != 503 else None


async def _is_ready(live: Live) -> bool:
    answer = await live.http.get("/readyz")
    told: Json = answer.json()
    return told == {"status": "ready", "degraded": []}


async def _assert_reports_are_taken(live: Live, case: str) -> str:
    """Without the engine: a report is on record, a command may be repeated, reads go on. Gives the new case."""
    report, command, ready = await asyncio.gather(
        _within(ENGINE_SECONDS, lambda: live.report(key=f"k-report-{case}", place=f"{case}旁")),
        _within(ENGINE_SECONDS, lambda: _note(live, case, f"k-{case}")),
        _within(ENGINE_SECONDS, lambda: live.http.get("/readyz")),
    )
    assert report.status_code == 202, report.text
    assert report.json()["engine"] == "pending"
    _assert_away(command, "engine_unavailable")
    assert ready.status_code == 200
    assert ready.json() == {"status": "ready", "degraded": ["engine"]}
    pending: str = report.json()["id"]
    for path in (f"/v1/hazards/{pending}", f"/v1/hazards/{pending}/timeline", "/v1/hazards", "/v1/me/work"):
        assert (await _within(1, partial(live.get, "p-office", path))).status_code == 200
    return pending


async def test_with_the_engine_frozen_reports_are_taken_and_commands_may_be_repeated(live: Live) -> None:
    case = await _case(live)
    with live.frozen("temporal"):
        pending = await _assert_reports_are_taken(live, case)
    await asyncio.gather(_assert_done_once(live, case), _assert_done_once(live, pending))


async def test_with_the_engine_gone_reports_are_taken_and_commands_may_be_repeated(live: Live) -> None:
    case = await _case(live)
    async with live.stopped("temporal"):
        pending = await _assert_reports_are_taken(live, case)
    await asyncio.gather(_assert_done_once(live, case), _assert_done_once(live, pending))
    assert await eventually(lambda: _is_ready(live))


async def test_the_relay_alone_starts_what_was_reported_without_the_engine(live: Live) -> None:
    with live.frozen("temporal"):
        report = await live.report()
        assert report.status_code == 202
    case = report.json()["id"]
    handle = live.client.get_workflow_handle(case)
    assert await eventually(lambda: _is_running(handle))
    assert await eventually(lambda: _is_started_at_once(live))


async def _is_started_at_once(live: Live) -> bool:
    """Whether a new report finds the engine there; the API asks after it four times a second while it is away."""
    return (await live.report()).status_code == 201


async def _is_running(handle: WorkflowHandle[Any, Any]) -> bool:
    try:
        return (await handle.describe()).status is WorkflowExecutionStatus.RUNNING
    except RPCError:
        return False


async def test_with_the_worker_frozen_a_command_waits_in_vain_and_its_repeat_counts_once(live: Live) -> None:
    case = await _case(live)
    with live.frozen("worker"):
        attempts = [_within(ENGINE_SECONDS, lambda: _note(live, case, f"k-{case}")) for _ in range(3)]
        *commands, report = await asyncio.gather(*attempts, _within(ENGINE_SECONDS, live.report))
        for command in commands:
            _assert_away(command, "engine_unavailable")
        assert report.status_code == 201, "the engine is there, and keeps the start for the worker"
    await _assert_done_once(live, case)


async def test_with_the_worker_gone_a_command_waits_in_vain_and_its_repeat_counts_once(live: Live) -> None:
    case = await _case(live)
    async with live.stopped("worker"):
        command = await _within(ENGINE_SECONDS, lambda: _note(live, case, f"k-{case}"))
        _assert_away(command, "engine_unavailable")
    await _assert_done_once(live, case)


async def _everything(live: Live, case: str) -> list[httpx.Response]:
    """One request to every kind of route at once."""
    files = {"file": ("photo.jpg", b"\xff\xd8\xff")}
    calls = [
        live.get("p-office", "/v1/me"),
        live.get("p-office", "/v1/me/work"),
        live.get("p-office", "/v1/units"),
        live.get("p-office", "/v1/posts"),
        live.get("p-office", "/v1/categories"),
        live.get("p-office", "/v1/hazards"),
        live.get("p-office", f"/v1/hazards/{case}"),
        live.get("p-office", f"/v1/hazards/{case}/timeline"),
        live.get("p-office", "/v1/files/f-0123456789abcdef0123456789abcdef"),
        live.http.post("/v1/files", headers=live.headers("p-office"), files=files),
        live.report(),
        *(_note(live, case, f"k-{case}") for _ in range(10)),
    ]
    return await asyncio.gather(*calls)


async def test_with_the_database_frozen_every_route_says_so_in_time(live: Live) -> None:
    case = await _case(live)
    with live.frozen("postgres"):
        # the second round meets connections that the first one gave up
        for _ in range(2):
            for answer in await _within(DATABASE_SECONDS, lambda: _everything(live, case)):
                _assert_away(answer, "database_unavailable")
        ready = await _within(ENGINE_SECONDS, lambda: live.http.get("/readyz"))
        assert ready.status_code == 503
        assert ready.json() == {"status": "not_ready", "degraded": ["database"]}
        assert (await live.http.get("/healthz")).status_code == 200
    await _assert_done_once(live, case)
    assert await eventually(lambda: _is_ready(live))


async def test_with_the_database_gone_every_route_says_so_and_recovers_without_a_restart(live: Live) -> None:
    case = await _case(live)
    api = live.child("api").pid
    async with live.stopped("postgres"):
        for answer in await _within(DATABASE_SECONDS, lambda: _everything(live, case)):
            _assert_away(answer, "database_unavailable")
        assert (await live.http.get("/readyz")).json()["degraded"] == ["database"]
    await _assert_done_once(live, case)
    assert live.child("api").pid == api


@pytest.mark.parametrize("delay", [0.0, 0.01, 0.03])
async def test_an_api_killed_in_the_middle_of_a_command_did_it_once_or_does_it_on_the_repeat(
    live: Live, delay: float
) -> None:
    case = await _case(live)
    asking = asyncio.ensure_future(_note(live, case, f"k-{case}"))
    await asyncio.wait({asking}, timeout=delay)
    killed = live.child("api").pid
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    await asyncio.gather(asking, return_exceptions=True)
    await eventually(lambda: _is_up_again(live, killed))
    await _assert_done_once(live, case)


async def _is_up_again(live: Live, killed: int) -> bool:
    try:
        return live.child("api").pid not in (None, killed) and await _is_ready(live)
    except httpx.TransportError:
        return False


async def _assert_done_once(live: Live, case: str) -> None:
    """The note is repeated under its key until it is answered; the record shows it once."""
    answer = await eventually(lambda: _done(live, case, f"k-{case}"))
    assert answer.status_code == 200, answer.text
    repeat = await _note(live, case, f"k-{case}")
    assert repeat.status_code == 200
    assert repeat.headers["idempotency-replayed"] == "true"
    assert repeat.json() == answer.json()
    assert (await live.timeline(case)).count("note") == 1
