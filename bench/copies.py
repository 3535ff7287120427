"""Multiplying stories to size: every row of a case copied under another number, unit and place, its chain sealed anew.

Invariant: a copy's chain is as sound as the pattern's: each entry's hash is computed from its own text, which holds the hash
before it, and the case carries the last one. The server makes the copies, so that no row travels more than once.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Self

from adapters.postgres import codecs
from adapters.postgres.database import Connection, Database
from adapters.postgres.intake import case_number
from bench.stories import PLACE
from domain import audit

KEYS: Final = {"hazards": "id", "changes": "case_id", "case_files": "case_id", "notices": "case_id"}
"""The tables that hold a case and the column that names it, in an order in which references hold."""

_COPIES: Final = "unnest($1::text[], $2::text[], $3::text[]) AS given (copy_id, copy_unit, copy_place)"
_NO_HASH: Final = "\N{SYMBOL FOR NULL}"
"""Stands for the hash before the first entry, in which nothing is replaced."""


def _renamed(text: str) -> str:
    return f"replace(replace(replace({text}, $4, copy_id), $5, copy_unit), $6, copy_place)"


def _made(table: str, text: str) -> str:
    return f"jsonb_populate_record(NULL::{table}, {text}) AS made"


_SEALED: Final = f"replace({_renamed('($7::text[])[step + 1]')}, ($8::text[])[step + 1], chain.copy_hash)"
_CHANGE: Final = f"""{_renamed("($9::text[])[step]")}::jsonb
    || jsonb_build_object('hash', copy_hash, 'entry', sealed::jsonb || jsonb_build_object('hash', copy_hash))"""

_CASES: Final = f"""
WITH RECURSIVE chain AS (
    SELECT copy_id, copy_unit, copy_place, 0 AS step, '' AS sealed, '' AS copy_hash FROM {_COPIES}
    UNION ALL
    SELECT copy_id, copy_unit, copy_place, step + 1, sealing.sealed, encode(sha256(convert_to(sealing.sealed, 'UTF8')), 'hex')
    FROM chain, LATERAL (SELECT {_SEALED} AS sealed OFFSET 0) AS sealing WHERE step < cardinality($7)
), changed AS (
    INSERT INTO changes SELECT made.* FROM chain, {_made("changes", _CHANGE)} WHERE step > 0
)
INSERT INTO hazards
SELECT made.* FROM chain, {_made("hazards", f"replace({_renamed('$10')}, $11, copy_hash)::jsonb")} WHERE step = cardinality($7)
"""  # noqa: S608 - constants of this module
"""Copies of a case with its chain: each entry is sealed on top of the one before, and the case carries the last hash."""


def _others(table: str) -> str:
    made = _made(table, f"{_renamed('told')}::jsonb")
    return f"INSERT INTO {table} SELECT made.* FROM {_COPIES}, unnest($7::text[]) AS pattern (told), {made}"  # noqa: S608


_OTHERS: Final = {table: _others(table) for table in ("case_files", "notices")}
"""Copies of what stands beside a case."""


_OF_NOTICES: Final = ("notice_queue", "notice_routes", "deliveries", "notice_acks")
"""What a worker may have done about notices, by ``notice_id``; it begins at the first too, so that each waits for the other."""


@dataclass(frozen=True, kw_only=True)
class Pattern:
    """One case as read from the record: its rows by table as JSON, and the canonical text of each entry."""

    id: str
    unit_id: str
    head: str
    rows: Mapping[str, Sequence[str]]
    texts: Sequence[str]
    before: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class Names:
    """What tells copies apart: their numbers, units and places."""

    ids: Sequence[str]
    units: Sequence[str]
    places: Sequence[str]

    @classmethod
    def of(cls, year: int, numbers: Sequence[int], units: Sequence[str]) -> Self:
        """Names by case number."""
        ids = [case_number(year, number) for number in numbers]
        return cls(ids=ids, units=units, places=[f"{year}{number}" for number in numbers])


async def pattern(database: Database, case_id: str) -> Pattern:
    """Read a case."""
    async with database.connection() as connection:
        rows = {table: await connection.fetch(_told(table), case_id) for table in KEYS}
    told = {table: [json.loads(row["told"]) for row in found] for table, found in rows.items()}
    entries = [codecs.entry(json.dumps(row.pop("entry"))) for row in told["changes"]]
    return Pattern(
        id=case_id,
        unit_id=told["hazards"][0]["unit_id"],
        head=entries[-1].hash,
        rows={table: [json.dumps(row, ensure_ascii=False) for row in found] for table, found in told.items()},
        texts=[audit.canonical(entry) for entry in entries],
        before=[_NO_HASH, *(entry.hash for entry in entries[:-1])],
    )


def _told(table: str) -> str:
    # names from the constant above
    return f"SELECT to_jsonb(one)::text AS told FROM {table} AS one WHERE {KEYS[table]} = $1 ORDER BY seq"  # noqa: S608


async def forget(connection: Connection, case_ids: Sequence[str]) -> None:
    """Take cases out again, by a superuser: the application may not delete from a record."""
    told = list(case_ids)
    async with connection.transaction():
        for table in _OF_NOTICES:
            of = "notice_id IN (SELECT id FROM notices WHERE case_id = ANY ($1))"
            await connection.execute(f"DELETE FROM {table} WHERE {of}", told)  # noqa: S608 - names of constants
        for table, column in (("events", "subject"), ("hazard_texts", "case_id"), *reversed(KEYS.items())):
            await connection.execute(f"DELETE FROM {table} WHERE {column} = ANY ($1)", told)  # noqa: S608 - the same


async def write(connection: Connection, of: Pattern, names: Names) -> None:
    """Put copies of a pattern on record, inside the caller's transaction."""
    renamed = (names.ids, names.units, names.places, of.id, of.unit_id, PLACE)
    changes, (folder,) = of.rows["changes"], of.rows["hazards"]
    await connection.execute(_CASES, *renamed, of.texts, of.before, changes, folder, of.head)
    for table, sql in _OTHERS.items():
        if of.rows[table]:
            await connection.execute(sql, *renamed, of.rows[table])


async def write_bare(connection: Connection, of: Pattern, names: Names, model: str) -> None:
    """Put copies on record as lists, searches and counts have them: no history, and the snapshot of the copy ``model``."""
    (folder,) = of.rows["hazards"]
    columns = [name for name in json.loads(folder) if name != "snapshot"]
    told = json.dumps({name: json.loads(folder)[name] for name in columns}, ensure_ascii=False)
    made = _made("hazards", f"{_renamed('$7')}::jsonb")
    await connection.execute(
        # names of columns; the snapshot goes from row to row as it is compressed
        f"INSERT INTO hazards ({', '.join(columns)}, snapshot) SELECT {', '.join(f'made.{name}' for name in columns)}, "  # noqa: S608
        f"model.snapshot FROM {_COPIES}, {made}, (SELECT snapshot FROM hazards WHERE id = $8) AS model",
        *(names.ids, names.units, names.places, of.id, of.unit_id, PLACE, told, model),
    )


async def number_on(connection: Connection, last: Mapping[int, int]) -> None:
    """Tell the record which numbers of each year are used, so that the next report gets the one after."""
    for year, number in last.items():
        await connection.execute(
            "INSERT INTO case_numbers (year, last) VALUES ($1, $2) ON CONFLICT (year) DO UPDATE SET last = $2",
            year,
            number,
        )
