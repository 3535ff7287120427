"""Open hazards in number, on record and started, all due at one instant; and bare workflows that wait as they do."""

import asyncio
import uuid
from datetime import UTC, datetime

import asyncpg

from adapters.postgres import codecs
from adapters.postgres.intake import case_number
from bench import bare, copies, measure, stories
from bench.floor_engine import Bare
from bench.stand import Stand
from bench.stories import STORIES
from deploy import postgres
from domain.errors import Temporary
from domain.hazard import Case
from workflows.gateway import HazardGateway

AT_ONCE = 20
UNIT = "ec01"
_SNAPSHOTS = "SELECT snapshot FROM hazards WHERE id = ANY ($1) ORDER BY id"
_LAST = "SELECT last FROM case_numbers WHERE year = $1"


async def put(stand: Stand, count: int, due: datetime, steps: int = 1) -> list[Case]:
    """``count`` open hazards on record, due at ``due`` (aware, a whole minute); nothing is started yet."""
    now = datetime.now(UTC)
    superuser = await asyncpg.connect(
        postgres.url(stand.data, "postgres", stand.stack.secrets.postgres), timeout=60
    )
    try:
        teller = await stories.teller(stand.database, UNIT, now)
        terms = stories.due_on(await stories.terms_at(stand.database, now), due)
        case = await teller.tell(STORIES[0], now - STORIES[0].every * (steps + 1), now, steps, terms)
        pattern = await copies.pattern(stand.database, case.id)
        await copies.forget(superuser, [case.id])
        year = int(case.id.split("-")[1])
        first = await superuser.fetchval(_LAST, year)
        run = uuid.uuid4().hex[:6]
        numbers = range(first + 1, first + count + 1)
        ids = [case_number(year, number) for number in numbers]
        places = [f"{run}-{number}" for number in numbers]
        async with superuser.transaction():
            await copies.write(superuser, pattern, copies.Names(ids=ids, units=[UNIT] * count, places=places))
            await copies.number_on(superuser, {year: first + count})
        rows = await superuser.fetch(_SNAPSHOTS, ids)
    finally:
        await superuser.close()
    return [codecs.case(row["snapshot"]) for row in rows]


async def start(stand: Stand, cases: list[Case]) -> None:
    """Start their workflows, as the relay does, and wait until every run has read its case."""
    gateway = HazardGateway(stand.client, task_queue=stand.settings.task_queue, timeout=15)

    async def one(_lane: int, number: int) -> None:
        while True:
            try:
                return await gateway.start(cases[number])
            except Temporary:
                await asyncio.sleep(0.1)

    await measure.at_once(len(cases), AT_ONCE, one)
    await _settled(stand, [case.id for case in cases[-AT_ONCE:]])


async def start_bare(stand: Stand, prefix: str, count: int, due: datetime | None, *, writes: bool) -> None:
    """Start ``count`` bare workflows that sleep until ``due``, or wait for ever."""

    async def one(_lane: int, number: int) -> None:
        left = (due - datetime.now(UTC)).total_seconds() if due else 0.0
        await bare.start(
            stand.client,
            Bare(updates=1, writes=writes, sleeps=max(0.1, left) if due else 0),
            f"{prefix}-{number}",
        )

    await measure.at_once(count, AT_ONCE, one)
    await _settled(stand, [f"{prefix}-{number}" for number in range(max(0, count - AT_ONCE), count)])


async def transitions(stand: Stand, workflow_ids: list[str]) -> float:
    """The mean number of state transitions of these workflows so far."""
    described = [await stand.client.get_workflow_handle(one).describe() for one in workflow_ids]
    counts = [one.raw_description.workflow_execution_info.state_transition_count for one in described]
    return sum(counts) / len(counts)


async def _settled(stand: Stand, workflow_ids: list[str]) -> None:
    """Wait until the first task of each of these workflows is done."""
    for one in workflow_ids:
        handle = stand.client.get_workflow_handle(one)
        while (await handle.describe()).history_length < 4:  # noqa: ASYNC110 - it is another process that we wait for
            await asyncio.sleep(0.1)
