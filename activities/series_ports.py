"""What the activities of series need of the record, as shapes."""

from datetime import date, datetime
from typing import Protocol

from domain.collection.series import Series


class Period(Protocol):
    """What became of a period of a series."""

    @property
    def period(self) -> str:
        """Which period."""
        ...

    @property
    def collection_id(self) -> str | None:
        """The collection that was opened, if any."""
        ...

    @property
    def skipped(self) -> str | None:
        """Why none was, in Chinese."""
        ...


class SeriesRecord(Protocol):
    """The series of collections. Every method raises ``Temporary``."""

    async def one(self, series_id: str) -> Series:
        """A series. Raises ``Refused`` (unknown)."""
        ...

    async def open(self, series_id: str, day: date, now: datetime) -> Period | None:
        """Decide the period of a local day, once; ``None`` for a series that goes on no longer."""
        ...
