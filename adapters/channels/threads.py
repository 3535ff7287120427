"""Threads of one channel's own, for a library that blocks.

Invariant: a server that does not answer takes up threads of its own channel and of nobody else.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

MOST: Final = 32

T = TypeVar("T")


class Threads:
    """At most :data:`MOST` threads, made when they are needed."""

    def __init__(self, name: str) -> None:
        self._pool = ThreadPoolExecutor(MOST, thread_name_prefix=name)

    async def run(self, work: Callable[[], T]) -> T:
        """Do something that blocks, and give what it gives; what is cancelled goes on unheard until it ends by itself."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)
