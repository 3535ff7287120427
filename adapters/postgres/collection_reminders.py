"""Which reminders of collections need no message any more: the unit has submitted meanwhile, what was
asked has changed, or the instant that it warned of has passed.

Invariant: only the record is asked, so an auditor finds later what a dispatcher found at the moment of sending.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from adapters.postgres.database import Connection

_SETTLED: Final = """
SELECT DISTINCT ON (reminders.notice_id) reminders.notice_id, settled.at, settled.why
FROM collection_reminders AS reminders JOIN notices ON notices.id = reminders.notice_id
    JOIN collection_members AS members USING (collection_id, unit_id)
    JOIN LATERAL (
        SELECT recorded_at AS at, '已报送' AS why FROM submissions
        WHERE submissions.collection_id = reminders.collection_id AND submissions.unit_id = reminders.unit_id
            AND recorded_at >= notices.at
        UNION ALL
        SELECT changes.at, '名单或时限已变动' FROM collection_changes AS changes
        WHERE changes.collection_id = reminders.collection_id AND changes.seq > notices.seq
            AND (action IN ('cancel', 'cut_off', 'end_early')
                OR action = CASE WHEN members.due_at IS NULL THEN 'due' ELSE 'due:' || members.unit_id END
                    AND notices.kind = 'collection_reminder'
                OR action IN ('exempt', 'extend') AND entry -> 'patch' ->> 'unit_id' = reminders.unit_id)
    ) AS settled ON true
WHERE reminders.notice_id = ANY ($1)
ORDER BY reminders.notice_id, settled.at
"""
"""Those of some reminders that need no message any more, why, and since when."""


async def settled(connection: Connection, notice_ids: Sequence[str]) -> dict[str, tuple[str, datetime]]:
    """Why each of these reminders needs no message any more, in Chinese, and since when (aware); others are left out."""
    rows = await connection.fetch(_SETTLED, list(notice_ids))
    return {row["notice_id"]: (row["why"], row["at"]) for row in rows}
