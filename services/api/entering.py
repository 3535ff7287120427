"""What signing in and out, and links, leave in the access log.

Invariant: a row names a person, a session, a link or an account's counter, never what was typed.
"""

from datetime import datetime

import structlog

from adapters.postgres.database import Connection
from adapters.postgres.links import Link
from domain.access_log import AccessKind
from services.api.deps import Services

FAILED = "failed"


async def note(
    services: Services,
    kind: AccessKind,
    now: datetime,
    *,
    person_id: str | None,
    subject: str,
    outcome: str = "ok",
    reason: str | None = None,
    connection: Connection | None = None,
) -> None:
    """One row about a person, or about an address or account that is nobody's."""
    await services.access_log.note(
        connection,
        at=now,
        kind=kind,
        person_id=person_id,
        subject=subject,
        outcome=outcome,
        reason=reason,
        request_id=request_id(),
    )


async def link_used(services: Services, link: Link, now: datetime, what: str) -> None:
    """One row about the holder of a link, who has no person."""
    await services.access_log.note(
        None,
        at=now,
        kind=AccessKind.LINK_USED,
        subject=f"{link.case_id}/{link.principal}",
        channel="link",
        request_id=request_id(),
        reason=what,
    )


def request_id() -> str | None:
    """The id that the response carries, by which the logs are searched."""
    found: str | None = structlog.contextvars.get_contextvars().get("request")
    return found
