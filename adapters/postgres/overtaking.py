"""How the matters stand that messages are about: what the record has behind the step that a message tells of.

Invariant: only the record is asked, so the auditor finds later what the dispatcher found at the moment of sending.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from adapters.postgres import collection_reminders
from adapters.postgres.database import Connection
from domain import delivery
from domain.delivery import Later
from domain.notices import NoticeKind

_LATER: Final = """
SELECT later.case_id, later.seq, later.at, later.action, ARRAY (SELECT jsonb_object_keys(later.entry -> 'patch')) AS fields
FROM unnest($1::text[], $2::int[]) AS asked (case_id, seq) CROSS JOIN LATERAL (
    SELECT case_id, seq, at, action, entry FROM changes WHERE changes.case_id = asked.case_id AND changes.seq > asked.seq
    UNION ALL
    SELECT bulletin_id, seq, at, action, entry FROM bulletin_changes
    WHERE bulletin_id = asked.case_id AND bulletin_changes.seq > asked.seq
) AS later
"""
"""The entries behind the first of the steps that are asked about, by case or bulletin."""

_ACKNOWLEDGED: Final = "SELECT notice_id, at FROM notice_acks WHERE notice_id = ANY ($1)"
"""Which of these notices their post took note of, and when."""


class Standing:
    """What has happened behind certain steps."""

    def __init__(
        self,
        later: dict[str, list[Later]],
        acknowledged: dict[str, datetime],
        settled: dict[str, tuple[str, datetime]],
    ) -> None:
        self._later = later
        self._acknowledged = acknowledged
        self._settled = settled

    def overtaken(
        self, notice_id: str, case_id: str, seq: int, kind: NoticeKind
    ) -> tuple[str, datetime] | None:
        """Why a notice needs no message any more, in Chinese, and since when (aware); ``None`` where it still does."""
        found = []
        if at := self._acknowledged.get(notice_id):
            found.append((f"本岗位已于 {at:%Y-%m-%dT%H:%M:%SZ} 签收", at))
        if why := self._settled.get(notice_id):
            found.append(why)
        if entry := delivery.moot(kind, (one for one in self._later[case_id] if one.seq > seq)):
            found.append(
                (f"已于 {entry.at:%Y-%m-%dT%H:%M:%SZ} 办理（第 {entry.seq} 步 {entry.action}）", entry.at)
            )
        return min(found, key=lambda one: one[1], default=None)


async def standing(connection: Connection, steps: Iterable[tuple[str, str, int]]) -> Standing:
    """What has happened behind these steps, given as (notice id, case number, step)."""
    asked = list(steps)
    first: dict[str, int] = {}
    for _, case_id, seq in asked:
        first[case_id] = min(seq, first.get(case_id, seq))
    later: dict[str, list[Later]] = defaultdict(list)
    for row in await connection.fetch(_LATER, list(first), list(first.values())):
        entry = Later(seq=row["seq"], at=row["at"], action=row["action"], fields=frozenset(row["fields"]))
        later[row["case_id"]].append(entry)
    ids = [notice_id for notice_id, _, _ in asked]
    rows = await connection.fetch(_ACKNOWLEDGED, ids)
    settled = await collection_reminders.settled(connection, ids)
    return Standing(later, {row["notice_id"]: row["at"] for row in rows}, settled)
