"""``python -m bench.fill --hazards 1000000``: a record at size, with whole histories and sound chains.

It stays in ``.data/bench-record`` for B7. Stories of about two years are told by the real rules, a dozen for some thousand
hazards; the rest are copies under other numbers, units and places, sealed anew. Open hazards are those of the last weeks.
Invariant: what is reported at one instant is on record whole, or is taken out when an interrupted filling goes on.
"""

import argparse
import asyncio
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import uvloop

from adapters.postgres.database import Database
from adapters.postgres.loading import load
from bench import bulk, copies, district, stories
from bench.bulk import Owner
from bench.copies import Pattern
from bench.stories import STORIES, Story, Teller
from deploy.devstack import Devstack, Ports

FOLDER: Final = Path(".data/bench-record")
UNITS: Final = 400
BATCH: Final = 6000
"""Hazards that are reported at one instant."""
SPAN: Final = timedelta(days=690)
WRITERS: Final = 3
LEAST_FREE: Final = 12 * 2**30
"""Bytes of the disk that stay free: filling ends before."""
_OFTEN: Final = (0, 0, 0, 2, 2, 3, 4, 4, 1, 5, 6, 7)
"""How often each story happens: most hazards are general and closed at the first try."""

_LAST: Final = """
SELECT split_part(id, '-', 2)::int AS year, max(split_part(id, '-', 3)::int) AS last FROM hazards GROUP BY 1
"""

_BROKEN_OFF: Final = """
SELECT id FROM hazards WHERE place LIKE $1 OR reported_at IN (
    SELECT max(reported_at) FROM hazards HAVING count(*) % $2 <> 0
)
"""
"""A story that was told and not taken out again, and an instant whose copies are not all there."""


@dataclass
class Filling:
    """What is needed to go on: connections, the teller of stories, and the last number of each year."""

    database: Database
    owner: Owner
    writers: list[Owner]
    teller: Teller
    last: Counter[int]
    histories: int

    async def tell(self, at: datetime, now: datetime) -> list[Pattern]:
        """The stories of an instant, told."""
        await copies.number_on(self.owner, self.last)
        wanted = _told(at, now)
        told = {one: await self._pattern(*one, at, now) for one in dict.fromkeys(wanted)}
        return [told[one] for one in wanted]

    def write(self, patterns: list[Pattern], count: int) -> "asyncio.Future[list[None]]":
        """Begin to put ``count`` copies of these stories on record, their numbers mixed and taken from now on."""
        year = int(patterns[0].id.split("-")[1])
        numbers = range(self.last[year] + 1, self.last[year] + count + 1)
        self.last[year] += count
        shares = enumerate(self.writers)
        return asyncio.gather(
            *(self._write(one, patterns[n::WRITERS], numbers[n::WRITERS], year) for n, one in shares)
        )

    async def _pattern(self, story: Story, steps: int, at: datetime, now: datetime) -> Pattern:
        """Tell a story, read it, and take it out again."""
        terms = await stories.terms_at(self.database, at, now)
        case = await self.teller.tell(story, at, now, steps, terms)
        found = await copies.pattern(self.database, case.id)
        await copies.forget(self.owner, [case.id])
        return found

    async def _write(self, owner: Owner, patterns: list[Pattern], numbers: range, year: int) -> None:
        """Each pattern under every so many numbers; in every so many of these with its history."""
        async with owner.transaction():
            for place, pattern in enumerate(patterns):
                mine = numbers[place :: len(patterns)]
                whole = mine[:: self.histories]
                names = _named(year, whole)
                await copies.write(owner, pattern, names)
                if bare := [number for number in mine if number not in whole]:
                    await copies.write_bare(owner, pattern, _named(year, bare), names.ids[0])


def _named(year: int, numbers: Sequence[int]) -> copies.Names:
    return copies.Names.of(year, numbers, [district.unit_id(number % UNITS) for number in numbers])


def _told(at: datetime, now: datetime) -> list[tuple[Story, int]]:
    """The stories of an instant in their share, and how many steps far: what was reported lately stands early."""
    recent = now - at < timedelta(days=35)
    told = [STORIES[story] for story in _OFTEN]
    return [(story, place % 5 if recent else len(story.steps)) for place, story in enumerate(told)]


async def fill(stack: Devstack, hazards: int, histories: int, say: Callable[[str], None]) -> None:
    """Put ``hazards`` hazards on record, oldest first, one in ``histories`` with its history."""
    now = datetime.now(UTC).replace(microsecond=0)
    async with AsyncExitStack() as opened:
        owner, *writers = [await opened.enter_async_context(bulk.owner(stack)) for _ in range(WRITERS + 1)]
        database = await opened.enter_async_context(Database.opened(stack.database_url, size=4, timeout=60))
        await load(database, district.document(UNITS))
        teller = await stories.teller(database, district.unit_id(0), now)
        await bulk.hurry(owner)
        filling = Filling(database, owner, writers, teller, await _resumed(owner), histories)
        began = time.monotonic()
        writing: asyncio.Future[list[None]] | None = None
        for done, at in _plan(hazards, filling.last.total(), now):
            # some are written while the next are told
            patterns = await filling.tell(at, now)
            if writing is not None:
                await writing
                say(f"{done} of {hazards}, {time.monotonic() - began:.0f} s")
            if shutil.disk_usage(stack.data).free < LEAST_FREE:
                say("little is free on the disk: filling ends here")
                break
            writing = filling.write(patterns, min(BATCH, hazards - done))
        if writing is not None:
            await writing
        await copies.number_on(owner, filling.last)
        for name, took in await bulk.settle(owner):
            say(f"{name}: {took:.0f} s")


async def _resumed(owner: Owner) -> Counter[int]:
    """The last number of each year on record; what an interrupted filling left half done is taken out."""
    left = await owner.fetch(_BROKEN_OFF, f"{stories.PLACE}%", BATCH)
    await copies.forget(owner, [row["id"] for row in left])
    return Counter({row["year"]: row["last"] for row in await owner.fetch(_LAST)})


def _plan(hazards: int, there: int, now: datetime) -> Iterator[tuple[int, datetime]]:
    """How many were done, and when the next ones were reported."""
    instants = max(1, -(-hazards // BATCH))
    for number in range(there // BATCH, instants):
        yield number * BATCH, now - SPAN + SPAN * number / instants


async def main(hazards: int, histories: int, folder: Path = FOLDER) -> None:
    """Fill a folder up to ``hazards`` hazards; what is there stays, and a filling that was interrupted goes on."""
    async with Devstack(data=folder, ports=Ports.free(), say=print) as stack:
        await fill(stack, hazards, histories, lambda line: print(line, flush=True))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.fill")
    parser.add_argument("--hazards", type=int, default=1_000_000)
    parser.add_argument("--histories", type=int, default=1, help="one hazard in so many gets its history")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    told = parser.parse_args()
    uvloop.run(main(told.hazards, told.histories, told.folder))
