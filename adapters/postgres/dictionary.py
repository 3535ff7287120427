"""Dictionaries and policy as versioned data: levels, categories, criteria and terms in force at an instant."""

from datetime import datetime
from typing import Any, Final

from adapters.postgres import codecs
from adapters.postgres.database import Connection, Database
from domain.errors import Kind, Refused
from domain.hazard import Grade
from domain.terms import Terms

_IN_FORCE: Final = "valid_from <= $1 AND (valid_to IS NULL OR valid_to > $1)"

_LEVELS: Final = (
    f"SELECT code, version, label, major, basis FROM levels WHERE {_IN_FORCE} ORDER BY major, code"  # noqa: S608
)
"""Levels in force at an instant."""

_LEVEL_CODES: Final = (
    f"SELECT DISTINCT code FROM levels WHERE $1::timestamptz IS NULL OR ({_IN_FORCE}) ORDER BY code"  # noqa: S608
)
"""The codes of levels, of those in force at an instant or of all that there ever were."""

_CATEGORY_CODES: Final = "SELECT DISTINCT code FROM categories ORDER BY code"
"""The codes of all categories that there ever were."""

_CATEGORIES: Final = f"""
SELECT code, version, domain, label, basis FROM categories WHERE {_IN_FORCE} ORDER BY domain, code
"""  # noqa: S608
"""Categories in force at an instant."""

_CRITERIA: Final = f"""
SELECT code, version, category, level, label, basis FROM criteria WHERE {_IN_FORCE} ORDER BY code
"""  # noqa: S608
"""Criteria in force at an instant."""

_GRADE: Final = (
    f"SELECT code, major FROM levels WHERE {_IN_FORCE} AND code = $2 ORDER BY version DESC LIMIT 1"  # noqa: S608
)
"""One level in force at an instant."""

_CLASSIFIED: Final = f"""
SELECT (SELECT label FROM categories WHERE {_IN_FORCE} AND code = $2 ORDER BY version DESC LIMIT 1) AS category,
    EXISTS (SELECT 1 FROM criteria WHERE {_IN_FORCE} AND code = $3 AND category = $2) AS item
"""  # noqa: S608
"""The label of a category in force, and whether an item is in it."""

_TERMS: Final = (
    "SELECT terms FROM policies WHERE valid_from <= $1 ORDER BY valid_from DESC, version DESC LIMIT 1"
)
"""The policy in force at an instant."""


class PostgresDictionary:
    """Reads dictionaries and policy."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self, now: datetime) -> dict[str, list[dict[str, Any]]]:
        """Levels, categories and criteria in force at ``now``, each with its legal basis."""
        async with self._database.connection() as connection:
            return {
                "levels": await _rows(connection, _LEVELS, now),
                "categories": await _rows(connection, _CATEGORIES, now),
                "criteria": await _rows(connection, _CRITERIA, now),
            }

    async def levels(self, now: datetime | None) -> list[str]:
        """The codes of the levels in force at ``now`` (aware), or of all that there ever were."""
        async with self._database.connection() as connection:
            return [row["code"] for row in await connection.fetch(_LEVEL_CODES, now)]

    async def categories(self) -> list[str]:
        """The codes of all categories that there ever were."""
        async with self._database.connection() as connection:
            return [row["code"] for row in await connection.fetch(_CATEGORY_CODES)]

    async def grade(self, code: str, now: datetime) -> Grade | None:
        """The level with this code, if it is in force at ``now``."""
        async with self._database.connection() as connection:
            row = await connection.fetchrow(_GRADE, now, code)
        return Grade(code=row["code"], major=row["major"]) if row else None

    async def classified(self, category: str, item: str | None, now: datetime) -> tuple[str | None, bool]:
        """The label of the category in force at ``now``, and whether the item is in it (no item is always fine)."""
        async with self._database.connection() as connection:
            row = await connection.fetchrow(_CLASSIFIED, now, category, item or "")
        label: str | None = row["category"] if row else None
        return label, item is None or bool(row and row["item"])

    async def terms(self, now: datetime) -> Terms:
        """The policy in force at ``now``. Raises ``Refused`` where none was ever loaded."""
        async with self._database.connection() as connection:
            return await in_force(connection, now)


async def in_force(connection: Connection, now: datetime) -> Terms:
    """The policy in force at ``now`` (aware), without days. Raises ``Refused`` where none was ever loaded."""
    text = await connection.fetchval(_TERMS, now)
    if text is None:
        raise Refused(Kind.CONFLICT, "policy_missing", "尚未载入时限政策，请管理员先载入")
    return codecs.terms(text)


async def _rows(connection: Connection, sql: str, now: datetime) -> list[dict[str, Any]]:
    return [dict(row) for row in await connection.fetch(sql, now)]
