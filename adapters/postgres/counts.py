"""Numbers of a board: open cases by what they are, and how many of a period's cases were closed.

Invariant: a number counts exactly the cases that a list with the same filters shows at that instant; so lateness is judged by
``now``, not by what was flagged. What is kept (tallies of whole weeks) is kept by the database in the statement that moves a case.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from adapters.postgres.database import Database
from domain.hazard import Stage


def _open(whose: str) -> str:
    return f"""
WITH alike AS (
    SELECT unit_id, stage, level, colour, count(*)::integer AS cases,
        (count(*) FILTER (WHERE overdue OR due_at <= $2))::integer AS late
    FROM hazards WHERE is_open AND {whose}
    GROUP BY 1, 2, 3, 4
)
SELECT CASE grouping(stage, level, colour, unit_id)
        WHEN 7 THEN 'stage' WHEN 11 THEN 'level' WHEN 13 THEN 'colour' WHEN 14 THEN 'unit' ELSE 'all' END AS kind,
    coalesce(stage, level, colour, unit_id) AS code,
    CASE grouping(stage, level, colour, unit_id)
        WHEN 11 THEN (SELECT label FROM levels WHERE code = level ORDER BY version DESC LIMIT 1)
        WHEN 14 THEN (SELECT name FROM units WHERE id = unit_id) END AS label,
    coalesce(sum(cases), 0) AS cases,
    coalesce(sum(late), 0) AS overdue
FROM alike GROUP BY GROUPING SETS ((stage), (level), (colour), (unit_id), ())
ORDER BY 1, 2
"""  # noqa: S608 - constants of this module


_OPEN: Final = _open("$1::text[] IS NULL")
"""Open cases by each of what they are, and how many of them are overdue at an instant."""

_OPEN_OF_UNITS: Final = _open("unit_id = ANY ($1::text[])")
"""The same of some units: a condition of its own, which their index can use, however many they are."""

_CLOSED: Final = """
WITH ends (since, before) AS (VALUES ($2::timestamptz, $3::timestamptz), ($4, $5)),
weeks AS (SELECT * FROM hazard_tallies WHERE unit_id = '' AND week >= $3 AND week < $4)
SELECT (SELECT coalesce(sum(reported), 0) FROM weeks) + (
        SELECT count(*) FROM ends JOIN hazards ON reported_at >= since AND reported_at < before WHERE stage = ANY ($1)
    ) AS reported,
    (SELECT coalesce(sum(closed), 0) FROM weeks) + (
        SELECT count(*) FROM ends JOIN hazards ON reported_at >= since AND reported_at < before WHERE stage = 'closed'
    ) AS closed,
    (SELECT coalesce(sum(late), 0) FROM weeks) + (
        SELECT count(*) FROM ends JOIN hazards ON reported_at >= since AND reported_at < before
        WHERE stage = 'closed' AND snapshot ->> 'overdue_count' <> '0'
    ) AS late
"""
"""Of the cases reported within a period: those of the given stages, the closed ones, and of these the once overdue.

Whole weeks ($3 to $4) are read from their tallies, what is before and behind them is counted.
"""

_CLOSED_OF_UNITS: Final = """
SELECT coalesce(sum(reported), 0)::bigint AS reported, coalesce(sum(closed), 0)::bigint AS closed,
    coalesce(sum(late), 0)::bigint AS late
FROM (
    SELECT reported, closed, late FROM hazard_tallies
    WHERE unit_id = ANY ($6::text[]) AND slot = 0 AND week >= $3 AND week < $4
    UNION ALL
    SELECT count(*) FILTER (WHERE stage = ANY ($1)), count(*) FILTER (WHERE stage = 'closed'), 0
    FROM hazards WHERE unit_id = ANY ($6) AND reported_at >= $2 AND reported_at < $3
    UNION ALL
    SELECT 0, 0, count(*) FROM hazards
    WHERE unit_id = ANY ($6) AND reported_at >= $2 AND reported_at < $3 AND stage = 'closed' AND snapshot ->> 'overdue_count' <> '0'
    UNION ALL
    SELECT count(*) FILTER (WHERE stage = ANY ($1)), count(*) FILTER (WHERE stage = 'closed'), 0
    FROM hazards WHERE unit_id = ANY ($6) AND reported_at >= $4 AND reported_at < $5
    UNION ALL
    SELECT 0, 0, count(*) FROM hazards
    WHERE unit_id = ANY ($6) AND reported_at >= $4 AND reported_at < $5 AND stage = 'closed' AND snapshot ->> 'overdue_count' <> '0'
) AS numbers (reported, closed, late)
"""
"""The same of some units; either end is a range of its own, in which the index of units can begin."""

_WEEK: Final = timedelta(days=7)
_MONDAY: Final = datetime(2000, 1, 2, 16, tzinfo=UTC)
"""A midnight in Shanghai, from which tallies count the weeks."""

FOUND: Final = tuple(
    stage for stage in Stage if stage not in (Stage.DISMISSED, Stage.TRANSFERRED, Stage.MERGED)
)
"""The stages of cases that are hazards to be rectified here: not 误报, 已移交 or 已合并."""


@dataclass(frozen=True, kw_only=True)
class Count:
    """So many open cases; ``kind`` is ``all``, ``stage``, ``level``, ``colour`` or ``unit``, and ``code`` which of them."""

    kind: str
    code: str | None
    label: str | None
    cases: int
    overdue: int


@dataclass(frozen=True, kw_only=True)
class Cohort:
    """The hazards reported within a period (``FOUND``), how many of them are closed, and how many of these were ever late."""

    reported: int
    closed: int
    late: int


class PostgresCounts:
    """Counts what lists show."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def open(self, visible: Iterable[str] | None, now: datetime) -> list[Count]:
        """Open cases of the visible units (``None``: all) at ``now``. Cases without a colour have a ``code`` of ``None``."""
        units = None if visible is None else sorted(visible)
        async with self._database.connection() as connection:
            rows = await connection.fetch(_OPEN if visible is None else _OPEN_OF_UNITS, units, now)
        return [Count(**dict(row)) for row in rows]

    async def cohort(self, visible: Iterable[str] | None, since: datetime, before: datetime) -> Cohort:
        """What became of the cases reported from ``since`` and before ``before`` (aware)."""
        stages = [stage.value for stage in FOUND]
        first, last = _weeks(since, before)
        arguments = (stages, since, first, last, before)
        async with self._database.connection() as connection:
            if visible is None:
                row = await connection.fetchrow(_CLOSED, *arguments)
            else:
                row = await connection.fetchrow(_CLOSED_OF_UNITS, *arguments, sorted(visible))
        return Cohort(**dict(row or {}))


def _weeks(since: datetime, before: datetime) -> tuple[datetime, datetime]:
    """The first and the last end of whole weeks within a period; twice its end when there is none."""
    first = _MONDAY - (_MONDAY - since) // _WEEK * _WEEK
    last = _MONDAY + (before - _MONDAY) // _WEEK * _WEEK
    return (first, last) if first < last else (before, before)
