"""A policy as somebody wrote it in JSON, read whole or refused.

Invariant: whatever is wrong is one ``Refused`` with the path of the field within the terms, places in arrays counted
from 0; nothing that is written is passed over.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from adapters.postgres import codecs
from domain import audit, policy
from domain.errors import Kind, Refused
from domain.terms import Terms
from domain.workdays import Limit

Path = tuple[str | int, ...]

DEEPEST: Final = 8
"""No field of a policy lies deeper."""

_LIMIT: Final = TypeAdapter(Limit)
_WANTED: Final[Mapping[str, str]] = {
    "missing": "缺少这个字段",
    "int_type": "须为整数",
    "string_type": "须为文字",
    "dict_type": "须为对象",
    "dataclass_type": "须为对象",
    "tuple_type": "须为数组",
}


def read(value: Mapping[str, Any]) -> Terms:
    """The terms that a JSON object writes down.

    Raises:
        Refused: ``policy_invalid`` for what is no terms at all, ``limit_invalid`` for a limit that cannot be, or
            those of :func:`domain.policy.check`, always with the path of the field.
    """
    if value.get("calendar") is not None:
        raise _refused(("calendar",), "政策不带日历，日历在立案时写入")
    for path, node in _nodes(value):
        _check_node(path, node)
    try:
        terms = codecs.policy(json.dumps(value))
    except ValidationError as error:
        raise _mistyped((), error) from error
    _check_names(value, audit.plain(terms))
    policy.check(terms)
    return terms


def is_text(value: Any) -> bool:
    """Whether it is a text that PostgreSQL keeps: no zero character, no half of a surrogate pair."""
    return isinstance(value, str) and not any(c == "\0" or "\ud800" <= c <= "\udfff" for c in value)


def _check_node(path: Path, node: Any) -> None:
    if len(path) > DEEPEST:
        raise _refused(path, "层次过深")
    if isinstance(node, str) and not is_text(node):
        raise _refused(path, "含有不能保存的字符")
    if not isinstance(node, dict):
        return
    if not all(is_text(name) for name in node):
        raise _refused(path, "字段名含有不能保存的字符")
    if isinstance(node.get("unit"), str):
        _check_limit(path, node)


def _check_limit(path: Path, node: dict[str, Any]) -> None:
    """Whatever has a unit is a limit, wherever it stands; its own refusal knows only its own field."""
    try:
        _LIMIT.validate_json(json.dumps(node), strict=True)
    except ValidationError as error:
        raise _mistyped(path, error) from error
    except Refused as no:
        raise Refused(no.kind, no.code, no.message, field=policy.path(*path, no.details["field"])) from no


def _check_names(value: Mapping[str, Any], known: Any) -> None:
    """Refuse a field that the terms do not have: read back, they have every name that was understood."""
    for path, node in _nodes(value):
        if not isinstance(node, dict):
            continue
        there = known
        for part in path:
            there = there[part]
        for name in node:
            if name not in there:
                raise _refused((*path, name), "没有这个字段")


def _nodes(value: Any) -> Iterator[tuple[Path, Any]]:
    """Every value of a JSON value with its path, in the order of the document and without recursion."""
    waiting: list[tuple[Path, Any]] = [((), value)]
    while waiting:
        path, node = waiting.pop()
        yield path, node
        parts = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
        waiting += reversed([((*path, name), part) for name, part in parts])


def _mistyped(under: Path, error: ValidationError) -> Refused:
    """The first thing that is not of its type."""
    first = error.errors(include_url=False)[0]
    # the place of a key is told as the key and a mark
    where = tuple(part for part in first["loc"] if part != "[key]")
    return _refused((*under, *where), _wanted(first))


def _wanted(error: ErrorDetails) -> str:
    if error["type"] == "enum":
        names = re.findall(r"'(\w+)'", error["ctx"]["expected"])
        return f"须为 {'、'.join(names)} 之一"
    return _WANTED.get(error["type"], "格式不对")


def _refused(path: Path, message: str) -> Refused:
    return Refused(Kind.INVALID, "policy_invalid", message, field=policy.path(*path))
