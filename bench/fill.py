"""``python -m bench.fill --hazards 1000000``: a record at size, with whole histories and sound chains.

It stays in ``.data/bench-record`` for B7. Stories of about two years are told by the real rules, one in a few hundred
hazards; the rest are copies under other numbers, units and places, sealed anew. Open hazards are those of the last weeks.
"""

import argparse
import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import asyncpg
import uvloop

from adapters.postgres.database import Database
from adapters.postgres.intake import case_number
from adapters.postgres.loading import load
from bench import copies, district, stories
from bench.copies import Pattern, Rows
from bench.stories import STORIES, Story, Teller
from deploy import postgres
from deploy.devstack import Devstack, Ports

FOLDER: Final = Path(".data/bench-record")
UNITS: Final = 400
COPIES: Final = 500
"""Copies of one told story."""
SPAN: Final = timedelta(days=690)
_OFTEN: Final = (0, 0, 0, 2, 2, 3, 4, 4, 1, 5, 6, 7)
"""How often each story happens: most hazards are general and closed at the first try."""


_LAST: Final = """
SELECT split_part(id, '-', 2)::int AS year, max(split_part(id, '-', 3)::int) AS last FROM hazards GROUP BY 1
"""


@dataclass
class Filling:
    """What is needed to go on: connections, the teller of stories, and the last number of each year."""

    database: Database
    owner: "asyncpg.Connection[asyncpg.Record]"
    teller: Teller
    last: Counter[int]

    async def pattern(self, story: Story, at: datetime, now: datetime, steps: int) -> Pattern:
        """Tell a story, read it, and take it out again."""
        terms = await stories.terms_at(self.database, at, now)
        await copies.number_on(self.owner, dict(self.last))
        case = await self.teller.tell(story, at, now, steps, terms)
        found = await copies.pattern(self.database, case.id)
        await copies.forget(self.owner, [case.id])
        return found

    def numbered(self, of: Pattern, count: int) -> list[dict[str, Rows]]:
        """Copies of a pattern under the next numbers of its year, spread over all units."""
        year = int(of.id.split("-")[1])
        made = []
        for _ in range(count):
            self.last[year] += 1
            number = self.last[year]
            unit = district.unit_id(number % UNITS)
            made.append(copies.copy(of, case_number(year, number), unit, f"{year}{number}"))
        return made


async def fill(stack: Devstack, hazards: int, say: Callable[[str], None]) -> None:
    """Put ``hazards`` hazards on record, oldest first."""
    now = datetime.now(UTC).replace(microsecond=0)
    writer, owner = await _bulk_writer(stack), await _bulk_writer(stack)
    writing: asyncio.Task[None] | None = None
    async with Database.opened(stack.database_url, size=4, timeout=60) as database:
        await load(database, district.document(UNITS))
        teller = await stories.teller(database, district.unit_id(0), now)
        filling = Filling(database, owner, teller, await _resumed(owner))
        began = time.monotonic()
        for done, count, story, at, steps in _plan(hazards, filling.last.total(), now):
            # the server takes in one batch while the next is made
            pattern = await filling.pattern(story, at, now, steps)
            made = await asyncio.to_thread(filling.numbered, pattern, count)
            if writing is not None:
                await writing
            writing = asyncio.create_task(copies.write(writer, pattern, made))
            if done % (COPIES * 50) == 0:
                say(f"{done} of {hazards}, {time.monotonic() - began:.0f} s")
        if writing is not None:
            await writing
        await copies.number_on(writer, dict(filling.last))
    await writer.execute("VACUUM ANALYZE")
    for connection in (writer, owner):
        await connection.close()


async def _resumed(owner: "asyncpg.Connection[asyncpg.Record]") -> Counter[int]:
    """The last number of each year on record; what an interrupted filling left half done is taken out."""
    left = await owner.fetch("SELECT id FROM hazards WHERE place LIKE $1", f"{stories.PLACE}%")
    await copies.forget(owner, [row["id"] for row in left])
    return Counter({row["year"]: row["last"] for row in await owner.fetch(_LAST)})


def _plan(hazards: int, there: int, now: datetime) -> Iterator[tuple[int, int, Story, datetime, int]]:
    """How many were done, how many to do, of which story, reported when, and how many steps far."""
    patterns = max(1, -(-hazards // COPIES))
    for number in range(there // COPIES, patterns):
        at = now - SPAN + SPAN * number / patterns
        story = STORIES[_OFTEN[number % len(_OFTEN)]]
        # a quarter of what was reported in the last weeks stands at each of the early stages
        recent = now - at < timedelta(days=35)
        steps = number % 5 if recent else len(story.steps)
        done = number * COPIES
        yield done, min(COPIES, hazards - done), story, at, steps


async def _bulk_writer(stack: Devstack) -> "asyncpg.Connection[asyncpg.Record]":
    """A connection that loads as a restore would: as superuser, without checking each reference again."""
    superuser = postgres.url(stack.data, "postgres", stack.secrets.postgres)
    writer = await asyncpg.connect(superuser)
    await writer.execute("SET session_replication_role = replica; SET synchronous_commit = off")
    await writer.execute("ALTER SYSTEM SET max_wal_size = '8GB'")
    await writer.execute("SELECT pg_reload_conf()")
    return writer


async def main(hazards: int, folder: Path = FOLDER) -> None:
    """Fill a folder up to ``hazards`` hazards; what is there stays, and a filling that was interrupted goes on."""
    async with Devstack(data=folder, ports=Ports.free(), say=print) as stack:
        await fill(stack, hazards, lambda line: print(line, flush=True))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.fill")
    parser.add_argument("--hazards", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, default=FOLDER)
    told = parser.parse_args()
    uvloop.run(main(told.hazards, told.folder))
