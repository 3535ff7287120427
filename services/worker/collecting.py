"""Wiring of what collections need of a worker."""

from activities.collection import CollectionActivities
from adapters.postgres.collection_freezing import PostgresFrozenLists
from adapters.postgres.collections import PostgresCollections
from adapters.postgres.database import Database
from domain.collection import Frozen


class _NoBulletins:
    """Makes no draft: the frozen list is all there is."""

    async def draft(self, collection_id: str, frozen: Frozen) -> None:
        """Leave it at the frozen list."""


def activities(database: Database) -> CollectionActivities:
    """The effects of collections' workflows."""
    return CollectionActivities(PostgresCollections(database), PostgresFrozenLists(database), _NoBulletins())
