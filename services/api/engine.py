"""The engine as a request meets it: starts and commands, for somebody who waits for the answer.

Invariant: nobody waits for an engine that is known to be away. It counts as away from when it left a sign of life
unanswered until it has given one; a start that is not made here is the relay's to make.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Coroutine
from typing import Any, Final, Self, TypeVar

from domain.errors import Temporary
from domain.hazard import Case, Command, Remark
from workflows.gateway import HazardGateway
from workflows.messages import Acknowledged

T = TypeVar("T")

ASKED_EVERY: Final = 0.25
"""Seconds between two questions to an engine that is away."""


class Engine:
    """The engine behind ``gateway``; use :meth:`opened`."""

    def __init__(self, gateway: HazardGateway, timeout: float) -> None:
        self._gateway = gateway
        self._doubtful = timeout / 2
        self._away = asyncio.Event()
        self._asking: asyncio.Task[None] | None = None

    @classmethod
    @contextlib.asynccontextmanager
    async def opened(cls, gateway: HazardGateway, *, timeout: float) -> AsyncIterator[Self]:
        """One that asks after the engine when it is in doubt, until it is closed; ``timeout`` is the gateway's."""
        engine = cls(gateway, timeout)
        try:
            yield engine
        finally:
            if engine._asking is not None:
                engine._asking.cancel()
                await asyncio.gather(engine._asking, return_exceptions=True)

    async def start(self, case: Case) -> bool:
        """Start the case's workflow, or leave the running one alone; false when that is left to the relay."""
        try:
            await self._unless_away(self._gateway.start(case))
        except Temporary:
            return False
        return True

    async def look(self, collection_id: str) -> bool:
        """Start the collection's workflow, or make the running one look; false when that is left to the relay."""
        try:
            await self._unless_away(self._gateway.look(collection_id))
        except Temporary:
            return False
        return True

    async def act(self, case_id: str, command: Command) -> Acknowledged:
        """Bring a command to its case, as :meth:`HazardGateway.act` does."""
        return await self._unless_away(self._gateway.act(case_id, command))

    async def remark(self, case_id: str, given: Remark) -> Acknowledged:
        """Bring what somebody from outside says to a case, as :meth:`HazardGateway.remark` does."""
        return await self._unless_away(self._gateway.remark(case_id, given))

    async def _unless_away(self, call: Coroutine[Any, Any, T]) -> T:
        """What comes of the call. Raises ``Temporary`` as soon as the engine is known to be away."""
        if self._away.is_set():
            call.close()
            raise Temporary("engine")
        calling = asyncio.ensure_future(call)
        away = asyncio.ensure_future(self._away.wait())
        try:
            both = {calling, away}
            await asyncio.wait(both, timeout=self._doubtful, return_when=asyncio.FIRST_COMPLETED)
            if not calling.done():
                self._doubt()
                await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            if not calling.done():
                raise Temporary("engine")
            return calling.result()
        finally:
            calling.cancel()
            away.cancel()
            await asyncio.gather(calling, away, return_exceptions=True)

    def _doubt(self) -> None:
        """Ask after the engine: it may be only one case that does not answer, or its worker."""
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._ask())

    async def _ask(self) -> None:
        while True:
            try:
                async with asyncio.timeout(self._doubtful):
                    await self._gateway.ping()
            except (Temporary, TimeoutError):
                self._away.set()
                await asyncio.sleep(ASKED_EVERY)
            else:
                self._away.clear()
                return
