"""Refusals for the access log: noted behind the answer, at a bounded rate.

Invariant: a flood of refusals fills no disk; how many were not noted is noted with the next one.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import structlog

from adapters.postgres.access_log import AccessLog
from domain.access_log import AccessKind
from domain.errors import Temporary
from services.api.allowance import Allowance
from services.api.problems import ComeBack

log = structlog.get_logger()

RATE: Final = 0.5
"""Refusals a second that one process notes over a long time: at some 500 bytes each, 22 MB a day."""

BURST: Final = 300
PERSON_RATE: Final = 1 / 6
"""The same of one person, link or address; all who show no valid token elsewhere are one."""

PERSON_BURST: Final = 30
PATIENCE: Final = 5.0
"""Seconds that refusals may take to be written when the process ends."""

_NOBODY: Final = "nobody"


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """Who was refused what; ``source`` is the address of somebody who is nobody yet, and ``at`` is aware."""

    at: datetime
    person_id: str | None
    source: str | None
    subject: str
    status: int
    request_id: str | None


class Refusals:
    """Notes refusals in ``accesses``; ``ticks`` gives seconds that only grow."""

    def __init__(self, accesses: AccessLog, *, ticks: Callable[[], float] = time.monotonic) -> None:
        self._log = accesses
        self._room = Allowance(rate=RATE, burst=BURST, clock=ticks)
        self._of_one = Allowance(rate=PERSON_RATE, burst=PERSON_BURST, clock=ticks)
        self._dropped = 0
        self._waiting: asyncio.Queue[tuple[Refusal, str]] = asyncio.Queue()

    @classmethod
    @asynccontextmanager
    async def opened(
        cls, accesses: AccessLog, *, ticks: Callable[[], float] = time.monotonic
    ) -> AsyncIterator["Refusals"]:
        """Refusals that are written behind the answers; what waits at the end is written then."""
        refusals = cls(accesses, ticks=ticks)
        writing = asyncio.create_task(refusals._write())
        try:
            yield refusals
        finally:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(refusals.settled(), timeout=PATIENCE)
            writing.cancel()
            await asyncio.gather(writing, return_exceptions=True)

    async def settled(self) -> None:
        """Wait until every refusal so far is written."""
        await self._waiting.join()

    def note(self, refusal: Refusal) -> None:
        """Note a refusal soon, or count it where there are too many."""
        try:
            self._of_one.take(refusal.person_id or refusal.source or _NOBODY)
            self._room.take(_NOBODY)
        except ComeBack:
            self._dropped += 1
            return
        outcome = f"{refusal.status}" + (f" dropped:{self._dropped}" if self._dropped else "")
        self._dropped = 0
        self._waiting.put_nowait((refusal, outcome))

    async def _write(self) -> None:
        """Write what waits, one after the other, for as long as the process lives."""
        while True:
            told, outcome = await self._waiting.get()
            try:
                await self._log.note(
                    None,
                    at=told.at,
                    kind=AccessKind.REFUSED,
                    person_id=told.person_id,
                    subject=told.subject,
                    outcome=outcome,
                    request_id=told.request_id,
                    reason=f"source {told.source}" if told.source else None,
                )
            except Temporary:
                # it was refused all the same; that it was stands in the process's log
                log.warning("a refusal could not be noted", subject=told.subject, outcome=outcome)
            finally:
                self._waiting.task_done()
