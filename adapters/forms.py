"""Forms: checking what was filled in against a JSON Schema, with a Chinese sentence for each field that is not right.

Invariant: a sentence names the field by its title in the form and never quotes what stands in it.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from domain.collection import CollectionKind

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

MOST_TOLD: Final = 50


def errors(kind: CollectionKind, content: Mapping[str, Any]) -> list[dict[str, str]]:
    """What is wrong with a form: ``field`` (its path), ``code`` (the schema's keyword) and ``message`` of each."""
    # brought in at the first form: start-up does without
    from jsonschema import Draft202012Validator

    validator = Draft202012Validator(dict(kind.form))
    found = sorted(validator.iter_errors(content), key=lambda one: [str(part) for part in one.absolute_path])
    # a missing field is told once for each field that is missing
    told = {(one["field"], one["code"]): one for error in found for one in _told(error)}
    return list(told.values())[:MOST_TOLD]


def _told(error: "ValidationError") -> Iterator[dict[str, str]]:
    path = ["content", *(str(part) for part in error.absolute_path)]
    schema: Any = error.schema
    given: Any = error.instance
    if error.validator == "required":
        wanted: Any = error.validator_value
        for name in wanted:
            if name not in given:
                title = _title(schema.get("properties", {}).get(name), name)
                yield {"field": ".".join([*path, name]), "code": "missing", "message": f"“{title}”必填"}
        return
    if error.validator == "additionalProperties":
        yield {"field": ".".join(path), "code": "extra_forbidden", "message": "含有不认识的字段"}
        return
    title = _title(schema, path[-1])
    message = _MESSAGES.get(str(error.validator), "“{title}”内容不符合要求")
    yield {
        "field": ".".join(path),
        "code": str(error.validator),
        "message": message.format(title=title, value=_limit(error)),
    }


def _limit(error: "ValidationError") -> str:
    value: Any = error.validator_value
    if error.validator == "type":
        return _TYPES.get(str(value), "所要求的类型")
    return str(value) if isinstance(value, int | float) else ""


def _title(schema: Any, otherwise: str) -> str:
    title = schema.get("title") if isinstance(schema, Mapping) else None
    return str(title or otherwise)


_TYPES: Final = {
    "string": "文字",
    "integer": "整数",
    "number": "数字",
    "array": "列表",
    "object": "对象",
    "boolean": "true 或 false",
}
_MESSAGES: Final = {
    "type": "“{title}”应为{value}",
    "minLength": "“{title}”不能为空",
    "maxLength": "“{title}”不能超过 {value} 字",
    "minItems": "“{title}”至少要有 {value} 项",
    "maxItems": "“{title}”不能超过 {value} 项",
    "minimum": "“{title}”不能小于 {value}",
    "maximum": "“{title}”不能大于 {value}",
    "enum": "“{title}”不在可选范围内",
    "pattern": "“{title}”格式不对",
}
