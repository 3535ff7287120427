"""Multiplying stories to size: every row of a case copied under another number, unit and place, its chain sealed anew.

Invariant: a copy's chain is as sound as the pattern's: each entry's hash is computed from its own text, which holds the hash
before it, and the case carries the last one.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import asyncpg

from adapters.postgres import codecs
from adapters.postgres.database import Database
from bench.stories import PLACE
from domain import audit

Rows = list[tuple[Any, ...]]

TABLES: Final = {
    "hazards": "SELECT * FROM hazards WHERE id = $1",
    "changes": "SELECT * FROM changes WHERE case_id = $1 ORDER BY seq",
    "case_files": "SELECT * FROM case_files WHERE case_id = $1",
    "notices": "SELECT * FROM notices WHERE case_id = $1",
}
"""The tables that hold a case, in an order in which references hold."""


@dataclass(frozen=True, kw_only=True)
class Pattern:
    """One case as read from the record: its rows by table, and the canonical text of each entry."""

    id: str
    unit_id: str
    rows: dict[str, list[dict[str, Any]]]
    texts: list[str]

    @property
    def changes(self) -> int:
        """How many changes the case has."""
        return len(self.texts)


async def pattern(database: Database, case_id: str) -> Pattern:
    """Read a case."""
    async with database.connection() as connection:
        rows = {
            name: [dict(row) for row in await connection.fetch(sql, case_id)] for name, sql in TABLES.items()
        }
    texts = [audit.canonical(codecs.entry(row["entry"])) for row in rows["changes"]]
    (folder,) = rows["hazards"]
    # what is seen as JSON is written as the text that it was
    folder["snapshot"] = json.dumps(json.loads(folder["snapshot"]), ensure_ascii=False)
    return Pattern(id=case_id, unit_id=folder["unit_id"], rows=rows, texts=texts)


async def forget(connection: "asyncpg.Connection[asyncpg.Record]", case_ids: Sequence[str]) -> None:
    """Take patterns out again, by a superuser: the application may not delete from a record."""
    for table in reversed(TABLES):
        column = "id" if table == "hazards" else "case_id"
        # Names from the constant above.
        await connection.execute(f"DELETE FROM {table} WHERE {column} = ANY ($1)", list(case_ids))  # noqa: S608


def copy(of: Pattern, case_id: str, unit_id: str, place: str) -> dict[str, Rows]:
    """The rows of one copy by table, in the order of the pattern's columns."""
    pairs = ((of.id, case_id), (of.unit_id, unit_id), (PLACE, place))
    hashes: dict[str, str] = {}
    made: dict[str, Rows] = {"changes": []}
    for row, text in zip(of.rows["changes"], of.texts, strict=True):
        sealed = _replaced(text, (*pairs, *hashes.items()))
        new = hashlib.sha256(sealed.encode()).hexdigest()
        hashes = {row["hash"]: new}
        entry = f'{sealed[:-1]},"hash":"{new}"}}'
        made["changes"].append(_values(row | {"hash": new, "entry": entry}, pairs, {"entry", "hash"}))
    for table in ("hazards", "case_files", "notices"):
        every = (*pairs, *hashes.items()) if table == "hazards" else pairs
        made[table] = [_values(row, every, set()) for row in of.rows[table]]
    return made


async def write(
    connection: "asyncpg.Connection[asyncpg.Record]", of: Pattern, copies: Sequence[dict[str, Rows]]
) -> None:
    """Put copies of one pattern on record, all or none."""
    async with connection.transaction():
        for table in TABLES:
            if not of.rows[table]:
                continue
            records = [row for one in copies for row in one[table]]
            await connection.copy_records_to_table(table, records=records, columns=list(of.rows[table][0]))


async def number_on(connection: "asyncpg.Connection[asyncpg.Record]", last: dict[int, int]) -> None:
    """Tell the record which numbers of each year are used, so that the next report gets the one after."""
    for year, number in last.items():
        await connection.execute(
            "INSERT INTO case_numbers (year, last) VALUES ($1, $2) ON CONFLICT (year) DO UPDATE SET last = $2",
            year,
            number,
        )


def _values(row: dict[str, Any], pairs: Sequence[tuple[str, str]], done: set[str]) -> tuple[Any, ...]:
    return tuple(value if name in done else _replaced_in(value, pairs) for name, value in row.items())


def _replaced_in(value: Any, pairs: Sequence[tuple[str, str]]) -> Any:
    if isinstance(value, str):
        return _replaced(value, pairs)
    if isinstance(value, list):
        return [_replaced_in(one, pairs) for one in value]
    return value


def _replaced(text: str, pairs: Sequence[tuple[str, str]]) -> str:
    for old, new in pairs:
        text = text.replace(old, new)
    return text
