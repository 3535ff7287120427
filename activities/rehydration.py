"""Starting every open case again in an engine that does not run it: after its loss, its replacement, or a mistake.

Invariant: the record alone says what is started, with its own deadlines; a case that runs is left alone, so a repeat
after a crash at any point is harmless and nothing is sent twice.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Final

from activities.ports import Looker, OpenCases, OpenCollections, Starter
from domain.hazard import Case

BATCH: Final = 200
AT_ONCE: Final = 20


async def rehydrate(record: OpenCases, engine: Starter) -> int:
    """Start the open cases that do not run and give how many there were. Raises ``Temporary``."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def start(case: Case) -> bool:
        async with gate:
            return await engine.start_missing(case)

    started = 0
    async for cases in _batches(record):
        started += sum(await asyncio.gather(*(start(case) for case in cases)))
    return started


async def _batches(record: OpenCases) -> AsyncIterator[list[Case]]:
    after = ""
    while cases := await record.open_cases(BATCH, after=after):
        yield cases
        after = cases[-1].id


async def look_at_all(record: OpenCollections, engine: Looker) -> int:
    """Start the open collections' workflows, or make those that run look again; gives how many there were.

    Raises ``Temporary``.
    """
    after, count = "", 0
    while ids := await record.open_ids(after, BATCH):
        for collection_id in ids:
            await engine.look(collection_id)
        after, count = ids[-1], count + len(ids)
    return count
