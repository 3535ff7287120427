"""What the routes of bulletins use, wired once."""

from dataclasses import dataclass

from adapters.objects import Objects
from adapters.postgres.bulletin_issue import PostgresIssue
from adapters.postgres.bulletin_reading import PostgresBulletinReading
from adapters.postgres.bulletin_settings import PostgresBulletinSettings
from adapters.postgres.bulletins import PostgresBulletins
from adapters.postgres.database import Database
from adapters.postgres.ledger_rows import PostgresLedgers
from services.api.papers import Papers


@dataclass(frozen=True, kw_only=True)
class BulletinServices:
    """The record of bulletins, its readings, its settings and its documents; and ledgers."""

    record: PostgresBulletins
    issue: PostgresIssue
    reading: PostgresBulletinReading
    settings: PostgresBulletinSettings
    papers: Papers
    ledgers: PostgresLedgers
    district: str


def wired(database: Database, objects: Objects, district: str) -> BulletinServices:
    """All of it on one database and one store, for the bureau of a district."""
    settings = PostgresBulletinSettings(database)
    return BulletinServices(
        record=PostgresBulletins(database),
        issue=PostgresIssue(database),
        reading=PostgresBulletinReading(database),
        settings=settings,
        papers=Papers(settings, objects),
        ledgers=PostgresLedgers(database),
        district=district,
    )
