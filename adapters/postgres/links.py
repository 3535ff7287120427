"""Links to one case for somebody from outside (单案链接): issued, used, revoked.

Invariant: the link itself is signed and never stored; what stands here is for which case it is, by whom it was issued, until
when it holds, and how much was done by it.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from adapters.postgres.database import Connection, Database

MOST_UPLOADS: Final = 50
MOST_COMMENTS: Final = 50
"""By one link: a case is carried by its chain, and an outsider must not make it too long."""

_COLUMNS: Final = (
    "id, case_id, unit_id, purpose, issued_by, issued_post, on_behalf_of, "
    "issued_at, expires_at, revoked_at, uploads, comments"
)

_ISSUE: Final = """
INSERT INTO case_links (id, case_id, unit_id, purpose, issued_by, issued_post, on_behalf_of, issued_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""
"""A new link."""

_ONE: Final = f"SELECT {_COLUMNS} FROM case_links WHERE id = $1"  # noqa: S608 - names of columns
"""A link, whatever became of it."""

_STANDING: Final = f"""
SELECT {_COLUMNS} FROM case_links
WHERE id = $1 AND revoked_at IS NULL AND expires_at > $2
    AND NOT EXISTS (SELECT FROM accounts WHERE person_id = issued_by AND disabled_at IS NOT NULL)
"""  # noqa: S608
"""A link that holds at an instant; one by somebody who was shut out does not."""

_OF_CASE: Final = f"""
SELECT {_COLUMNS} FROM case_links WHERE case_id = $1 ORDER BY issued_at DESC, id LIMIT 100
"""  # noqa: S608
"""The links of a case, the newest first."""

_REVOKE: Final = """
UPDATE case_links SET revoked_at = coalesce(revoked_at, $3), revoked_by = coalesce(revoked_by, $4)
WHERE id = $1 AND case_id = $2 RETURNING id
"""
"""Revoke a link of a case; a repeat changes nothing."""

_UPLOADED: Final = "UPDATE case_links SET uploads = uploads + 1 WHERE id = $1 AND uploads < $2 RETURNING id"
"""Count an upload, if there is one left."""

_COMMENTED: Final = (
    "UPDATE case_links SET comments = comments + 1 WHERE id = $1 AND comments < $2 RETURNING id"
)
"""Count a comment, if there is one left."""


@dataclass(frozen=True, kw_only=True)
class Link:
    """A link to one case, and by whom and by which post it was issued; instants are aware."""

    id: str
    case_id: str
    unit_id: str
    purpose: str
    issued_by: str
    issued_post: str
    on_behalf_of: str | None
    issued_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None
    uploads: int = 0
    comments: int = 0

    @property
    def principal(self) -> str:
        """Under which name its holder uploads and comments."""
        return f"link:{self.id}"


def new_id() -> str:
    """An id for a link."""
    return secrets.token_hex(12)


class PostgresLinks:
    """Keeps links."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def issue(self, connection: Connection, link: Link) -> None:
        """A new link, inside the caller's transaction."""
        await connection.execute(
            _ISSUE,
            *(link.id, link.case_id, link.unit_id, link.purpose, link.issued_by, link.issued_post),
            *(link.on_behalf_of, link.issued_at, link.expires_at),
        )

    async def one(self, link_id: str) -> Link | None:
        """A link, whatever became of it."""
        async with self._database.connection() as connection:
            row = await connection.fetchrow(_ONE, link_id)
        return Link(**row) if row else None

    async def standing(self, link_id: str, now: datetime) -> Link | None:
        """The link if it holds at ``now`` (aware)."""
        async with self._database.connection() as connection:
            row = await connection.fetchrow(_STANDING, link_id, now)
        return Link(**row) if row else None

    async def of_case(self, case_id: str) -> list[Link]:
        """The links of a case, the newest first."""
        async with self._database.connection() as connection:
            return [Link(**row) for row in await connection.fetch(_OF_CASE, case_id)]

    async def revoke(
        self, connection: Connection, link_id: str, case_id: str, by: str, now: datetime
    ) -> bool:
        """Revoke a link of a case, inside the caller's transaction; false when the case has no such link."""
        return await connection.fetchval(_REVOKE, link_id, case_id, now, by) is not None

    async def uploaded(self, link_id: str) -> bool:
        """Count an upload; false when there is none left."""
        async with self._database.connection() as connection:
            return await connection.fetchval(_UPLOADED, link_id, MOST_UPLOADS) is not None

    async def commented(self, link_id: str) -> bool:
        """Count a comment; false when there is none left."""
        async with self._database.connection() as connection:
            return await connection.fetchval(_COMMENTED, link_id, MOST_COMMENTS) is not None
