"""Reading bulletins: lists, the record of one, who has not read it, and taking note of it.

Invariant: whoever may not see drafts sees what was issued and nothing else; a unit has read a bulletin when its post took note
of any notice about it, and from then on none of them waits.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from adapters.postgres import bulletin_lists, codecs
from adapters.postgres.bulletins import PATIENCE, decoded
from adapters.postgres.database import Database
from domain.audit import Entry
from domain.bulletin import Bulletin
from domain.collection import Frozen

_ONE: Final = "SELECT snapshot FROM bulletins WHERE id = $1 AND ($2 OR issued_at IS NOT NULL)"
"""One bulletin that the asker may see."""

_PAGE: Final = """
SELECT snapshot FROM bulletins
WHERE ($1 OR issued_at IS NOT NULL) AND ($2::text[] IS NULL OR state = ANY ($2)) AND ($3::text IS NULL OR kind = $3)
    AND ($4::text IS NULL OR collection_id = $4) AND ($5::text IS NULL OR about = $5)
    AND ($6::text IS NULL OR (drafted_at, id) < (SELECT drafted_at, id FROM bulletins WHERE id = $6))
ORDER BY drafted_at DESC, id DESC LIMIT $7
"""
"""A page of bulletins, the last drafted first, from behind one."""

_TIMELINE: Final = (
    "SELECT entry FROM bulletin_changes WHERE bulletin_id = $1 AND seq > $2 ORDER BY seq LIMIT $3"
)
"""A page of a bulletin's record, in order."""

_AUDIENCE: Final = """
SELECT unit_id, unit_name, bulletin_audience.post_id, notice_acks.at AS read_at, notice_acks.post_id AS read_post
FROM bulletin_audience LEFT JOIN notice_acks USING (notice_id)
WHERE bulletin_id = $1 AND ($2::boolean IS NULL OR (notice_acks.at IS NOT NULL) = $2) AND unit_id > $3
    AND ($5::text[] IS NULL OR unit_id = ANY ($5))
ORDER BY unit_id LIMIT $4
"""
"""A page of the audience: who has read it and who has not."""

_OF_UNIT: Final = """
SELECT post_id FROM bulletin_audience WHERE bulletin_id = $1 AND unit_id = ANY ($2)
"""
"""The posts that were sent a bulletin in these units."""

_ACKNOWLEDGE: Final = """
INSERT INTO notice_acks (notice_id, at, person_id, post_id)
SELECT id, $3, $4, $5 FROM notices WHERE case_id = $1 AND post_id = ANY ($2)
    AND kind IN ('bulletin', 'bulletin_unread', 'bulletin_withdrawn')
ON CONFLICT DO NOTHING
"""
"""Every notice about a bulletin to these posts, taken note of at once; the first one counts."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which bulletins are asked for; ``None`` means any."""

    states: tuple[str, ...] | None = None
    kind: str | None = None
    collection_id: str | None = None
    about: str | None = None


class PostgresBulletinReading:
    """Answers questions about bulletins."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def one(self, bulletin_id: str, *, drafts: bool) -> Bulletin | None:
        """One bulletin, or ``None``; ``drafts`` tells whether the asker sees what was not issued."""
        async with self._database.connection() as connection:
            snapshot = await connection.fetchval(_ONE, bulletin_id, drafts)
        return None if snapshot is None else decoded(snapshot)

    async def page(self, wanted: Wanted, after: str | None, limit: int, *, drafts: bool) -> list[Bulletin]:
        """At most ``limit`` bulletins, the last drafted first, from behind ``after``."""
        states = None if wanted.states is None else list(wanted.states)
        told = (states, wanted.kind, wanted.collection_id, wanted.about)
        async with self._database.connection() as connection:
            rows = await connection.fetch(_PAGE, drafts, *told, after, limit)
        return [decoded(row["snapshot"]) for row in rows]

    async def timeline(self, bulletin_id: str, after: int, limit: int) -> list[Entry]:
        """At most ``limit`` entries of the record, from behind number ``after``."""
        async with self._database.connection() as connection:
            rows = await connection.fetch(_TIMELINE, bulletin_id, after, limit)
        return [codecs.entry(row["entry"]) for row in rows]

    async def frozen(self, collection_id: str) -> Frozen:
        """The list that a bulletin is made from. Raises ``Refused``."""
        async with self._database.connection(PATIENCE) as connection:
            return await bulletin_lists.frozen(connection, collection_id)

    async def audience(
        self, bulletin_id: str, units: list[str] | None, *, read: bool | None, after: str, limit: int
    ) -> list[dict[str, Any]]:
        """A page of the audience by unit, those of ``units``; ``read`` narrows to who has read it, or has not."""
        async with self._database.connection() as connection:
            rows = await connection.fetch(_AUDIENCE, bulletin_id, read, after, limit, units)
        return [dict(row) for row in rows]

    async def posts_of(self, bulletin_id: str, units: list[str]) -> list[str]:
        """The posts of these units that were sent the bulletin."""
        async with self._database.connection() as connection:
            return [row["post_id"] for row in await connection.fetch(_OF_UNIT, bulletin_id, units)]

    async def acknowledge(
        self, bulletin_id: str, posts: list[str], person_id: str, by_post: str, now: datetime
    ) -> None:
        """Note that the posts have read a bulletin; a repeat changes nothing."""
        async with self._database.connection() as connection:
            await connection.execute(_ACKNOWLEDGE, bulletin_id, posts, now, person_id, by_post)
