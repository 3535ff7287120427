"""Writes that are still to stand in the access log: what is to be said of each lies with its request.

Invariant: a request takes its key before it writes or together with it, and what is to be noted of it is on record with that key;
so a write whose process ended before the note is found and noted later, once (``note_left``).
"""

import json
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from adapters.postgres.database import Database
from domain.access_log import Deed

_TOLD: Final = """
deed ->> 'person_id', deed ->> 'post_id', deed ->> 'on_behalf_of', deed ->> 'subject', deed ->> 'channel',
    principal || ':' || key, deed ->> 'reason'
"""

_NOTE: Final = f"""
WITH done AS (
    UPDATE requests SET noted = 'ok'
    WHERE principal = $1 AND key = $2 AND deed IS NOT NULL AND noted IS DISTINCT FROM 'ok'
    RETURNING principal, key, deed
)
SELECT note_access($3, deed ->> 'kind', 'ok', {_TOLD}) FROM done
"""  # noqa: S608 - names of fields
"""Note a write that came off, unless it is noted."""

_REFUSED: Final = """
UPDATE requests SET noted = 'refused'
WHERE principal = $1 AND key = $2 AND deed IS NOT NULL AND noted IS NULL AND status IS NULL
"""
"""There is nothing to note: the rules said no, and nothing was written."""

_LEFT: Final = f"""
WITH done AS (
    UPDATE requests SET noted = CASE WHEN status IS NULL THEN 'unknown' ELSE 'ok' END
    WHERE deed IS NOT NULL AND noted IS NULL AND (status IS NULL OR status < 400) AND created_at < $1
    RETURNING principal, key, deed, noted, created_at
)
SELECT note_access(created_at, deed ->> 'kind', noted, {_TOLD}) FROM done ORDER BY created_at
"""  # noqa: S608 - names of fields
"""Note every write of before that nobody noted; of one without an answer it is not known whether it came off."""


@dataclass(kw_only=True)
class Intent:
    """What a request is about to do, under whose name, and whether it has taken its key."""

    principal: str
    deed: Deed
    key: str | None = None


_INTENT: Final[ContextVar[Intent | None]] = ContextVar("intent", default=None)


def intend(intent: Intent | None) -> None:
    """From now on this request (its task) is about to do this, or nothing that is to be noted."""
    _INTENT.set(intent)


def intended() -> Intent | None:
    """What this request is about to do."""
    return _INTENT.get()


def taken(principal: str, key: str) -> str | None:
    """The deed that lies with the key which the request takes first, as JSON; ``None`` where there is nothing to note."""
    intent = _INTENT.get()
    if intent is None or intent.principal != principal or intent.key not in (None, key):
        return None
    intent.key = key
    return json.dumps(vars(intent.deed), ensure_ascii=False)


class PostgresDeeds:
    """Notes writes by their requests. Fits ``activities.reconcile.Deeds``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def note(self, principal: str, key: str, now: datetime) -> None:
        """Note a write that came off, once. Raises ``Temporary``."""
        async with self._database.connection() as connection:
            await connection.execute(_NOTE, principal, key, now)

    async def refused(self, principal: str, key: str) -> None:
        """Say that the request wrote nothing. Raises ``Temporary``."""
        async with self._database.connection() as connection:
            await connection.execute(_REFUSED, principal, key)

    async def note_left(self, before: datetime) -> int:
        """Note what was left unnoted of before ``before`` (aware), by when it was asked; gives how many."""
        async with self._database.connection() as connection:
            return len(await connection.fetch(_LEFT, before))
