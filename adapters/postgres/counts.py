"""Numbers of a board: open cases by what they are, and how many of a period's cases were closed.

Invariant: a number counts exactly the cases that a list with the same filters shows at that instant; so lateness is judged by
``now``, not by what was flagged, and nothing is kept that could fall out of step.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from adapters.postgres.database import Database
from domain.hazard import Stage

_OPEN: Final = """
WITH alike AS (
    SELECT unit_id, stage, level, colour, overdue OR coalesce(due_at <= $2, false) AS late, count(*) AS cases
    FROM hazards WHERE is_open AND ($1::text[] IS NULL OR unit_id = ANY ($1))
    GROUP BY 1, 2, 3, 4, 5
)
SELECT CASE grouping(stage, level, colour, unit_id)
        WHEN 7 THEN 'stage' WHEN 11 THEN 'level' WHEN 13 THEN 'colour' WHEN 14 THEN 'unit' ELSE 'all' END AS kind,
    coalesce(stage, level, colour, unit_id) AS code,
    CASE grouping(stage, level, colour, unit_id)
        WHEN 11 THEN (SELECT label FROM levels WHERE code = level ORDER BY version DESC LIMIT 1)
        WHEN 14 THEN (SELECT name FROM units WHERE id = unit_id) END AS label,
    coalesce(sum(cases), 0)::bigint AS cases,
    coalesce(sum(cases) FILTER (WHERE late), 0)::bigint AS overdue
FROM alike GROUP BY GROUPING SETS ((stage), (level), (colour), (unit_id), ())
ORDER BY 1, 2
"""
"""Open cases by each of what they are, and how many of them are overdue at an instant."""

_CLOSED: Final = """
SELECT
    (SELECT count(*) FROM hazards WHERE stage = ANY ($1) AND reported_at >= $2 AND reported_at < $3) AS reported,
    (SELECT count(*) FROM hazards WHERE stage = 'closed' AND reported_at >= $2 AND reported_at < $3) AS closed,
    (SELECT count(*) FROM hazards WHERE stage = 'closed' AND reported_at >= $2 AND reported_at < $3
        AND snapshot ->> 'overdue_count' <> '0') AS late
"""
"""Of the cases reported within a period: those of the given stages, the closed ones, and of these the once overdue."""

_CLOSED_OF_UNITS: Final = """
SELECT count(*) FILTER (WHERE stage = ANY ($1)) AS reported, count(*) FILTER (WHERE stage = 'closed') AS closed,
    (SELECT count(*) FROM hazards WHERE stage = 'closed' AND reported_at >= $2 AND reported_at < $3
        AND unit_id = ANY ($4) AND snapshot ->> 'overdue_count' <> '0') AS late
FROM hazards WHERE unit_id = ANY ($4) AND reported_at >= $2 AND reported_at < $3
"""
"""The same of some units."""

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
        async with self._database.connection() as connection:
            rows = await connection.fetch(_OPEN, None if visible is None else sorted(visible), now)
        return [Count(**dict(row)) for row in rows]

    async def cohort(self, visible: Iterable[str] | None, since: datetime, before: datetime) -> Cohort:
        """What became of the cases reported from ``since`` and before ``before`` (aware)."""
        stages = [stage.value for stage in FOUND]
        async with self._database.connection() as connection:
            if visible is None:
                row = await connection.fetchrow(_CLOSED, stages, since, before)
            else:
                row = await connection.fetchrow(_CLOSED_OF_UNITS, stages, since, before, sorted(visible))
        return Cohort(**dict(row or {}))
