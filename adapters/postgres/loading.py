"""Loading a directory document: units, posts, people, dictionaries and policy, in one transaction.

Invariant: a row that is there already stays as it is, so loading the same document again changes nothing.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from adapters.postgres.database import Database

_COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "units": ("id", "name", "kind", "district", "unit_post", "team_post"),
    "posts": ("id", "title", "role", "unit_id"),
    "people": ("id", "name"),
    "holders": ("post_id", "person_id"),
    "desks": ("name", "post_id"),
    "levels": ("code", "version", "label", "major", "basis", "valid_from"),
    "categories": ("code", "version", "domain", "label", "basis", "valid_from"),
    "criteria": ("code", "version", "category", "level", "label", "basis", "valid_from"),
    "policies": ("version", "valid_from", "terms"),
}
"""The tables of a document and their columns, in an order in which references hold."""


async def load(database: Database, document: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    """Insert what is missing. Raises ``Temporary``; a row that contradicts the schema fails the whole document."""
    async with database.transaction() as connection:
        for table, columns in _COLUMNS.items():
            places = ", ".join(f"${number}" for number in range(1, len(columns) + 1))
            # Table and column names come from the constant above.
            sql = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places}) ON CONFLICT DO NOTHING"  # noqa: S608
            rows = [tuple(_value(column, row[column]) for column in columns) for row in document[table]]
            await connection.executemany(sql, rows)


def _value(column: str, value: Any) -> Any:
    if column == "valid_from":
        return datetime.fromisoformat(value)
    return json.dumps(value) if column == "terms" else value
