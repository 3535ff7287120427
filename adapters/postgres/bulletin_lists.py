"""The frozen list of a collection, read for a bulletin.

Invariant: a list whose hash is not the one that was frozen with it makes no bulletin, is not signed and is not issued.
"""

from typing import Final

from pydantic import TypeAdapter

from adapters.postgres.database import Connection
from domain import collection
from domain.collection import Collection, Frozen, Outcome, Standing
from domain.errors import Kind, Refused

_COLLECTION: Final = TypeAdapter(Collection)

_HEAD: Final = """
SELECT collections.snapshot, collection_frozen.frozen_at, collection_frozen.hash
FROM collection_frozen JOIN collections ON collections.id = collection_frozen.collection_id
WHERE collection_frozen.collection_id = $1
"""
"""When the list of a collection was frozen, under which hash, and the collection."""

_STANDINGS: Final = """
SELECT unit_id, unit_name, outcome, due_at, version, received_at, late_minutes, returns, basis, submission_hash
FROM collection_standings WHERE collection_id = $1 ORDER BY unit_id COLLATE "C"
"""
"""Every unit of the list, as it stood."""


async def frozen(connection: Connection, collection_id: str) -> Frozen:
    """The frozen list, checked against its hash. Raises ``Refused`` (``not_frozen``, ``list_altered``)."""
    head = await connection.fetchrow(_HEAD, collection_id)
    if head is None:
        raise Refused(Kind.CONFLICT, "not_frozen", "该项收集尚未截止，名单还没有固定", field="collection_id")
    about = _COLLECTION.validate_json(head["snapshot"])
    standings = tuple(
        Standing(**{**row, "outcome": Outcome(row["outcome"])})
        for row in await connection.fetch(_STANDINGS, collection_id)
    )
    counts = collection.Counts.of(one.outcome for one in standings)
    return checked(collection.frozen(about, standings, counts, head["frozen_at"], head["hash"]))


def checked(given: Frozen) -> Frozen:
    """The list, if it is the one that was frozen. Raises ``Refused`` (``list_altered``)."""
    if collection.digest(given) != given.hash:
        raise Refused(Kind.CONFLICT, "list_altered", "名单与截止时固定的不一致，已停止办理，请联系管理员")
    return given
