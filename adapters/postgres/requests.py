"""The table of requests: who asked what under which key, and what was answered."""

import json
from datetime import datetime
from typing import Final

from adapters.postgres import deeds
from adapters.postgres.database import Connection, Database
from domain.requests import Answer, Request, reused_key

LAZILY: Final = "set_config('synchronous_commit', 'off', true) = 'off'"
"""A condition that always holds: what is written under it is committed without waiting for the disk.

Only for what may be lost when the database is killed in the next moment, in a statement that is its own transaction. What is
committed later and does wait takes it along.
"""

_CLAIM: Final = """
INSERT INTO requests (principal, key, fingerprint, created_at, deed) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT DO NOTHING RETURNING key
"""
"""Take the key with what is to be noted, or find it taken; waits for a transaction that is taking it now."""

_TAKEN: Final = "SELECT fingerprint, status, answer FROM requests WHERE principal = $1 AND key = $2"
"""What the key was taken for and what was answered, if anything yet."""

_ANSWER: Final = """
UPDATE requests SET status = $3, answer = $4 WHERE principal = $1 AND key = $2 AND ($5 OR status IS NULL)
"""
"""Keep the answer; the first one stays unless the caller says that it completes an interim one."""

_ANSWER_LAZILY: Final = f"""
INSERT INTO requests (principal, key, fingerprint, created_at, status, answer)
SELECT $1, $2, $3, $4, $5, $6 WHERE {LAZILY}
ON CONFLICT (principal, key) DO UPDATE SET status = excluded.status, answer = excluded.answer
WHERE requests.status IS NULL
"""
"""The same for an answer that can be given again from the record, with the key where the database lost it meanwhile."""


class PostgresRequests:
    """Claims keys and keeps answers."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def claim(self, request: Request, now: datetime) -> Answer | None:
        """The earlier answer to this very request, or ``None`` when it is new or was never answered.

        Raises ``Refused`` when the key was used for another request.
        """
        async with self._database.connection() as connection:
            return await claim(connection, request, now)

    async def earlier(self, request: Request) -> Answer | None:
        """The earlier answer to this very request, if there is one; the key is not taken.

        Raises ``Refused`` when the key was used for another request.
        """
        async with self._database.connection() as connection:
            return await taken(connection, request)

    async def answer(self, request: Request, answer: Answer, *, completes: bool = False) -> None:
        """Keep the answer; ``completes`` replaces an interim one."""
        async with self._database.connection() as connection:
            await keep(connection, request, answer, completes=completes)


async def claim(connection: Connection, request: Request, now: datetime) -> Answer | None:
    """See :meth:`PostgresRequests.claim`, inside a caller's transaction."""
    deed = deeds.taken(request.principal, request.key)
    if await connection.fetchval(_CLAIM, request.principal, request.key, request.fingerprint, now, deed):
        return None
    return await taken(connection, request)


async def taken(connection: Connection, request: Request) -> Answer | None:
    """See :meth:`PostgresRequests.earlier`, on a caller's connection."""
    row = await connection.fetchrow(_TAKEN, request.principal, request.key)
    if row is None:
        return None
    if row["fingerprint"] != request.fingerprint:
        raise reused_key()
    return None if row["status"] is None else answer_of(row["status"], row["answer"])


def answer_of(status: int, body: str) -> Answer:
    """An answer as it was kept."""
    return Answer(status=status, body=json.loads(body))


async def keep(connection: Connection, request: Request, answer: Answer, *, completes: bool = False) -> None:
    """See :meth:`PostgresRequests.answer`, inside a caller's transaction."""
    body = json.dumps(answer.body, ensure_ascii=False)
    await connection.execute(_ANSWER, request.principal, request.key, answer.status, body, completes)


async def keep_lazily(connection: Connection, request: Request, answer: Answer, asked_at: datetime) -> None:
    """Keep the answer to what is on record; never inside a transaction that writes anything else."""
    asked = (request.principal, request.key, request.fingerprint, asked_at)
    body = json.dumps(answer.body, ensure_ascii=False)
    await connection.execute(_ANSWER_LAZILY, *asked, answer.status, body)
