"""Pages of hazards: one constant statement for each way into the record, and the choice between them.

Invariant: every statement takes the same parameters and means the same, all filters included; they differ only in the index
by which the newest cases are reached. So a plan that is made once, before the values are known, is the right one.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from adapters.postgres.database import Connection
from domain.hazard import OPEN_STAGES

_NARROWED: Final = """
        ($1::text[] IS NULL OR unit_id = ANY ($1))
        AND ($2::text[] IS NULL OR stage = ANY ($2))
        AND ($3::text IS NULL OR level = $3)
        AND ($4::text IS NULL OR category = $4)
        AND ($5::boolean IS NULL OR (overdue OR (is_open AND coalesce(due_at <= $6, false))) = $5)
        AND ($7::text IS NULL OR waiting_post = $7)
        AND reported_at >= coalesce($9::timestamptz, '-infinity')
        AND ($11::text IS NULL OR colour = $11)
        AND ($12::boolean IS NULL OR extension_pending = $12)
        AND ($13::boolean IS NULL OR (snapshot ->> 'overdue_count' <> '0') = $13)
        AND (reported_at, id) < (coalesce($10::timestamptz, 'infinity'), coalesce($14::text, ''))
"""
_PLACE: Final = """
SELECT reported_at FROM hazards WHERE id = $1 AND ($2::text[] IS NULL OR unit_id = ANY ($2))
"""
"""Where a case that may be listed stands in every list."""

_BEFORE: Final = 9
_BEFORE_ID: Final = 13
"""Where the place behind which a page begins stands among the parameters."""

_FIRST: Final = "ORDER BY reported_at DESC, id DESC LIMIT $16"
_TOLD: Final = "lower(id || ' ' || place || ' ' || description)"
_COLUMNS: Final = "reported_at, id, place, description, snapshot"


def _page(cases: str) -> str:
    """The page out of ``cases``, which gives the newest $16: those with the text $8, and the last one looked at."""
    return f"""
SELECT CASE WHEN found THEN snapshot - 'terms' END AS fields, CASE WHEN found THEN snapshot -> 'terms' END AS terms, is_last
FROM (
    SELECT snapshot, found, is_last
    FROM (
        SELECT reported_at, id, snapshot, $8::text IS NULL OR position(lower($8) IN {_TOLD}) > 0 AS found,
            row_number() OVER (ORDER BY reported_at DESC, id DESC) = $16 AS is_last
        FROM ({cases}) AS newest
    ) AS looked_at
    WHERE found OR is_last
    ORDER BY reported_at DESC, id DESC LIMIT $15
) AS shown
"""  # noqa: S608 - constants of this module


def _where(condition: str) -> str:
    return f"SELECT {_COLUMNS} FROM hazards WHERE {condition} {_NARROWED} {_FIRST}"  # noqa: S608


def _each(given: str, column: str) -> str:
    """The newest of each value of a list, put together."""
    each = _where(f"{column} = given.one AND")
    return f"SELECT newest_of.* FROM {given} AS given (one) CROSS JOIN LATERAL ({each}) AS newest_of {_FIRST}"  # noqa: S608


_LATEST: Final = _page(_where(""))
"""By the date of report."""

_OF_UNITS: Final = _page(_each("(SELECT DISTINCT unnest($1::text[]))", "unit_id"))
"""By unit: few cases each."""

_OF_STAGES: Final = _page(_each("(SELECT DISTINCT unnest($2::text[]))", "stage"))
"""By stage."""

_OF_LEVEL: Final = _page(_where("level = $3 AND"))
"""By level."""

_OF_CATEGORY: Final = _page(_where("category = $4 AND"))
"""By category."""

_OVERDUE: Final = _page(f"""
    SELECT * FROM (
        ({_where("overdue AND")})
        UNION ALL ({_where("is_open AND NOT overdue AND due_at <= $6 AND")})
    ) AS late {_FIRST}
""")  # noqa: S608
"""Flagged as overdue, or due and not flagged yet."""

_ONCE_OVERDUE: Final = _page(_where("snapshot ->> 'overdue_count' <> '0' AND"))
"""Overdue at any time, closed since or not."""

_WAITING: Final = _page(_where("is_open AND waiting_post = $7 AND"))
"""By the post that has to act; a closed case waits on nobody."""

_OF_COLOUR: Final = _page(_where("colour = $11 AND"))
"""By colour."""

_ASKING: Final = _page(_where("extension_pending AND"))
"""With a request for more time that is to be decided."""

_SEARCH: Final = f"""
SELECT CASE WHEN found THEN snapshot - 'terms' END AS fields, CASE WHEN found THEN snapshot -> 'terms' END AS terms,
    is_last, reported_at, id
