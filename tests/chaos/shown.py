"""What cases show from four sides: the record, the API, the run in the worker's memory, and its timers in the engine.

Invariant: nothing here changes a case; two looks at cases that rest are equal, to the last field.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

import httpx
from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHistory
from temporalio.service import RPCError

from adapters.postgres.database import Database
from domain.errors import Temporary
from tests.api.live import Json, Live
from tests.stack import eventually
from tests.stories.loop import OFFICE

T = TypeVar("T")

AT_ONCE: Final = 12
WITHIN: Final = 120.0
"""Seconds that one question may take, over and over, while everything starts again."""

_RECORD: Final = """
SELECT hazards.id, to_jsonb(hazards)::text AS case,
    (SELECT jsonb_agg(to_jsonb(changes) ORDER BY seq) FROM changes WHERE case_id = hazards.id)::text AS chain,
    (SELECT jsonb_agg(to_jsonb(case_files) ORDER BY seq, file_id, kind) FROM case_files
     WHERE case_id = hazards.id)::text AS citations,
    (SELECT jsonb_agg(to_jsonb(notices) ORDER BY id) FROM notices WHERE case_id = hazards.id)::text AS notices
FROM hazards WHERE id = ANY ($1)
"""
"""Everything on record of these cases, as text."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """A run: its id and state, the attributes shown, the card that it holds in memory, its timers and when they fire."""

    id: str
    state: str
    attributes: str
    card: str
    timers: tuple[tuple[str, datetime], ...]


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One case from all sides."""

    record: tuple[str, ...]
    api: Json
    run: Run


async def shown(live: Live, database: Database, numbers: Sequence[str]) -> dict[str, Shown]:
    """What each case shows now, or as soon as everything answers."""
    rows = await _until(lambda: recorded(database, numbers))
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(number: str) -> Shown:
        async with gate:
            api = await _until(lambda: _told(live, number))
            run = await _until(lambda: ran(live.client, number))
        return Shown(record=rows[number], api=api, run=run)

    return dict(zip(numbers, await asyncio.gather(*(one(number) for number in numbers)), strict=True))


async def _until(ask: Callable[[], Awaitable[T]]) -> T:
    async def again() -> T | None:
        with contextlib.suppress(httpx.HTTPError, RPCError, RuntimeError, TimeoutError, Temporary):
            async with asyncio.timeout(20):
                return await ask()
        return None

    return await eventually(again, within=WITHIN)


async def recorded(database: Database, numbers: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Everything on record of these cases: row, chain, citations, notices. Raises ``Temporary``."""
    async with database.connection() as connection:
        return {row["id"]: tuple(row) for row in await connection.fetch(_RECORD, list(numbers))}


async def _told(live: Live, number: str) -> Json:
    answer = await live.get(OFFICE, f"/v1/hazards/{number}")
    answer.raise_for_status()
    told: Json = answer.json()
    return told


async def ran(client: Client, number: str) -> Run:
    """The last run of a case. A query is answered from memory, so after a restart the worker has played the whole history again for it."""
    handle = client.get_workflow_handle(number)
    described = await handle.describe()
    card = ""
    timers: tuple[tuple[str, datetime], ...] = ()
    if described.status is WorkflowExecutionStatus.RUNNING:
        metadata: Any = await handle.query("__temporal_workflow_metadata", result_type=WorkflowMetadata)
        card, timers = metadata.current_details, _pending(await handle.fetch_history())
    return Run(
        id=described.run_id or "",
        state=str(described.status),
        attributes=str(
            sorted((pair.key.name, str(pair.value)) for pair in described.typed_search_attributes)
        ),
        card=card,
        timers=timers,
    )


def _pending(history: WorkflowHistory) -> tuple[tuple[str, datetime], ...]:
    timers: dict[str, datetime] = {}
    for event in history.events:
        if event.HasField("timer_started_event_attributes"):
            begun = event.timer_started_event_attributes
            timers[begun.timer_id] = (
                event.event_time.ToDatetime(tzinfo=UTC) + begun.start_to_fire_timeout.ToTimedelta()
            )
        timers.pop(event.timer_fired_event_attributes.timer_id, None)
        timers.pop(event.timer_canceled_event_attributes.timer_id, None)
    return tuple(timers.items())
