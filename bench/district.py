"""A district of many units for the record at size, made from the sample's first one."""

import json
from collections.abc import Mapping
from typing import Any, Final

from deploy.sample.district import DISTRICT

MODEL: Final = "ec01"


def unit_id(number: int) -> str:
    """The id of a unit of this district."""
    return f"u{number:04d}"


def document(units: int) -> dict[str, list[dict[str, Any]]]:
    """The sample's document with ``units`` more units, each with its posts, people and who holds what."""
    found = {table: [dict(row) for row in rows] for table, rows in DISTRICT.items()}
    for table in ("units", "posts", "people", "holders"):
        model = [row for row in DISTRICT[table] if _of_model(row)]
        for number in range(units):
            text = json.dumps(model, ensure_ascii=False).replace(MODEL, unit_id(number))
            found[table] += json.loads(text.replace("康宁养老院", f"第{number}养老院"))
    return found


def _of_model(row: Mapping[str, Any]) -> bool:
    return any(isinstance(value, str) and MODEL in value for value in row.values())
