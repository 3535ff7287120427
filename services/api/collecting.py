"""What the routes of collections use, wired once when the process starts."""

from dataclasses import dataclass

from adapters.postgres.collection_acts import PostgresCollectionActs
from adapters.postgres.collection_kinds import PostgresCollectionKinds
from adapters.postgres.collection_lists import PostgresCollectionLists
from adapters.postgres.collection_series import PostgresSeries
from adapters.postgres.collections import PostgresCollections
from adapters.postgres.database import Database
from adapters.postgres.duty import PostgresDuty
from adapters.postgres.submissions import PostgresSubmissions
from adapters.sealing import Sealer
from adapters.seals import SealVerifier
from services import bootstrap
from services.settings import Settings
from workflows.schedules import Schedules


@dataclass(frozen=True, kw_only=True)
class Collecting:
    """The record of collections, their lists, and what seals and verifies."""

    record: PostgresCollections
    acts: PostgresCollectionActs
    kinds: PostgresCollectionKinds
    lists: PostgresCollectionLists
    submissions: PostgresSubmissions
    duty: PostgresDuty
    series: PostgresSeries
    schedules: Schedules
    sealer: Sealer
    seals: SealVerifier


def collecting(database: Database, schedules: Schedules, settings: Settings) -> Collecting:
    """Everything that the routes of collections use."""
    return Collecting(
        record=PostgresCollections(database),
        acts=PostgresCollectionActs(database),
        kinds=PostgresCollectionKinds(database),
        lists=PostgresCollectionLists(database),
        submissions=PostgresSubmissions(database),
        duty=PostgresDuty(database),
        series=PostgresSeries(database),
        schedules=schedules,
        sealer=bootstrap.sealer(settings),
        seals=bootstrap.seals(settings),
    )
