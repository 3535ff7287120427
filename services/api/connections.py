"""The API's connections: never more than the process has file descriptors for; the others wait outside for a moment.

Invariant: enough descriptors stay free for the database, the engine and files, however many clients connect. While
somebody waits outside nobody stays inside without asking anything, and when that lasts for a second those outside are let
in only to be told to come back.
"""

import asyncio
import contextlib
import resource
import socket
from typing import Any, Final

import uvicorn
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from services.api.edge import Edge
from services.api.problems import RETRY_AFTER_SECONDS, come_back, respond

OWN: Final = 32
"""Descriptors that the process needs besides its clients' and the database's: loop, engine, checkers, files, log."""

SPARE: Final = 8
"""Connections at once of those who are only told to come back."""

PATIENCE: Final = 1.0
"""Seconds for which those outside wait for room, and for which one inside may be without a request meanwhile."""

LOOK_EVERY: Final = 0.02


def room(database_pool: int) -> int:
    """How many connections of clients this process has descriptors for."""
    most, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return max(1, most - OWN - SPARE - database_pool)


class Connection(HttpToolsProtocol):
    """One client's connection, which knows since when nothing was asked on it."""

    def connection_made(self, transport: Any) -> None:
        """Begin; one that never asks anything is closed like one that has nothing more to ask."""
        super().connection_made(transport)
        self._since = self.loop.time()
        self.timeout_keep_alive_task = self.loop.call_later(
            self.timeout_keep_alive, self.timeout_keep_alive_handler
        )

    def on_response_complete(self) -> None:
        """Be quiet from now on."""
        self._since = self.loop.time()
        super().on_response_complete()

    def make_room(self) -> None:
        """End after the answer that is being worked on; at once when there was none to give for a while."""
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.keep_alive = False
        elif self.loop.time() - self._since >= PATIENCE:
            self.transport.close()


class Server(uvicorn.Server):
    """Serves at most ``room`` connections at once."""

    def __init__(self, config: uvicorn.Config, room: int) -> None:
        super().__init__(config)
        self._room = room
        self._all_in = 0.0
        """When nobody waited outside, last."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Open everything, then begin to let clients in."""
        listening = self.config.bind_socket()
        await super().startup(sockets=sockets or [])
        listening.listen(self.config.backlog)
        listening.setblocking(False)
        self._listening = listening
        self._letting_in = asyncio.create_task(self._let_in())

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let nobody in any more, and see to those inside."""
        self._letting_in.cancel()
        await asyncio.gather(self._letting_in, return_exceptions=True)
        self._listening.close()
        await super().shutdown(sockets)

    async def _let_in(self) -> None:
        while True:
            # a client that left before it came in, or descriptors that others took
            with contextlib.suppress(OSError):
                await self._until_room()
                client = await self._next()
                await self._until_room()
                begin = self._connection if self._has_room() else self._turned_away
                await asyncio.get_running_loop().connect_accepted_socket(begin, client)
                continue
            await asyncio.sleep(LOOK_EVERY)

    async def _next(self) -> socket.socket:
        with contextlib.suppress(BlockingIOError):
            client, _ = self._listening.accept()
            client.setblocking(False)
            return client
        loop = asyncio.get_running_loop()
        client, _ = await loop.sock_accept(self._listening)
        self._all_in = loop.time()
        return client

    async def _until_room(self) -> None:
        """Wait until there is room, or until those outside have waited long enough to be told to come back."""
        loop, inside = asyncio.get_running_loop(), self.server_state.connections
        while not self._has_room():
            if loop.time() - self._all_in >= PATIENCE and len(inside) < self._room + SPARE:
                return
            for one in list(inside):
                if isinstance(one, Connection):
                    one.make_room()
            await asyncio.sleep(LOOK_EVERY)

    def _has_room(self) -> bool:
        return len(self.server_state.connections) < self._room

    def _connection(self) -> Connection:
        return Connection(config=self.config, server_state=self.server_state, app_state=self.lifespan.state)

    def _turned_away(self) -> Connection:
        connection = self._connection()
        connection.app = _TURNING_AWAY
        return connection


async def _turn_away(scope: Scope, receive: Receive, send: Send) -> None:
    headers = {"Retry-After": str(RETRY_AFTER_SECONDS), "Connection": "close"}
    await respond(come_back("overloaded"), headers=headers)(scope, receive, send)


_TURNING_AWAY: Final = Edge(_turn_away)
