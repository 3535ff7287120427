"""Every column that holds sealed values, which keys they are sealed with, and sealing them anew with the current one.

Invariant: a value is replaced only while it is still the one that was read, so a write of the running system is never undone;
what is done stays done, so a run that was broken off goes on where it stopped.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from adapters.postgres.database import Database
from adapters.sealing import Sealer, Unopened, header_of

BATCH: Final = 200


@dataclass(frozen=True, kw_only=True)
class SealedColumn:
    """A column of sealed values; ``row`` is its row's id in SQL (indexed), ``index`` the column of its blind index, if it has one.

    A value's place is ``table.column:row``, its index's ``table.column``.
    """

    table: str
    column: str
    row: str
    index: str | None = None

    @property
    def name(self) -> str:
        """How it is named in places."""
        return f"{self.table}.{self.column}"


_SHIFT: Final = "(collection_id || '/' || unit_id || '/' || version::text || '/' || number::text)"
"""A shift as it stands in the place of its numbers; the schema has an index of the same expression."""

COLUMNS: Final = (
    SealedColumn(table="contact_numbers", column="mobile", row="id", index="mobile_index"),
    SealedColumn(table="duty_shifts", column="duty_mobile", row=_SHIFT),
    SealedColumn(table="duty_shifts", column="leader_mobile", row=_SHIFT),
    SealedColumn(table="webhooks", column="secret", row="id"),
    SealedColumn(table="webhooks", column="former_secret", row="id"),
)
"""All of them; a test compares the list with the schema."""


@dataclass(frozen=True, kw_only=True)
class Resealed:
    """How many values were sealed anew, and how many could not be opened, by the key that they name."""

    done: int
    unopened: Mapping[str, int]


async def in_use(database: Database) -> dict[str, int]:
    """How many values are sealed with which key. Raises ``Temporary``."""
    found: Counter[str] = Counter()
    for one in COLUMNS:
        # names from the constant above
        sql = f"""
            SELECT convert_from(substring({one.column} FROM 3 FOR get_byte({one.column}, 1)), 'SQL_ASCII') AS key, count(*) AS n
            FROM {one.table} WHERE {one.column} IS NOT NULL GROUP BY 1
        """  # noqa: S608
        async with database.connection() as connection:
            for row in await connection.fetch(sql):
                found[row["key"]] += row["n"]
    return dict(found)


async def reseal(database: Database, sealer: Sealer) -> Resealed:
    """Seal everything with the current key that is not yet. Raises ``Temporary``; what is done until then stays done."""
    done, unopened = 0, Counter[str]()
    for one in COLUMNS:
        after = ""
        while True:
            last, count = await _batch(database, sealer, one, after, unopened)
            done += count
            if last is None:
                break
            after = last
    return Resealed(done=done, unopened=dict(unopened))


async def _batch(
    database: Database, sealer: Sealer, one: SealedColumn, after: str, unopened: Counter[str]
) -> tuple[str | None, int]:
    """Seal the next values anew; give the row behind which to go on, ``None`` at the end, and how many were done."""
    header = header_of(sealer.current)
    read = f"""
        SELECT {one.row} AS row, {one.column} AS sealed FROM {one.table}
        WHERE {one.column} IS NOT NULL AND substring({one.column} FROM 1 FOR $1) <> $2 AND {one.row} > $3
        ORDER BY {one.row} LIMIT {BATCH}
    """  # noqa: S608 - names from the constant above
    done = 0
    async with database.transaction() as connection:
        rows = await connection.fetch(read, len(header), header, after)
        for row in rows:
            try:
                text = sealer.open(row["sealed"], place=f"{one.name}:{row['row']}")
            except Unopened as lost:
                unopened[lost.key_id or "?"] += 1
                continue
            values = [row["row"], row["sealed"], sealer.seal(text, place=f"{one.name}:{row['row']}")]
            index = f", {one.index} = $4" if one.index else ""
            values += [sealer.blind(text, place=one.name)] if one.index else []
            put = (
                f"UPDATE {one.table} SET {one.column} = $3{index} WHERE {one.row} = $1 AND {one.column} = $2"  # noqa: S608
            )
            done += int((await connection.execute(put, *values)).rpartition(" ")[2])
    return (rows[-1]["row"] if rows else None), done
