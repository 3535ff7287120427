"""Series of collections: each period is opened or skipped once, and why is kept.

Invariant: a period's row and its collection are written in one transaction; a repeat finds the row and changes nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from pydantic import TypeAdapter

from adapters.postgres import codecs, collection_kinds, collections, editions, requests
from adapters.postgres.database import Connection, Database
from domain.collection import By, CollectionKind, Plan
from domain.collection import series as rules
from domain.collection.series import Series
from domain.errors import Kind, Refused
from domain.requests import Answer, Request

_SERIES: Final = TypeAdapter(Series)

_PUT: Final = """
INSERT INTO collection_series (id, title, kind, active, created_at, created_by, created_post, definition)
VALUES ($1, $2, $3, true, $4, $5, $6, $7) ON CONFLICT DO NOTHING RETURNING id
"""
"""A series, unless its id is taken."""

_ONE: Final = "SELECT active, definition FROM collection_series WHERE id = $1"
"""A series."""

_LOCK: Final = "SELECT active, definition FROM collection_series WHERE id = $1 FOR UPDATE"
"""A series while one of its periods is decided."""

_ALL: Final = """
SELECT active, definition FROM collection_series WHERE id > $1 AND ($2::boolean IS NULL OR active = $2) ORDER BY id LIMIT $3
"""
"""A page of series, by id."""

_STOP: Final = "UPDATE collection_series SET active = false WHERE id = $1"
"""A series that goes on no longer; its collections stay."""

_PERIOD: Final = (
    "SELECT period, collection_id, skipped FROM collection_periods WHERE series_id = $1 AND period = $2"
)
"""What became of a period."""

_NOTE: Final = """
INSERT INTO collection_periods (series_id, period, at, collection_id, skipped) VALUES ($1, $2, $3, $4, $5)
"""
"""What becomes of a period."""

_PERIODS: Final = """
SELECT period, collection_id, skipped FROM (
    SELECT * FROM collection_periods WHERE series_id = $1 ORDER BY period DESC LIMIT $2
) AS last ORDER BY period
"""
"""What became of the last periods of a series, in order."""


@dataclass(frozen=True, kw_only=True)
class Period:
    """What became of a period: the collection that was opened, or why none was."""

    period: str
    collection_id: str | None
    skipped: str | None


class PostgresSeries:
    """Keeps series; fits ``activities.ports.SeriesRecord``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(
        self, series: Series, request: Request, now: datetime, render: Callable[[Series], Answer]
    ) -> tuple[Answer, bool]:
        """Add a series; gives the answer, and whether it is new. Raises ``Refused``."""
        async with self._database.transaction() as connection:
            if earlier := await requests.claim(connection, request, now):
                return earlier, False
            by = (series.created_by, series.created_post)
            text = codecs.dump(series)
            if not await connection.fetchval(_PUT, series.id, series.title, series.kind, now, *by, text):
                raise Refused(Kind.CONFLICT, "series_taken", "已有这个编号的周期收集", field="id")
            answer = render(series)
            await requests.keep(connection, request, answer)
            return answer, True

    async def stop(
        self, series_id: str, request: Request, now: datetime, render: Callable[[Series], Answer]
    ) -> tuple[Answer, bool]:
        """Let a series go on no longer. Raises ``Refused`` (unknown)."""
        async with self._database.transaction() as connection:
            if earlier := await requests.claim(connection, request, now):
                return earlier, False
            series = _series(await connection.fetchrow(_LOCK, series_id))
            await connection.execute(_STOP, series_id)
            answer = render(replace(series, active=False))
            await requests.keep(connection, request, answer)
            return answer, True

    async def page(self, after: str, limit: int, *, active: bool | None = None) -> list[Series]:
        """A page of series, by id."""
        async with self._database.connection() as connection:
            return [_series(row) for row in await connection.fetch(_ALL, after, active, limit)]

    async def one(self, series_id: str) -> Series:
        """A series. Raises ``Refused`` (unknown)."""
        async with self._database.connection() as connection:
            return _series(await connection.fetchrow(_ONE, series_id))

    async def periods(self, series_id: str, limit: int) -> list[Period]:
        """What became of its last ``limit`` periods, in order."""
        async with self._database.connection() as connection:
            return [Period(**dict(row)) for row in await connection.fetch(_PERIODS, series_id, limit)]

    async def open(self, series_id: str, day: date, now: datetime) -> Period | None:
        """Decide the period of a local day, once; ``None`` for a series that goes on no longer.

        A period whose collection the rules refuse is noted with what they say, so that somebody reads it.
        """
        try:
            return await self._decided(series_id, day, now)
        except Refused as refused:
            if refused.kind is Kind.UNKNOWN:
                raise
            return await self._decided(series_id, day, now, f"未能开启：{refused.message}")

    async def _decided(
        self, series_id: str, day: date, now: datetime, why: str | None = None
    ) -> Period | None:
        async with self._database.transaction(collections.PATIENCE) as connection:
            series = _series(await connection.fetchrow(_LOCK, series_id))
            if not series.active:
                return None
            period = rules.period(series, day)
            if row := await connection.fetchrow(_PERIOD, series_id, period):
                return Period(**dict(row))
            refused = Period(period=period, collection_id=None, skipped=why)
            found = refused if why else await _decide(connection, series, day, period, now)
            await connection.execute(_NOTE, series_id, period, now, found.collection_id, found.skipped)
            return found


async def _decide(connection: Connection, series: Series, day: date, period: str, now: datetime) -> Period:
    calendar = await editions.calendar(connection, series.region)
    why = rules.skipped(series, calendar, day) or rules.missed(series, calendar, day, now)
    if why is not None:
        return Period(period=period, collection_id=None, skipped=why)
    kind = await collection_kinds.kind(connection, series.kind, now)
    plan = _plan(series, kind, period, rules.window(series, calendar, day))
    by = By(person_id=series.created_by, post_id=series.created_post, channel="engine")
    created = await collections.create(connection, plan, by, now)
    return Period(period=period, collection_id=created.id, skipped=None)


def _plan(series: Series, kind: CollectionKind, period: str, window: Any) -> Plan:
    return Plan(
        kind=kind,
        title=rules.title(series, period),
        basis=series.basis,
        district=series.district,
        window=window,
        audience=series.audience,
        contact_post=series.contact_post,
        contact_phone=series.contact_phone,
        series_id=series.id,
        period=period,
    )


def _series(row: Any) -> Series:
    if row is None:
        raise Refused(Kind.UNKNOWN, "series_unknown", "没有这个周期收集")
    return replace(_SERIES.validate_json(row["definition"]), active=row["active"])
