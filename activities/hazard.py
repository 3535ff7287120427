"""Reading and writing a hazard's record on behalf of its workflow.

Invariant: ``record`` is idempotent by (case, seq); a repeat after a crash writes nothing.
"""

from typing import Final

import structlog
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.ports import HazardRecord
from domain.errors import Diverged, Refused
from domain.hazard import Case, Change

log = structlog.get_logger()

DIVERGED: Final = "Diverged"
"""The type of the failure that says: another writer took this place in the record."""


class HazardActivities:
    """The hazard workflow's two effects; ``record`` is the port to the system of record."""

    def __init__(self, record: HazardRecord) -> None:
        self._record = record

    @activity.defn(name="hazard.load")
    async def load(self, case_id: str) -> Case:
        """The case as recorded. Fails for good when the record does not know it."""
        try:
            return await self._record.load(case_id)
        except Refused as refused:
            raise ApplicationError(refused.message, type=refused.code, non_retryable=True) from refused

    @activity.defn(name="hazard.record")
    async def record(self, change: Change) -> None:
        """Put one change on record. Fails for good when another writer took its place in the record."""
        try:
            await self._record.append(change)
        except Diverged as diverged:
            raise ApplicationError(str(diverged), type=DIVERGED, non_retryable=True) from diverged
        for notice in change.notices:
            log.info(
                "notice to a post",
                notice=notice.id,
                kind=notice.kind.value,
                post=notice.post_id,
                due_at=notice.due_at.isoformat(),
                late=notice.late,
            )
