"""The connection pool and its one error rule.

Invariant: a database that is away, starting, stopping, full or slow is :class:`~domain.errors.Temporary`; every use
is bounded in time. Opening needs no database, so a process starts while PostgreSQL is away.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Final, Union

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from domain.errors import Temporary

Connection = Union["asyncpg.Connection[asyncpg.Record]", "PoolConnectionProxy[asyncpg.Record]"]

_AWAY: Final = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.DeadlockDetectedError,
    asyncpg.LockNotAvailableError,
    asyncpg.ReadOnlySQLTransactionError,
)


class Database:
    """A pool of connections as the application's role; ``timeout`` bounds each use, in seconds."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]", timeout: float) -> None:
        self._pool = pool
        self._timeout = timeout

    @classmethod
    @asynccontextmanager
    async def opened(cls, url: str, *, size: int, timeout: float) -> AsyncIterator["Database"]:
        """A pool of at most ``size`` connections to ``url``; connects on first use."""
        pool = await asyncpg.create_pool(
            url,
            min_size=0,
            max_size=size,
            timeout=timeout,
            command_timeout=timeout * 4,
            reset=_as_it_is,
        )
        try:
            yield cls(pool, timeout)
        finally:
            try:
                await asyncio.wait_for(pool.close(), timeout=3)
            except TimeoutError:
                pool.terminate()

    def connection(self, patience: float | None = None) -> AbstractAsyncContextManager[Connection]:
        """One connection. Raises ``Temporary`` when the database is away or takes too long.

        ``patience`` is in seconds, for what takes longer than an ordinary use.
        """
        return self._taken(patience)

    def transaction(self, patience: float | None = None) -> AbstractAsyncContextManager[Connection]:
        """One connection inside one transaction, committed on leaving; ``patience`` as for :meth:`connection`."""
        return self.begun("BEGIN", patience)

    @asynccontextmanager
    async def _taken(self, patience: float | None) -> AsyncIterator[Connection]:
        try:
            async with asyncio.timeout(patience or self._timeout):
                # bounded by the line above unless that is longer than usual
                connection = await self._pool.acquire(timeout=self._timeout if patience else None)
                try:
                    yield connection
                except (asyncio.CancelledError, *_AWAY):
                    # a frozen server never says what became of a statement: waiting for it would double the time
                    connection.terminate()
                    raise
                finally:
                    await self._give_back(connection)
        except _AWAY as error:
            if _misused(error):
                raise
            raise Temporary("database") from error

    async def _give_back(self, connection: "PoolConnectionProxy[asyncpg.Record]") -> None:
        """Return a connection to the pool; when that takes too long it is given up, and nobody waits for its end."""
        try:
            # the pool shields its own end of it
            await self._pool.release(connection)
        except asyncio.CancelledError:
            connection.terminate()
            raise

    @asynccontextmanager
    async def begun(self, opening: str, patience: float | None = None) -> AsyncIterator[Connection]:
        """A transaction that ``opening`` begins: one round trip for its beginning and what is told for as long as it lasts."""
        async with self._taken(patience) as connection:
            try:
                await connection.execute(opening)
                yield connection
            except asyncio.CancelledError:
                # the connection is given up, and the transaction with it
                raise
            except BaseException:
                await connection.execute("ROLLBACK")
                raise
            await connection.execute("COMMIT")

    @asynccontextmanager
    async def listening(self, channel: str) -> AsyncIterator[asyncio.Queue[bool]]:
        """A connection of its own that listens; the queue gets ``True`` per notice and ``False`` at its end."""
        heard: asyncio.Queue[bool] = asyncio.Queue()
        try:
            async with self._pool.acquire(timeout=self._timeout) as connection:

                def end(*_: object) -> None:
                    heard.put_nowait(False)

                connection.add_termination_listener(end)

                def hear(*_: object) -> None:
                    heard.put_nowait(True)

                await connection.add_listener(channel, hear)
                try:
                    yield heard
                finally:
                    connection.remove_termination_listener(end)
                    await connection.remove_listener(channel, hear)
        except _AWAY as error:
            raise Temporary("database") from error

    def patient(self, timeout: float) -> "Database":
        """The same pool for work that nobody waits for: each use may take ``timeout`` seconds."""
        return Database(self._pool, timeout)

    async def ping(self) -> None:
        """Ask the database for a sign of life. Raises ``Temporary``."""
        async with self.connection() as connection:
            await connection.execute("SELECT 1")


def _misused(error: Exception) -> bool:
    """Whether a statement got more or fewer arguments than it takes: a fault of ours, which no waiting mends."""
    return isinstance(error, asyncpg.InterfaceError) and str(error).startswith("the server expects")


async def _as_it_is(_connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Give a connection back without a round trip: what is set here is set for one transaction, and listeners end themselves."""
