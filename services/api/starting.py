"""Starting a case's workflow for somebody who waits for the answer to a report.

Invariant: nobody waits for an engine that is known to be away; what is not started here is the relay's to start. Once
a start was left unanswered the engine counts as away, for everybody, until it has given a sign of life.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Final, Self

from domain.errors import Temporary
from domain.hazard import Case
from workflows.gateway import HazardGateway

ASKED_EVERY: Final = 0.25
"""Seconds between two questions to an engine that is away."""


class Starting:
    """Starts through ``gateway``; use :meth:`opened`."""

    def __init__(self, gateway: HazardGateway) -> None:
        self._gateway = gateway
        self._away = asyncio.Event()
        self._asking: asyncio.Task[None] | None = None

    @classmethod
    @contextlib.asynccontextmanager
    async def opened(cls, gateway: HazardGateway) -> AsyncIterator[Self]:
        """One that asks after the engine, while it is away, until it is closed."""
        starting = cls(gateway)
        try:
            yield starting
        finally:
            if starting._asking is not None:
                starting._asking.cancel()
                await asyncio.gather(starting._asking, return_exceptions=True)

    async def start(self, case: Case) -> bool:
        """Start the case's workflow, or leave the running one alone; false when that is left to the relay."""
        if self._away.is_set():
            return False
        start = asyncio.ensure_future(self._gateway.start(case))
        gone = asyncio.ensure_future(self._away.wait())
        try:
            await asyncio.wait({start, gone}, return_when=asyncio.FIRST_COMPLETED)
            if not start.done():
                return False
            start.result()
        except Temporary:
            self._miss()
            return False
        finally:
            start.cancel()
            gone.cancel()
            await asyncio.gather(start, gone, return_exceptions=True)
        return True

    def _miss(self) -> None:
        self._away.set()
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._ask())

    async def _ask(self) -> None:
        """Ask until the engine answers."""
        while True:
            try:
                await self._gateway.ping()
            except Temporary:
                await asyncio.sleep(ASKED_EVERY)
            else:
                self._away.clear()
                return
