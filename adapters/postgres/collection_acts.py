"""What people decide about a collection, on record: the change, the unit's row and the review in one transaction.

Invariant: an act is decided under the locks of its collection and its unit, so it and a submission never pass each other by.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from adapters.postgres import collection_members, collections, requests
from adapters.postgres.database import Database
from domain import collection as rules
from domain.collection import Action, By, Collection, Decision
from domain.people import Actor
from domain.requests import Answer, Request

_REVIEW: Final = """
INSERT INTO submission_reviews (collection_id, unit_id, version, at, verdict, reasons, person_id, post_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (collection_id, unit_id, version) DO NOTHING
"""
"""What a reviewer found of a version; the change of the collection has every finding."""

_VERDICTS: Final = {Action.ACCEPT: "accepted", Action.RETURN: "returned"}


@dataclass(frozen=True, kw_only=True)
class Acted:
    """What an act came to: the answer, and the collection after it (``None`` for a repeat of the request)."""

    answer: Answer
    collection: Collection | None
    look: bool = False


class PostgresCollectionActs:
    """Puts acts on collections on record."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def act(
        self,
        collection_id: str,
        decision: Decision,
        actor: Actor,
        by: By,
        request: Request,
        now: datetime,
        render: Callable[[Collection], Answer],
    ) -> Acted:
        """Decide an act and write it; ``render`` gives the answer to keep.

        ``look`` says whether the workflow has to look: what it waits for has moved, or nobody is outstanding any more.
        Raises ``Refused`` or ``Temporary``; then nothing is on record, not even the key.
        """
        async with self._database.transaction(collections.PATIENCE) as connection:
            if earlier := await requests.claim(connection, request, now):
                return Acted(answer=earlier, collection=None)
            collection = await collections.lock(connection, collection_id)
            unit = decision.unit_id
            member = unit and await collection_members.one(connection, collection_id, unit, lock=True)
            decided = rules.act(collection, member or None, decision, actor, by, now)
            look = decision.action not in (Action.ACCEPT, Action.RETURN)
            if (after := decided.member) is not None:
                left = rules.outstanding(after, review=collection.kind.review)
                await collection_members.keep(connection, after, outstanding=left)
                if decision.action in _VERDICTS:
                    await connection.execute(
                        _REVIEW,
                        collection_id,
                        after.unit_id,
                        after.version,
                        now,
                        _VERDICTS[decision.action],
                        list(decision.reasons),
                        by.person_id,
                        by.post_id,
                    )
                look = look or await collection_members.is_complete(connection, collection_id)
            await collections.append(connection, decided.change, wanted=look)
            if look:
                await connection.execute(collections.ANNOUNCE)
            answer = render(decided.change.collection)
            await requests.keep(connection, request, answer)
            return Acted(answer=answer, collection=decided.change.collection, look=look)
