"""What a directory document may hold: every row whole, of the right types, and pointing at rows that exist.

Invariant: a fault names table, row (counted from 1 within its table) and field, never a value of the document. A field
within the terms of a policy is named by its path, such as ``terms.limits.general.respond``.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any, Final

from adapters.postgres import policy
from domain import policy as rules
from domain.errors import Refused
from domain.people import Role

Columns = Mapping[str, tuple[str, ...]]
Document = Mapping[str, Sequence[Mapping[str, Any]]]

REFERENCES: Final[tuple[tuple[str, str, str], ...]] = (
    ("areas", "team_post", "posts"),
    ("units", "kind", "unit_kinds"),
    ("units", "unit_post", "posts"),
    ("units", "team_post", "posts"),
    ("units", "area_id", "areas"),
    ("posts", "unit_id", "units"),
    ("posts", "bound_to", "posts"),
    ("posts", "area_id", "areas"),
    ("holders", "post_id", "posts"),
    ("holders", "person_id", "people"),
    ("desks", "post_id", "posts"),
    ("contacts", "person_id", "people"),
    ("contacts", "post_id", "posts"),
    ("criteria", "category", "categories"),
    ("criteria", "level", "levels"),
)
"""(table, field, table whose first column it names)."""

_KEY: Final[Mapping[str, tuple[str, ...]]] = {
    "holders": ("post_id", "person_id", "valid_from"),
    "substitutions": ("post_id", "absent_id", "substitute_id", "first_day"),
    "contacts": ("person_id", "post_id"),
    **dict.fromkeys(("levels", "categories", "criteria"), ("code", "version")),
}
"""What tells rows apart; the first column where nothing is said."""

OPTIONAL: Final[Mapping[str, tuple[str, ...]]] = {
    "areas": ("team_post",),
    "units": ("team_post", "area_id"),
    "posts": ("seats", "bound_to", "area_id", "valid_from", "valid_to"),
    "holders": ("valid_from", "valid_to"),
    "contacts": ("person_id", "post_id", "mobile", "landline"),
}
"""Fields that may be left out."""

_MAX_INTEGER: Final = 2**31 - 1
_YEARS: Final = range(1970, 9999)
"""Years of which every instant exists in every zone."""


class BadDocument(Exception):  # noqa: N818 - named for what it is
    """The document cannot be loaded; the text is one Chinese sentence that says where."""

    @classmethod
    def at(cls, table: str, number: int, field: str, what: str) -> "BadDocument":
        """The fault in one field of one row."""
        return cls(f"{table} 第 {number} 行的 {field}：{what}。")


def check_rows(document: Any, columns: Columns) -> None:
    """Check every row by itself. Raises ``BadDocument`` for the first that is wrong."""
    if not isinstance(document, dict):
        raise BadDocument("文件须是一个 JSON 对象，每张表一个数组。")
    for table, rows in document.items():
        if table not in columns:
            raise BadDocument(f"没有名为 {table} 的表，可用的表为 {'、'.join(columns)}。")
        if not isinstance(rows, list):
            raise BadDocument(f"{table} 须是数组，每行一个对象。")
        seen: dict[tuple[Any, ...], int] = {}
        for number, row in enumerate(rows, 1):
            _check_row(table, number, row, columns[table])
            key = tuple(row.get(column) for column in _KEY.get(table, columns[table][:1]))
            if key in seen:
                raise BadDocument(f"{table} 第 {number} 行与第 {seen[key]} 行重复。")
            seen[key] = number


def check_levels(document: Document) -> None:
    """Check that the newest policy of the document leaves none of its levels without time limits.

    Only the document's own levels count, so that an old document may be loaded again when newer levels are stored.
    Raises ``BadDocument``.
    """
    rows = list(enumerate(document.get("policies", ()), 1))
    if not rows:
        return
    number, newest = max(rows, key=lambda row: datetime.fromisoformat(row[1]["valid_from"]))
    levels = [row["code"] for row in document.get("levels", ())]
    with _told(number):
        rules.check(policy.read(newest["terms"]), levels)


def check_references(document: Document, columns: Columns, stored: Mapping[str, frozenset[str]]) -> None:
    """Check that rows point at rows of the document or of those already ``stored`` (first column by table).

    Raises ``BadDocument`` for the first that points nowhere.
    """
    for table, field, target in REFERENCES:
        key = columns[target][0]
        known = stored[target].union(row[key] for row in document.get(target, ()))
        for number, row in enumerate(document.get(table, ()), 1):
            if field in row and row[field] not in known:
                raise BadDocument.at(table, number, field, f"{target} 里没有这个 {key}")
    for field, target in (("limits", "levels"), ("category_limits", "categories")):
        known = stored[target].union(row["code"] for row in document.get(target, ()))
        for number, row in enumerate(document.get("policies", ()), 1):
            if strange := next((code for code in row["terms"].get(field, ()) if code not in known), None):
                raise BadDocument.at(
                    "policies", number, f"terms.{field}.{strange}", f"{target} 里没有这个 code"
                )


def _check_row(table: str, number: int, row: Any, columns: Sequence[str]) -> None:
    if not isinstance(row, dict):
        raise BadDocument(f"{table} 第 {number} 行须是对象。")
    for field in columns:
        if field not in row:
            raise BadDocument.at(table, number, field, "缺少这个字段")
    usable = (*columns, *OPTIONAL.get(table, ()))
    for field, value in row.items():
        if field not in usable:
            raise BadDocument.at(table, number, field, f"没有这个字段，可用的字段为 {'、'.join(usable)}")
        wanted = _wanted(table, field, value)
        if wanted:
            raise BadDocument.at(table, number, field, wanted)
    if table == "policies":
        _check_policy(number, row)


def _check_policy(number: int, row: Mapping[str, Any]) -> None:
    with _told(number):
        rules.check(policy.read(row["terms"]), since=datetime.fromisoformat(row["valid_from"]))
    if row["terms"]["version"] != row["version"]:
        raise BadDocument.at("policies", number, "terms.version", "须与本行的 version 相同")


@contextmanager
def _told(number: int) -> Iterator[None]:
    """What is wrong with the terms of a policy, as a fault of its row."""
    try:
        yield
    except Refused as no:
        raise BadDocument.at("policies", number, f"terms.{no.details['field']}", no.message) from no


def _wanted(table: str, field: str, value: Any) -> str | None:
    """What the field should have been, or nothing where it is right."""
    if field == "seats" or (field == "version" and table != "policies"):
        # not isinstance: to Python, true is a number
        right = type(value) is int and 1 <= value <= _MAX_INTEGER
        return None if right else "须为正整数"
    if field in ("major", "inspected"):
        return None if isinstance(value, bool) else "须为 true 或 false"
    if field == "terms":
        return None if isinstance(value, dict) else "须为对象"
    if not _is_text(value):
        return "须为非空文字"
    if field in ("first_day", "last_day") and not _is_day(value):
        return "须为日期，如 2026-12-01"
    if field in ("valid_from", "valid_to") and not _is_instant(value):
        return "须为带时区的时间，如 2026-01-01T00:00:00+08:00"
    if field == "role" and value not in set(Role):
        return f"须为 {'、'.join(Role)} 之一"
    return None


def _is_text(value: Any) -> bool:
    return policy.is_text(value) and bool(value.strip())


def _is_day(value: str) -> bool:
    try:
        day = date.fromisoformat(value)
        return day.isoformat() == value and day.year in _YEARS
    except ValueError:
        return False


def _is_instant(value: str) -> bool:
    try:
        instant = datetime.fromisoformat(value)
        return instant.tzinfo is not None and instant.year in _YEARS
    except ValueError:
        return False
