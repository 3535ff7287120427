"""Loading a directory document: units, posts, people and their numbers, dictionaries and policy, in one transaction.

Invariant: a row that is there already stays as it is, so loading the same document again changes nothing.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import asyncpg

from adapters.postgres import contact_rows, organisation_rows
from adapters.postgres.database import Connection, Database
from adapters.postgres.document import (
    OPTIONAL,
    REFERENCES,
    BadDocument,
    Document,
    check_levels,
    check_references,
    check_rows,
)
from adapters.sealing import Sealer
from domain import organisation
from domain.errors import Refused
from domain.organisation import Organisation

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "unit_kinds": ("code", "label", "inspected"),
    "areas": ("id", "name"),
    "units": ("id", "name", "kind", "district", "unit_post"),
    "posts": ("id", "title", "role", "unit_id"),
    "people": ("id", "name"),
    "holders": ("post_id", "person_id"),
    "desks": ("name", "post_id"),
    "levels": ("code", "version", "label", "major", "basis", "valid_from"),
    "categories": ("code", "version", "domain", "label", "basis", "valid_from"),
    "criteria": ("code", "version", "category", "level", "label", "basis", "valid_from"),
    "policies": ("version", "valid_from", "terms"),
    "contacts": (),
}
"""The tables of a document and the columns that none of their rows lacks, in an order in which references hold."""


async def load(database: Database, document: Document, sealer: Sealer | None = None) -> int:
    """Insert what is missing and give the number of new rows; a table left out is as one without rows.

    ``sealer`` is a must where the document has numbers of people or posts.
    Raises ``BadDocument`` with nothing loaded when any row is wrong, ``Temporary`` when the database is away.
    """
    async with database.transaction() as connection:
        return await load_into(connection, document, sealer)


async def load_into(connection: Connection, document: Document, sealer: Sealer | None = None) -> int:
    """See :func:`load`, inside the caller's transaction."""
    check_rows(document, COLUMNS)
    check_levels(document)
    numbers = contact_rows.rows(document.get("contacts", ()), sealer)
    before = await organisation_rows.read(connection)
    check_references(document, COLUMNS, await _stored(connection))
    added = 0
    for table, columns in COLUMNS.items():
        if table == "contacts":
            continue
        for number, row in enumerate(document.get(table, ()), 1):
            given = (*columns, *(column for column in OPTIONAL.get(table, ()) if column in row))
            added += await _insert(connection, table, number, [(column, row[column]) for column in given])
    _check_sound(before, await organisation_rows.read(connection))
    return added + await contact_rows.insert(connection, numbers, sealer)


def _check_sound(before: Organisation, after: Organisation) -> None:
    """Check the organisation that the rows make with what is there already. Raises ``BadDocument``."""
    try:
        organisation.check(after, before)
    except Refused as no:
        raise BadDocument(f"{no.message}。") from no


async def _stored(connection: Connection) -> dict[str, frozenset[str]]:
    """What rows may point at: the first column of every table that is pointed at."""
    stored = {}
    for target in {target for _, _, target in REFERENCES}:
        key = COLUMNS[target][0]
        rows = await connection.fetch(f"SELECT {key} FROM {target}")  # noqa: S608 - names from the constant above
        stored[target] = frozenset(row[key] for row in rows)
    return stored


async def _insert(connection: Connection, table: str, number: int, fields: list[tuple[str, Any]]) -> int:
    """Insert one row, and say whether it is new (1) or was there (0)."""
    names = ", ".join(column for column, _ in fields)
    places = ", ".join(f"${place}" for place in range(1, len(fields) + 1))
    # Table and column names come from the constant above.
    sql = f"INSERT INTO {table} ({names}) VALUES ({places}) ON CONFLICT DO NOTHING"  # noqa: S608
    try:
        done = await connection.execute(sql, *(_value(column, value) for column, value in fields))
    except asyncpg.IntegrityConstraintViolationError as error:
        # what the schema alone knows, such as the names of desks
        raise BadDocument(f"{table} 第 {number} 行不合数据库的约束 {error.constraint_name}。") from error
    return int(done.rpartition(" ")[2])


def _value(column: str, value: Any) -> Any:
    if column in ("valid_from", "valid_to"):
        return datetime.fromisoformat(value)
    return json.dumps(value) if column == "terms" else value
