"""The text of a value as it was first written: slowly, each dataclass copied to its last leaf. Hashes stand on it."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from enum import Enum
from typing import Any

from domain.audit import Entry


def sealed(entry: Entry) -> str:
    """The text that the hash of an entry covers."""
    fields = asdict(entry)
    del fields["hash"]
    return _dumped({name: value for name, value in fields.items() if value is not None or name != "due_at"})


def kept(value: object) -> str:
    """The text of a value in the record."""
    return json.dumps(json.loads(_dumped(value)), ensure_ascii=False)


def _dumped(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_primitive)


def _primitive(value: object) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, frozenset | set):
        return sorted(value)
    return asdict(value)  # type: ignore[call-overload]
