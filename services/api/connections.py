"""The API's connections: no more than the process has file descriptors for, the rest answered and closed at once.

Invariant: enough descriptors stay free for the database, the engine and files, however many clients connect, so a flood
of connections never turns into errors of those who were let in.
"""

import json
import resource
from typing import Any, ClassVar, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from services.api.problems import MEDIA_TYPE, RETRY_AFTER_SECONDS, come_back

OWN: Final = 32
"""Descriptors that the process needs besides its clients' and the database's: loop, engine, checkers, files, log."""

AT_ONCE: Final = 8
"""Connections that the kernel hands over in one go where descriptors are few; the others wait outside."""


_PLENTY: Final = 500


def room(database_pool: int) -> int:
    """How many connections of clients this process has descriptors for."""
    most, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return max(1, most - OWN - AT_ONCE - database_pool)


def backlog(room: int) -> int:
    """How many connections may wait in the kernel: few where descriptors are few, since all are handed over at once."""
    return AT_ONCE if room < _PLENTY else 2048


def bounded(room: int) -> type[HttpToolsProtocol]:
    """The server's protocol for at most ``room`` connections at once."""
    return type("Bounded", (_Bounded,), {"room": room})


class _Bounded(HttpToolsProtocol):
    room: ClassVar[int]

    def connection_made(self, transport: Any) -> None:
        """Let one more in, or answer before it has asked."""
        if len(self.connections) < self.room:
            super().connection_made(transport)
            # one that never asks anything is closed as one that has nothing more to ask
            wait = self.timeout_keep_alive
            self.timeout_keep_alive_task = self.loop.call_later(wait, self.timeout_keep_alive_handler)
            return
        self.transport = transport
        transport.write(_TURNED_AWAY)
        transport.close()


def _answer() -> bytes:
    text = json.dumps(come_back("overloaded").body, ensure_ascii=False).encode()
    head = (
        "HTTP/1.1 503 Service Unavailable\r\n"
        f"content-type: {MEDIA_TYPE}\r\ncontent-length: {len(text)}\r\n"
        f"retry-after: {RETRY_AFTER_SECONDS}\r\nx-request-id: {'0' * 32}\r\nconnection: close\r\n\r\n"
    )
    return head.encode() + text


_TURNED_AWAY: Final = _answer()
