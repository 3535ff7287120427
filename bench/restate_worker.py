"""``python -m bench.restate_worker PORT``: the loop as a Restate virtual object, one per case, in a process of its own."""

import sys
from datetime import UTC, datetime
from typing import Any

import hypercorn.asyncio
import restate
import uvloop
from hypercorn.config import Config
from pydantic import TypeAdapter

from adapters.postgres import codecs
from adapters.postgres.database import Database
from adapters.postgres.hazards import PostgresHazards
from domain import hazard
from domain.hazard import Command
from services.settings import Settings

_COMMAND = TypeAdapter(Command)
_RECORD: list[PostgresHazards] = []

cases = restate.VirtualObject("Hazard")


@cases.handler()
async def open_case(ctx: restate.ObjectContext, _nothing: dict[str, Any]) -> str:
    """Read the case from the record and keep it as the object's state, its next step as a delayed call."""

    async def load() -> str:
        return codecs.dump(await _RECORD[0].load(ctx.key()))

    case = await ctx.run_typed("load", load)
    ctx.set("case", case)
    _wake(ctx, case)
    return "on record"


@cases.handler()
async def act(ctx: restate.ObjectContext, told: dict[str, str]) -> str:
    """Decide one command and put it on record."""
    before = await ctx.get("case", type_hint=str) or ""

    async def record() -> str:
        command = _COMMAND.validate_json(told["command"])
        change = hazard.apply(codecs.case(before), command, datetime.fromisoformat(told["now"]))
        if change is None:
            return before
        await _RECORD[0].append(change)
        return codecs.dump(change.case)

    after = await ctx.run_typed("record", record)
    ctx.set("case", after)
    _wake(ctx, after)
    return "on record"


@cases.handler()
async def wake(_ctx: restate.ObjectContext, _seq: int) -> None:
    """What the clock would do; nothing comes due while the benchmark runs."""


def _wake(ctx: restate.ObjectContext, text: str) -> None:
    case = codecs.case(text)
    coming = hazard.next_step(case)
    if coming is not None:
        ctx.object_send(wake, key=case.id, arg=case.seq, send_delay=coming.at - datetime.now(UTC))


async def main(port: int) -> None:
    """Serve until killed."""
    settings = Settings()
    url = settings.database_url.get_secret_value()
    async with Database.opened(url, size=settings.database_pool, timeout=10) as database:
        _RECORD[:] = [PostgresHazards(database)]
        config = Config()
        config.bind = [f"127.0.0.1:{port}"]
        await hypercorn.asyncio.serve(restate.app([cases]), config)


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1])))
