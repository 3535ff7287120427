"""Opening the collection of a period on behalf of a schedule.

Invariant: a period is decided once in the record, so a repeat after a crash opens nothing twice.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from temporalio import activity

from activities.ports import Looker
from activities.series_ports import SeriesRecord


@dataclass(frozen=True, kw_only=True)
class Occasion:
    """A period that a schedule came to: of which series, at which instant by the schedule (aware)."""

    series_id: str
    at: datetime


class SeriesActivities:
    """The schedule's one effect; ``clock`` gives aware instants."""

    def __init__(self, record: SeriesRecord, engine: Looker, clock: Callable[[], datetime]) -> None:
        self._record = record
        self._engine = engine
        self._clock = clock

    @activity.defn(name="series.open")
    async def open(self, occasion: Occasion) -> str:
        """Open the period's collection, or note why there is none; gives a Chinese sentence of what became of it."""
        series = await self._record.one(occasion.series_id)
        zone = timezone(timedelta(minutes=series.utc_offset_minutes))
        day = occasion.at.astimezone(zone).date()
        # a schedule that comes late finds the clock ahead of it; one that is tried out ahead of time finds it behind
        period = await self._record.open(occasion.series_id, day, max(occasion.at, self._clock()))
        if period is None:
            return "该周期收集已停用"
        if period.collection_id is None:
            return f"{period.period}：不收，{period.skipped}"
        await self._engine.look(period.collection_id)
        return f"{period.period}：已开启 {period.collection_id}"
