"""B11 on DBOS: the same loop as a DBOS workflow that receives commands; its state is in the same PostgreSQL.

It runs in the benchmark's own process, client and worker in one, which spares DBOS a hop that the others have. The write-ahead
log of that PostgreSQL is synced at every commit, as the engine's file is in ours.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from dbos import DBOS, DBOSConfig, SetWorkflowID
from pydantic import TypeAdapter

from adapters.postgres import codecs
from adapters.postgres.hazards import PostgresHazards
from bench.stand import Stand
from deploy import postgres
from domain import hazard
from domain.hazard import Case, Command

_COMMAND = TypeAdapter(Command)
_RECORD: list[PostgresHazards] = []
"""Where the steps write; DBOS functions are module functions, so it is put here before they run."""


@DBOS.step()
async def load(case_id: str) -> str:
    """The case as recorded, as JSON."""
    return codecs.dump(await _RECORD[0].load(case_id))


@DBOS.step()
async def record(case_text: str, command_text: str, now: str) -> str:
    """Decide one command and put it on record; gives the case after it."""
    change = hazard.apply(
        codecs.case(case_text), _COMMAND.validate_json(command_text), datetime.fromisoformat(now)
    )
    if change is None:
        return case_text
    await _RECORD[0].append(change)
    return codecs.dump(change.case)


@DBOS.workflow()
async def carry(case_id: str) -> str:
    """Receive commands until the case is closed; each answer is an event under the request's id."""
    case = await load(case_id)
    while True:
        stands = codecs.case(case)
        if not stands.stage.is_open:
            return stands.stage.value
        coming = hazard.next_step(stands)
        left = 3600.0 if coming is None else max(1.0, (coming.at - datetime.now(UTC)).total_seconds())
        told = await DBOS.recv_async("act", timeout_seconds=left)
        if told is not None:
            case = await record(case, told["command"], told["now"])
            await DBOS.set_event_async(told["id"], "on record")


class OnDbos:
    """Fits ``bench.engines.Engine``."""

    name = "DBOS"
    processes: dict[str, int] = {}  # noqa: RUF012 - it runs in this process and in PostgreSQL

    async def start(self, case: Case) -> None:
        """Start the case's workflow under its number."""
        with SetWorkflowID(case.id):
            await DBOS.start_workflow_async(carry, case.id)

    async def act(self, case_id: str, command: Command) -> None:
        """Send a command and wait for its event."""
        text = _COMMAND.dump_json(command).decode()
        message = {"id": command.request_id, "command": text, "now": datetime.now(UTC).isoformat()}
        await DBOS.send_async(case_id, message, "act", idempotency_key=f"{case_id}:{command.request_id}")
        if await DBOS.get_event_async(case_id, command.request_id, timeout_seconds=30) is None:
            raise TimeoutError(case_id)


@asynccontextmanager
async def opened(stand: Stand) -> AsyncIterator[OnDbos]:
    """DBOS launched in this process, its tables in a database of its own on the stand's server."""
    url = postgres.url(stand.data, "postgres", stand.stack.secrets.postgres, "bench_dbos")
    config = DBOSConfig(name="bench", system_database_url=url, log_level="ERROR", sys_db_pool_size=20)
    _RECORD[:] = [PostgresHazards(stand.database)]
    DBOS(config=config)
    await asyncio.to_thread(DBOS.launch)
    try:
        yield OnDbos()
    finally:
        await asyncio.to_thread(DBOS.destroy)
