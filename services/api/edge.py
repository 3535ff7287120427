"""The edge of the API: what is done to every request before a route sees it, as plain ASGI.

Invariant: a body is bounded while it arrives, whatever its headers claim; every response, of a bug too, carries a
request id and headers that forbid sniffing, framing and keeping.
"""

import uuid
from collections.abc import MutableMapping
from typing import Any, Final

import structlog
from fastapi import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from adapters.postgres import wall
from domain.requests import Answer
from services.api.handlers import bug
from services.api.problems import problem, respond

JSON_LIMIT: Final = 64 * 1024
"""Bytes of a JSON body: one oversized update would block its case in the engine for twenty seconds."""

FILE_LIMIT: Final = 31 * 1024 * 1024
"""Bytes of an upload, a little over the largest file that is accepted."""

UPLOADS: Final = ("/v1/files", "/v1/link/files", "/v1/bulletins/templates")
"""Where files are sent to."""

_HEADERS: Final = {
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
    b"x-frame-options": b"DENY",
    b"content-security-policy": b"default-src 'none'; frame-ancestors 'none'",
    b"cache-control": b"no-store",
}
"""What every response says unless it says better itself."""

_PAGES: Final = ("/docs", "/redoc", "/static-offline-docs")
_PAGE_HEADERS: Final = {
    # the interactive documents carry their start-up script and styles in the page
    b"content-security-policy": b"default-src 'self'; script-src 'self' 'unsafe-inline'; "
    b"style-src 'self' 'unsafe-inline'; img-src 'self' data:; worker-src blob:; frame-ancestors 'none'",
    b"cache-control": b"no-cache",
}


class Edge:
    """Bounds the body, names the request, sets the headers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = uuid.uuid4().hex
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request=request_id)
        wall.see(None)  # until the door knows who asks
        limit = FILE_LIMIT if scope["path"] in UPLOADS else JSON_LIMIT
        sent = _Sent(send, _headers(scope["path"], request_id))
        if _claimed_length(scope) > limit:
            await _too_large(scope, receive, sent)
            return
        try:
            await self._app(scope, _bounded(receive, limit), sent)
        except Exception as error:
            answer = bug(scope["path"], error)
            if not sent.started:
                await answer(scope, receive, sent)


class _Sent:
    """Sends messages on, adding the common headers; knows whether a response has begun."""

    def __init__(self, send: Send, headers: dict[bytes, bytes]) -> None:
        self._send = send
        self._headers = headers
        self.started = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            own = {name.lower() for name, _ in message["headers"]}
            added = [(name, value) for name, value in self._headers.items() if name not in own]
            message["headers"] = [*message["headers"], *added]
        await self._send(message)


def _headers(path: str, request_id: str) -> dict[bytes, bytes]:
    page = _PAGE_HEADERS if path.startswith(_PAGES) else {}
    return {**_HEADERS, **page, b"x-request-id": request_id.encode()}


def _bounded(receive: Receive, limit: int) -> Receive:
    seen = 0

    async def bounded() -> MutableMapping[str, Any]:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > limit:
            # the kind of error that the framework lets through while it reads a body
            raise HTTPException(413)
        return message

    return bounded


def _claimed_length(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0


async def _too_large(scope: Scope, receive: Receive, send: Send) -> None:
    body = problem(413, "body_too_large", "请求内容过大")
    await respond(Answer(status=413, body=body))(scope, receive, send)
