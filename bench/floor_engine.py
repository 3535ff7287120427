"""The engine's floor: the smallest SDK workflow that takes updates and runs one local activity for each.

It decides nothing, waits for nothing else and shows nothing; ``keep`` is for the floor that also writes a row.
"""

from dataclasses import dataclass
from datetime import timedelta

from temporalio import activity, workflow

with workflow.unsafe.imports_passed_through():
    from adapters.postgres.database import Database

QUEUE = "bench-floor"
_SOON = timedelta(seconds=10)
_KEEP = "INSERT INTO bench_rows (id, number, text) VALUES ($1, $2, $3)"
TABLE = "CREATE TABLE IF NOT EXISTS bench_rows (id text, number int, text jsonb, PRIMARY KEY (id, number))"


@dataclass(frozen=True, kw_only=True)
class Bare:
    """How many updates end it, whether each writes a row, and how many seconds it sleeps first."""

    updates: int
    writes: bool = False
    sleeps: float = 0


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row of the floor that writes."""

    id: str
    number: int
    text: str


@activity.defn(name="bench.nothing")
async def nothing(number: int) -> int:
    """Do nothing."""
    return number


class Keeper:
    """Writes one row in one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @activity.defn(name="bench.keep")
    async def keep(self, row: Row) -> None:
        """Write it."""
        async with self._database.connection() as connection:
            await connection.execute(_KEEP, row.id, row.number, row.text)


@workflow.defn(name="BareLoop")
class BareLoop:
    """Takes a number of updates, then ends."""

    def __init__(self) -> None:
        self._taken = 0
        self._writes = False

    @workflow.run
    async def run(self, bare: Bare) -> int:
        self._writes = bare.writes
        await self._effect(0, "{}")
        if bare.sleeps:
            await workflow.sleep(bare.sleeps)
            await self._effect(1, "{}")
        await workflow.wait_condition(
            lambda: self._taken >= bare.updates and workflow.all_handlers_finished()
        )
        return self._taken

    @workflow.update
    async def act(self, text: str) -> int:
        """Run one local activity; answers with the number of the update."""
        number = self._taken + 1
        await self._effect(number, text)
        self._taken = number
        return number

    async def _effect(self, number: int, text: str) -> None:
        if self._writes:
            row = Row(id=workflow.info().workflow_id, number=number, text=text)
            await workflow.execute_local_activity_method(Keeper.keep, row, start_to_close_timeout=_SOON)
        else:
            await workflow.execute_local_activity(nothing, number, start_to_close_timeout=_SOON)
