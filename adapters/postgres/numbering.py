"""Whether the case numbers are whole: none that no case bears, and no counter that would give one twice.

Invariant: only the counter is put right; a number without a case is told, because a case was removed.
"""

from typing import Final

from adapters.postgres.database import Connection
from domain.drift import Drift, DriftKind

_COUNTERS: Final = """
SELECT year, last, coalesce(highest, 0) AS highest, coalesce(borne, 0) AS borne
FROM case_numbers FULL JOIN (
    SELECT split_part(id, '-', 2)::int AS year, max(split_part(id, '-', 3)::int) AS highest, count(*) AS borne
    FROM hazards GROUP BY 1
) AS cases USING (year)
ORDER BY year
"""
"""Per year: the last number given, the highest that a case bears, and how many cases there are."""

_GAPS: Final = """
SELECT number FROM generate_series(1, $2::int) AS number
WHERE NOT EXISTS (
    SELECT 1 FROM hazards WHERE id = format('YH-%s-%s', $1::int, lpad(number::text, greatest(6, length(number::text)), '0'))
)
ORDER BY number LIMIT 5
"""
"""The first numbers of a year that no case bears."""

_RAISE: Final = """
INSERT INTO case_numbers (year, last)
SELECT $1, max(split_part(id, '-', 3)::int) FROM hazards WHERE split_part(id, '-', 2) = $1::int::text HAVING count(*) > 0
ON CONFLICT (year) DO UPDATE SET last = excluded.last WHERE case_numbers.last < excluded.last
"""
"""The counter, raised to the highest number that a case bears."""


async def drifts(connection: Connection) -> list[Drift]:
    """What is wrong with the numbers of each year."""
    found: list[Drift] = []
    for row in await connection.fetch(_COUNTERS):
        year, last, highest = row["year"], row["last"] or 0, row["highest"]
        if last < highest:
            why = f"{year} 年的案号已用到 {highest}，计数停在 {last}"
            found.append(Drift(kind=DriftKind.COUNTER_BEHIND, subject=str(year), sentence=why))
        if row["borne"] < max(last, highest):
            gaps = [str(gap["number"]) for gap in await connection.fetch(_GAPS, year, max(last, highest))]
            why = f"{year} 年缺少案卷，序号 {'、'.join(gaps)}{' 等' if len(gaps) == 5 else ''}"
            found.append(Drift(kind=DriftKind.NUMBER_GAP, subject=str(year), sentence=why))
    return found


async def repair(connection: Connection, year: int) -> bool:
    """Raise the year's counter to the highest number in use, inside the caller's transaction."""
    done = await connection.execute(_RAISE, year)
    return not done.endswith(" 0")
