"""What the door puts into the access log: who was refused, and what was written that no case's record tells of.

Invariant: what is to be noted of a write is on record before the write or with it (``adapters/postgres/deeds.py``), and it is
noted before its answer leaves, once for each request. One that could not be noted is answered as if the database were away;
one whose process ended in between is noted by the reconciler.
"""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final

from fastapi import Request, Response

from adapters.postgres import deeds
from adapters.postgres.access_log import AccessLog
from adapters.postgres.database import Database
from adapters.postgres.deeds import Intent, PostgresDeeds
from domain import access, phones
from domain.access_log import AccessKind, Deed
from domain.errors import Kind, Refused, Temporary
from domain.hazard import Action
from domain.people import Actor
from services.api import request_ids
from services.api.problems import ComeBack
from services.api.refusals import Refusal, Refusals
from services.api.unauthenticated import Unauthenticated
from services.clock import Clock

READING: Final = ("GET", "HEAD")
"""Methods that change nothing, and take nothing of anybody's allowance."""

_REFUSALS: Final = {Kind.NOT_ALLOWED: 403, Kind.UNKNOWN: 404}
_TRIED_TOO_OFTEN: Final = ("too_many_reveals", "too_many_tries")
_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
ON_THE_CASE: Final = frozenset({"report_hazard", *(access.of_action(action) for action in Action)})
"""Operations whose writes stand in the chain of the case itself, with who, by which post and on whose behalf."""

APART: Final = frozenset(
    {
        *("sign_in", "refresh_session", "set_up_account", "change_password"),
        *("sign_out", "end_session", "sign_out_everywhere", "issue_link", "revoke_link"),
        *("edit_organisation", "set_person_contact", "set_post_contact"),
        *("reveal_person_contact", "reveal_post_contact"),
        *("submit_to_collection", "register_submission"),
    }
)
"""Operations that note themselves, as what they are and in the transaction of what they do."""

_EVIDENCE: Final = frozenset({"get_file"})


class Witness:
    """Notes in ``accesses``; ``clock`` gives aware instants."""

    def __init__(self, accesses: AccessLog, written: PostgresDeeds, refusals: Refusals, clock: Clock) -> None:
        self._log = accesses
        self._deeds = written
        self._clock = clock
        self.refusals = refusals

    @classmethod
    @asynccontextmanager
    async def opened(cls, database: Database, clock: Clock) -> AsyncIterator["Witness"]:
        """A witness whose refusals are written behind the answers."""
        accesses = AccessLog(database)
        async with Refusals.opened(accesses) as refusals:
            yield cls(accesses, PostgresDeeds(database), refusals, clock)

    async def watch(
        self,
        request: Request,
        operation: str,
        go: Callable[[], Awaitable[Response]],
        source: str | None = None,
    ) -> Response:
        """Let the request through and note what came of it; ``source`` is the address of somebody who is nobody yet.

        Raises what ``go`` raises, and ``Temporary``.
        """
        deeds.intend(None)
        try:
            response = await go()
        except (Unauthenticated, Refused, ComeBack) as no:
            if status := _status(no):
                self._refused(request, operation, status, source)
            if isinstance(no, Refused):
                await self._nothing_written()
            raise
        if response.status_code in _REFUSALS.values():
            self._refused(request, operation, response.status_code, source)
        elif response.status_code < 400:
            await self._done(request, operation, response)
        return response

    async def _done(self, request: Request, operation: str, response: Response) -> None:
        intent = deeds.intended()
        if intent is not None and intent.key is not None:
            await self._deeds.note(intent.principal, intent.key, self._clock())
        elif operation not in _EVIDENCE and _is_attached(request, response):
            about = deed(request, operation, request.state.caller.actor)
            await self._log.note_once(
                at=self._clock(),
                kind=AccessKind.EXPORT,
                person_id=about.person_id,
                post_id=about.post_id,
                on_behalf_of=about.on_behalf_of,
                subject=about.subject,
                request_id=request_ids.current(),
            )

    async def _nothing_written(self) -> None:
        intent = deeds.intended()
        if intent is not None and intent.key is not None:
            try:
                await self._deeds.refused(intent.principal, intent.key)
            except Temporary:
                # then the reconciler says of it that nobody knows
                return

    def _refused(self, request: Request, operation: str, status: int, source: str | None) -> None:
        caller = getattr(request.state, "caller", None)
        told = Refusal(
            at=self._clock(),
            person_id=caller.actor.person_id if caller else None,
            source=source,
            subject=subject(request, operation),
            status=status,
            request_id=request_ids.current(),
        )
        self.refusals.note(told)


def intend(request: Request, operation: str, actor: Actor) -> None:
    """Say what somebody who was let in is about to do, where that is a write which nothing else tells of."""
    trial = request.query_params.get("dry_run") == "true"
    if request.method not in READING and not trial and operation not in ON_THE_CASE | APART:
        deeds.intend(Intent(principal=actor.person_id, deed=deed(request, operation, actor)))


def deed(request: Request, operation: str, actor: Actor) -> Deed:
    """What somebody does, by the first of the posts by which the operation can be done."""
    able = [one for one in actor.holdings if one.role in access.OPERATIONS[operation].by]
    by = next(iter(able or actor.holdings), None)
    return Deed(
        kind=AccessKind.WRITE,
        subject=subject(request, operation),
        person_id=actor.person_id,
        post_id=by.post_id if by else None,
        on_behalf_of=by.on_behalf_of if by else None,
    )


def subject(request: Request, operation: str) -> str:
    """The operation and the ids in its address; what is no id is left out, whatever it is."""
    ids = [str(value) for value in request.path_params.values()]
    told = [one if _ID.fullmatch(one) and not phones.mentioned(one) else "-" for one in ids]
    return "/".join((operation, *told))


def _status(no: Exception) -> int | None:
    """As what a refusal is noted; ``None`` for one that is nobody's business."""
    match no:
        case Unauthenticated():
            return None if no.noted else 401
        case Refused():
            return _REFUSALS.get(no.kind)
        case ComeBack():
            return 429 if no.code in _TRIED_TOO_OFTEN else None
    return None


def _is_attached(request: Request, response: Response) -> bool:
    attached = response.headers.get("content-disposition", "").startswith("attachment")
    return request.method in READING and attached
