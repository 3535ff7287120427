"""What signing in and out leaves in the access log.

Invariant: a row names a person, a session or an account's counter, never what was typed.
"""

from datetime import datetime

from adapters.postgres.database import Connection
from domain.access_log import AccessKind
from services.api import request_ids
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
    connection: Connection | None,
) -> None:
    """One row about a person, or about an address or account that is nobody's; in the transaction of what is done."""
    await services.access_log.note(
        connection,
        at=now,
        kind=kind,
        person_id=person_id,
        subject=subject,
        outcome=outcome,
        reason=reason,
        request_id=request_ids.current(),
    )
