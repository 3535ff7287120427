"""What grows while the system works: memory and descriptors of each process, and what lies on disk.

Invariant: watching changes nothing; a process that was started again is told by the sum of its lives' samples.
"""

import asyncio
import contextlib
import statistics
from collections import defaultdict
from pathlib import Path
from typing import Final

import asyncpg
import psutil

from deploy import engine_file
from tests.chaos.faults import PARTS
from tests.chaos.stage import Stage

EVERY: Final = 5.0
"""Seconds between samples."""

MEGABYTE: Final = 1_000_000
_SIZES: Final = """
SELECT relname AS name, pg_total_relation_size(relid) AS size FROM pg_stat_user_tables
ORDER BY size DESC LIMIT 6
"""
"""The largest tables with their indexes, in bytes."""


class Growth:
    """Samples by what was measured, such as ``worker MB``."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.samples: dict[str, list[float]] = defaultdict(list)

    async def watch(self) -> None:
        """Sample until cancelled."""
        while True:
            for part in PARTS:
                with contextlib.suppress(psutil.Error):
                    if pid := self._stage.live.child(part).pid:
                        self._sample(part, psutil.Process(pid))
            self.samples["engine's file MB"].append(_size(engine_file.path(self._stage.live.stack.data)))
            await asyncio.sleep(EVERY)

    def _sample(self, part: str, process: psutil.Process) -> None:
        """A server of several processes counts as the memory that only they have, and as all their descriptors."""
        family = [process, *process.children(recursive=True)]
        memory = (
            process.memory_info().rss
            if len(family) == 1
            else sum(one.memory_full_info().uss for one in family)
        )
        self.samples[f"{part} MB"].append(memory / MEGABYTE)
        self.samples[f"{part} descriptors"].append(sum(one.num_fds() for one in family))

    def told(self) -> list[str]:
        """One line per measure: the middle of its first and of its last quarter, and the most."""
        lines = []
        for name, samples in sorted(self.samples.items()):
            quarter = max(1, len(samples) // 4)
            first, last = statistics.median(samples[:quarter]), statistics.median(samples[-quarter:])
            lines.append(f"{name}: {first:.0f} at first, {last:.0f} at last, {max(samples):.0f} at most")
        return lines


def _size(database: Path) -> float:
    with contextlib.suppress(OSError):
        return sum(file.stat().st_size for file in database.parent.iterdir()) / MEGABYTE
    return 0.0


async def tables(url: str) -> list[str]:
    """The largest tables, one line each."""
    connection = await asyncpg.connect(url)
    try:
        rows = await connection.fetch(_SIZES)
    finally:
        await connection.close()
    return [f"table {row['name']}: {row['size'] / MEGABYTE:.1f} MB" for row in rows]
