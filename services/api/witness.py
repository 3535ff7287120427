"""What the door puts into the access log: who was refused, and what was written that no case's record tells of.

Invariant: a write is noted before its answer leaves, once for each request, and one that could not be noted is answered as
if the database were away, so that the client comes back with its key and it is noted then. Refusals are noted at a bounded
rate, so that a flood of them fills no disk; how many were not noted is noted with the next one.
"""

import asyncio
import contextlib
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import structlog
from fastapi import Request, Response

from adapters.postgres.access_log import AccessLog
from domain import access, phones
from domain.access_log import AccessKind
from domain.errors import Kind, Refused, Temporary
from domain.hazard import Action
from services.api.allowance import Allowance
from services.api.problems import ComeBack
from services.api.unauthenticated import Unauthenticated
from services.clock import Clock

log = structlog.get_logger()

RATE: Final = 0.5
"""Refusals a second that one process notes over a long time: at some 500 bytes each, 22 MB a day."""

BURST: Final = 300
PERSON_RATE: Final = 1 / 6
"""The same of one person; all who show no valid token are one."""

PERSON_BURST: Final = 30
PATIENCE: Final = 5.0
"""Seconds that refusals may take to be written when the process ends."""

_NOBODY: Final = "nobody"
_READING: Final = ("GET", "HEAD")
_REFUSALS: Final = {Kind.NOT_ALLOWED: 403, Kind.UNKNOWN: 404}
_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_ON_THE_CASE: Final = frozenset({"report_hazard", *(access.of_action(action) for action in Action)})
"""Operations whose writes stand in the chain of the case itself, with who, by which post and on whose behalf."""

_APART: Final = frozenset(
    {
        *("issue_link", "sign_out", "end_session", "sign_out_everywhere"),
        *("submit_to_collection", "register_submission"),
    }
)
"""Operations that note themselves: as what they are (``services/api/entering.py``), or in the statement that writes."""

_EVIDENCE: Final = frozenset({"get_file"})


@dataclass(frozen=True, kw_only=True)
class By:
    """Who it was; nobody whose token was valid, where nothing is said."""

    person_id: str | None = None
    post_id: str | None = None
    on_behalf_of: str | None = None


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """A refusal that waits to be written."""

    at: datetime
    by: By
    subject: str
    outcome: str
    request_id: str | None


class Witness:
    """Notes in ``accesses``; ``clock`` gives aware instants, ``ticks`` seconds that only grow."""

    def __init__(
        self, accesses: AccessLog, clock: Clock, *, ticks: Callable[[], float] = time.monotonic
    ) -> None:
        self._log = accesses
        self._clock = clock
        self._room = Allowance(rate=RATE, burst=BURST, clock=ticks)
        self._of_one = Allowance(rate=PERSON_RATE, burst=PERSON_BURST, clock=ticks)
        self._dropped = 0
        self._waiting: asyncio.Queue[Refusal] = asyncio.Queue()

    @classmethod
    @asynccontextmanager
    async def opened(cls, accesses: AccessLog, clock: Clock) -> AsyncIterator["Witness"]:
        """A witness whose refusals are written behind the answers; what waits at the end is written then."""
        witness = cls(accesses, clock)
        writing = asyncio.create_task(witness._write())
        try:
            yield witness
        finally:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(witness.settled(), timeout=PATIENCE)
            writing.cancel()
            await asyncio.gather(writing, return_exceptions=True)

    async def settled(self) -> None:
        """Wait until every refusal so far is written."""
        await self._waiting.join()

    async def watch(
        self, request: Request, operation: str, go: Callable[[], Awaitable[Response]]
    ) -> Response:
        """Let the request through and note what came of it. Raises what ``go`` raises, and ``Temporary``."""
        try:
            response = await go()
        except Unauthenticated:
            self._refused(request, operation, 401)
            raise
        except Refused as no:
            if status := _REFUSALS.get(no.kind):
                self._refused(request, operation, status)
            raise
        except ComeBack as full:
            if full.code == "too_many_reveals":
                self._refused(request, operation, 429)
            raise
        if response.status_code in _REFUSALS.values():
            self._refused(request, operation, response.status_code)
        elif kind := _kind(request, operation, response):
            await self._done(request, operation, kind)
        return response

    async def _done(self, request: Request, operation: str, kind: AccessKind) -> None:
        by = _who(request, operation)
        key = request.headers.get("idempotency-key")
        await self._log.note_once(
            at=self._clock(),
            kind=kind,
            **vars(by),
            subject=subject(request, operation),
            request_id=f"{by.person_id}:{key}" if key else _request_id(),
        )

    def _refused(self, request: Request, operation: str, status: int) -> None:
        by = _who(request, operation)
        try:
            self._of_one.take(by.person_id or _NOBODY)
            self._room.take(_NOBODY)
        except ComeBack:
            self._dropped += 1
            return
        outcome, self._dropped = f"{status}" + (f" dropped:{self._dropped}" if self._dropped else ""), 0
        told = Refusal(
            at=self._clock(),
            by=by,
            subject=subject(request, operation),
            outcome=outcome,
            request_id=_request_id(),
        )
        self._waiting.put_nowait(told)

    async def _write(self) -> None:
        """Write what waits, one after the other, for as long as the process lives."""
        while True:
            told = await self._waiting.get()
            try:
                await self._log.note(
                    None,
                    at=told.at,
                    kind=AccessKind.REFUSED,
                    person_id=told.by.person_id,
                    subject=told.subject,
                    outcome=told.outcome,
                    request_id=told.request_id,
                )
            except Temporary:
                # it was refused all the same; that it was stands in the process's log
                log.warning("a refusal could not be noted", subject=told.subject, outcome=told.outcome)
            finally:
                self._waiting.task_done()


def subject(request: Request, operation: str) -> str:
    """The operation and the ids in its address; what is no id is left out, whatever it is."""
    ids = [str(value) for value in request.path_params.values()]
    told = [one if _ID.fullmatch(one) and not phones.mentioned(one) else "-" for one in ids]
    return "/".join((operation, *told))


def _kind(request: Request, operation: str, response: Response) -> AccessKind | None:
    """What a request that came off is in the log, if anything."""
    if response.status_code >= 400:
        return None
    if request.method in _READING:
        attached = response.headers.get("content-disposition", "").startswith("attachment")
        return AccessKind.EXPORT if attached and operation not in _EVIDENCE else None
    trial = request.query_params.get("dry_run") == "true"
    return None if trial or operation in _ON_THE_CASE | _APART else AccessKind.WRITE


def _who(request: Request, operation: str) -> By:
    """The person, and the first of the posts by which the operation could be done."""
    caller = getattr(request.state, "caller", None)
    if caller is None:
        return By()
    held = caller.actor.holdings
    able = [one for one in held if one.role in access.OPERATIONS[operation].by] or held
    told = By(person_id=caller.actor.person_id)
    return replace(told, post_id=able[0].post_id, on_behalf_of=able[0].on_behalf_of) if able else told


def _request_id() -> str | None:
    told = structlog.contextvars.get_contextvars().get("request")
    return str(told) if told else None
