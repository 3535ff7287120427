"""Places to be worked on at: only so many requests at once, a short queue behind them, and the rest told to come back.

Invariant: nobody's requests hold up another person's: the queue is served one person after the other, and whoever has
half of it, or half of the places, leaves the other half to the others.
"""

import asyncio
import math
from collections import Counter, OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.api.problems import ComeBack


class Places:
    """``at_once`` requests are worked on; ``waiting`` more wait, each for at most ``patience`` seconds."""

    def __init__(self, *, at_once: int, waiting: int, patience: float) -> None:
        self._free = at_once
        self._each = math.ceil(at_once / 2)
        self._room = waiting
        self._room_each = math.ceil(waiting / 2)
        self._patience = patience
        self._held: Counter[str] = Counter()
        self._queue: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

    @asynccontextmanager
    async def taken(self, person: str) -> AsyncIterator[None]:
        """A place for a request of this person. Raises ``ComeBack`` at once when there is no room to wait for one."""
        if not (self._free and self._held[person] < self._each):
            await self._turn(person)
        else:
            self._take(person)
        try:
            yield
        finally:
            self._free += 1
            self._held[person] -= 1
            if not self._held[person]:
                del self._held[person]
            self._call()

    async def _turn(self, person: str) -> None:
        """Wait for a place; it is taken by who calls."""
        mine = self._queue.get(person, ())
        if len(mine) >= self._room_each:
            raise ComeBack("too_many_at_once")
        if sum(map(len, self._queue.values())) >= self._room:
            raise ComeBack("overloaded")
        called = asyncio.get_running_loop().create_future()
        self._queue.setdefault(person, deque()).append(called)
        try:
            async with asyncio.timeout(self._patience):
                await called
        except BaseException as end:
            self._leave(person, called)
            if isinstance(end, TimeoutError):
                raise ComeBack("overloaded") from None
            raise

    def _leave(self, person: str, called: asyncio.Future[None]) -> None:
        if called.done() and not called.cancelled():
            # called in the very moment in which the patience ended: the place goes on to the next
            self._free += 1
            self._held[person] -= 1
            self._call()
            return
        line = self._queue.get(person, deque())
        if called in line:
            line.remove(called)
        if person in self._queue and not line:
            del self._queue[person]

    def _call(self) -> None:
        """Give the free places to those who wait, one person after the other."""
        able = [person for person in self._queue if self._held[person] < self._each]
        while self._free and able:
            person = able.pop(0)
            line = self._queue[person]
            called = line.popleft()
            if not called.done():
                self._take(person)
                called.set_result(None)
            if line:
                self._queue.move_to_end(person)
            else:
                del self._queue[person]
            if line and self._held[person] < self._each:
                able.append(person)

    def _take(self, person: str) -> None:
        self._free -= 1
        self._held[person] += 1
