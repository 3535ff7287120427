"""One listening connection for everybody in a process who waits for the same channel.

Invariant: however many wait, one connection listens; when it ends, all of them are told.
"""

import asyncio
from collections.abc import AsyncGenerator

from adapters.postgres.database import Database
from domain.errors import Temporary


class Announcer:
    """Listens while somebody waits."""

    def __init__(self, database: Database, channel: str) -> None:
        self._database = database
        self._channel = channel
        self._waiting: set[asyncio.Queue[bool]] = set()
        self._listening: asyncio.Task[None] | None = None
        self._ready = asyncio.Event()

    async def announcements(self) -> AsyncGenerator[None]:
        """One item at once, then one per announcement or several of them. Raises ``Temporary`` when listening ended."""
        heard: asyncio.Queue[bool] = asyncio.Queue()
        self._waiting.add(heard)
        try:
            await self._until_listening()
            yield
            while await heard.get():
                while not heard.empty():
                    if not heard.get_nowait():
                        raise Temporary("database")
                yield
            raise Temporary("database")
        finally:
            self._waiting.discard(heard)
            if not self._waiting and self._listening is not None:
                self._listening.cancel()
                await asyncio.gather(self._listening, return_exceptions=True)

    async def _until_listening(self) -> None:
        if self._listening is None or self._listening.done():
            self._ready = asyncio.Event()
            self._listening = asyncio.create_task(self._listen(self._ready))
        ready = asyncio.ensure_future(self._ready.wait())
        try:
            await asyncio.wait({ready, self._listening}, return_when=asyncio.FIRST_COMPLETED)
            if not self._ready.is_set():
                raise Temporary("database")
        finally:
            ready.cancel()

    async def _listen(self, ready: asyncio.Event) -> None:
        try:
            async with self._database.listening(self._channel) as heard:
                ready.set()
                while await heard.get():
                    self._tell(True)
        except Temporary:
            return
        finally:
            self._tell(False)

    def _tell(self, goes_on: bool) -> None:
        for one in self._waiting:
            one.put_nowait(goes_on)
