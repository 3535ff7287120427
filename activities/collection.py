"""Reading a collection's board and taking its steps, on behalf of its workflow.

Invariant: every effect is idempotent: a step is taken once in the record, a draft is made once from the frozen list; nothing that
grows with the number of units crosses the engine.
"""

from dataclasses import dataclass
from datetime import datetime

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.ports import Bulletins, CollectionRecord, FrozenLists
from domain.collection import Board
from domain.errors import Refused


@dataclass(frozen=True, kw_only=True)
class CollectionStep:
    """A step of a collection's clock at ``at`` (aware)."""

    collection_id: str
    at: datetime


class CollectionActivities:
    """The workflow's effects; ``bulletins`` makes drafts."""

    def __init__(self, record: CollectionRecord, lists: FrozenLists, bulletins: Bulletins) -> None:
        self._record = record
        self._lists = lists
        self._bulletins = bulletins

    @activity.defn(name="collection.look")
    async def look(self, collection_id: str) -> Board:
        """The collection's board as it is now. Fails for good when the record does not know it."""
        try:
            return await self._record.look(collection_id)
        except Refused as refused:
            raise ApplicationError(refused.message, type=refused.code, non_retryable=True) from refused

    @activity.defn(name="collection.step")
    async def step(self, step: CollectionStep) -> Board:
        """Take the one step that is due, if any."""
        return await self._record.step(step.collection_id, step.at)

    @activity.defn(name="collection.draft")
    async def draft(self, step: CollectionStep) -> Board:
        """Have a bulletin drafted from the frozen list."""
        frozen = await self._lists.frozen(step.collection_id)
        if frozen is not None:
            await self._bulletins.draft(step.collection_id, frozen)
            await self._lists.drafted(step.collection_id, step.at)
        return await self._record.look(step.collection_id)
