"""What was wrong with one field of a request: its path, a stable English code and a Chinese sentence.

Invariant: neither path nor sentence repeats a word of the caller.
"""

from collections.abc import Sequence
from typing import Any, Final

_MESSAGES: Final = {
    "missing": "必填",
    "extra_forbidden": "含有不认识的字段",
    "unknown_parameter": "含有不认识的参数",
    "repeated": "只能给一次",
    "string_too_short": "不能为空",
    "string_too_long": "内容过长",
    "string_pattern_mismatch": "格式不对，或没有可见的文字，或含有控制字符",
    "string_type": "应为文字",
    "string_unicode": "不是有效的文字",
    "enum": "不在可选范围内",
    "too_long": "数量过多",
    "list_type": "应为列表",
    "dict_type": "应为对象",
    "model_type": "应为对象",
    "model_attributes_type": "应为对象",
    "bool_type": "应为 true 或 false",
    "bool_parsing": "应为 true 或 false",
    "int_parsing": "应为整数",
    "greater_than_equal": "过小",
    "less_than_equal": "过大",
    "datetime_parsing": "应为带时区的时刻，如 2022-09-29T11:30:00+08:00",
    "date_parsing": "应为日期，如 2026-10-08",
    "date_from_datetime_parsing": "应为日期，如 2026-10-08",
    "number_in_text": "文字中不得写手机号，请登记在联系方式里",
    "value_error": "应为文件",
}


def field_error(error: dict[str, Any]) -> dict[str, str]:
    """The field error of one of pydantic's."""
    code, location = str(error["type"]), tuple(error["loc"])
    if code == "extra_forbidden":
        # the last part is the caller's own word
        location = location[:-1]
    return {"field": _path(location), "code": code, "message": _MESSAGES.get(code, "内容不符合要求")}


def _path(location: Sequence[object]) -> str:
    return ".".join(str(part) for part in location)