FROM (
    SELECT snapshot, reported_at, id, ({_NARROWED}) AS found,
        row_number() OVER (ORDER BY reported_at DESC, id DESC) = $16 AS is_last
    FROM hazards_told($8::text, $1::text[], coalesce($9::timestamptz, '-infinity'),
        coalesce($10::timestamptz, 'infinity'), coalesce($14::text, ''), $16) AS told
    JOIN hazards ON id = told.case_id
) AS looked_at
WHERE found OR is_last
ORDER BY reported_at DESC, id DESC LIMIT $15
"""  # noqa: S608
"""Through the index of the text, for words that are not among the newest cases: of the newest $16 that have them, those meant."""

LOOKED_AT: Final = 1000
"""How many cases a search reads from the front of a list before it asks the index of the text."""

FEW: Final = 4
"""Up to so many units have so few cases that a search may read them all."""

MANY: Final = 100
"""Up to so many units, the newest of each are put together; more of them are a good part of any list."""


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What a list of hazards is narrowed to; ``None`` means no limit. Instants are aware."""

    stages: tuple[str, ...] | None = None
    level: str | None = None
    unit_id: str | None = None
    category: str | None = None
    overdue: bool | None = None
    once_overdue: bool | None = None
    post: str | None = None
    text: str | None = None
    reported_from: datetime | None = None
    reported_before: datetime | None = None
    colour: str | None = None
    extension_pending: bool | None = None


async def page(
    connection: Connection,
    units: list[str] | None,
    filters: Filters,
    now: datetime,
    after: str | None,
    limit: int,
) -> list[tuple[str, str]]:
    """The snapshots of a page, newest report first, each in two parts: its fields, and its terms.

    ``units`` are those whose cases may be on it, ``None`` for all; ``now`` decides what is overdue.
    """
    end = (filters.reported_before, "")
    if after is not None:
        at = await connection.fetchval(_PLACE, after, units)
        if at is None:
            return []
        # one bound, not two: of two the server starts at the first and walks to the second
        end = min((at, after), (filters.reported_before or at, "" if filters.reported_before else after))
    arguments = _arguments(units, filters, now, end, limit)
    if filters.text is not None and units is not None and len(units) > FEW:
        return await _search(connection, arguments, limit)
    sql, is_small = _way(units, filters)
    looked_at = limit if filters.text is None else None if is_small else max(limit, LOOKED_AT)
    rows = await connection.fetch(sql, *arguments, looked_at)
    found = [(row["fields"], row["terms"]) for row in rows if row["fields"] is not None]
    if filters.text is not None and len(found) < limit and rows and rows[-1]["is_last"]:
        return await _search(connection, arguments, limit)
    return found


async def _search(connection: Connection, arguments: list[Any], limit: int) -> list[tuple[str, str]]:
    """Walk the cases that have the text from the newest back, more of them each time, until a page is full."""
    found: list[tuple[str, str]] = []
    most, is_last = LOOKED_AT, True
    while is_last and len(found) < limit:
        rows = await connection.fetch(_SEARCH, *arguments, most)
        found += [(row["fields"], row["terms"]) for row in rows if row["fields"] is not None]
        is_last = bool(rows) and rows[-1]["is_last"]
        if is_last:
            arguments[_BEFORE], arguments[_BEFORE_ID] = rows[-1]["reported_at"], rows[-1]["id"]
        most *= 4
    return found[:limit]


def _way(units: list[str] | None, filters: Filters) -> tuple[str, bool]:
    """The statement that reads least, and whether it leads to so few cases that a search may read them all."""
    stages = filters.stages
    ways = (
        (units is not None and len(units) <= FEW, _OF_UNITS, True),
        (filters.extension_pending, _ASKING, True),
        (filters.overdue, _OVERDUE, True),
        (filters.post, _WAITING, True),
        (filters.colour, _OF_COLOUR, True),
        (stages and set(stages) <= {stage.value for stage in OPEN_STAGES}, _OF_STAGES, False),
        (units is not None and len(units) <= MANY, _OF_UNITS, False),
        (filters.once_overdue, _ONCE_OVERDUE, False),
        (filters.category, _OF_CATEGORY, False),
        (filters.level, _OF_LEVEL, False),
        (stages, _OF_STAGES, False),
    )
    return next(((sql, is_small) for given, sql, is_small in ways if given), (_LATEST, False))


def _arguments(
    units: list[str] | None, filters: Filters, now: datetime, end: tuple[datetime | None, str], limit: int
) -> list[Any]:
    return [
        units,
        None if filters.stages is None else list(filters.stages),
        filters.level,
        filters.category,
        filters.overdue,
        now,
        filters.post,
        filters.text,
        filters.reported_from,
        end[0],
        filters.colour,
        filters.extension_pending,
        filters.once_overdue,
        end[1],
        limit,
    ]
