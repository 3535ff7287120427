"""The record's hash chain (留痕): one chain per case, one entry per change.

Invariant: an entry's hash covers every field of it and the hash before it, so that editing, deleting, inserting
or swapping any entry is found, and the first bad one is named.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime
from enum import Enum
from functools import cache
from typing import Any, Final

GENESIS: Final = "0" * 64
RECENT_REQUESTS: Final = 100


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One row of the record: who did what, when, by which post, and which fields of the case it changed.

    ``at`` is aware UTC; ``patch`` holds plain JSON values (the new value of every changed field of the case);
    ``prev`` and ``hash`` are lower-case SHA-256 in hex. ``due_at`` is when a step of the clock was due by rule.
    """

    case_id: str
    seq: int
    at: datetime
    action: str
    person_id: str | None
    post_id: str | None
    on_behalf_of: str | None
    channel: str
    request_id: str | None
    patch: Mapping[str, Any]
    reason: str | None = None
    note: str | None = None
    evidence: tuple[Mapping[str, str], ...] = ()
    prev: str = GENESIS
    hash: str = ""
    due_at: datetime | None = None


_LATER: Final = ("due_at",)
"""Fields that came later: they are left out of the text while they are empty, so that older hashes still hold."""


@dataclass(frozen=True, kw_only=True)
class Flaw:
    """The first thing wrong with a chain: the entry's number and why, in Chinese."""

    case_id: str
    seq: int
    why: str


def plain(value: object) -> Any:
    """``value`` as JSON primitives: enums by value, aware instants as RFC 3339 in UTC with microseconds."""
    return json.loads(_dump(value))


def written(value: object) -> str:
    """``value`` as JSON text for reading: the text of :func:`plain`, with keys in order."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=_primitive)


def canonical(entry: Entry) -> str:
    """The one text of an entry that its hash covers: sorted keys, no white space, ``hash`` and empty late fields left out."""
    opened = _opened(entry)
    del opened["hash"]
    return _dump({key: value for key, value in opened.items() if value is not None or key not in _LATER})


def seal(entry: Entry) -> Entry:
    """The entry with its hash set from its own text (which contains ``prev``)."""
    return replace(entry, hash=hashlib.sha256(canonical(entry).encode()).hexdigest())


def verify(case_id: str, entries: Iterable[Entry], *, head: str, seq: int) -> Flaw | None:
    """Check one chain, given in order, against the head that the case's snapshot states.

    Returns ``None`` for a sound chain, otherwise its first flaw.
    """
    prev, last = GENESIS, 0
    for entry in entries:
        expected = last + 1
        if entry.case_id != case_id or entry.seq != expected:
            return Flaw(case_id=case_id, seq=expected, why=f"第 {expected} 条缺失或次序被调换")
        if entry.prev != prev:
            return Flaw(case_id=case_id, seq=expected, why="与上一条的哈希不相连")
        if seal(entry).hash != entry.hash:
            return Flaw(case_id=case_id, seq=expected, why="内容与哈希不符，已被改动")
        prev, last = entry.hash, expected
    if last == 0:
        return Flaw(case_id=case_id, seq=1, why="一条留痕也没有")
    if last != seq:
        return Flaw(case_id=case_id, seq=last + 1, why=f"记录应有 {seq} 条，实有 {last} 条")
    if prev != head:
        return Flaw(case_id=case_id, seq=last, why="末条哈希与案卷所载不符")
    return None


def rebuild(entries: Iterable[Entry]) -> dict[str, Any]:
    """Fold a chain, given in order, into the plain fields of its case: the record alone gives the state."""
    fields: dict[str, Any] = {}
    requests: list[str] = []
    for entry in entries:
        fields |= entry.patch
        requests += [entry.request_id] if entry.request_id else []
        fields |= {"seq": entry.seq, "head": entry.hash, "recent_requests": requests[-RECENT_REQUESTS:]}
    return fields


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_primitive)


def _primitive(value: object) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, frozenset | set):
        return sorted(value)
    return _opened(value)


def _opened(value: Any) -> dict[str, Any]:
    """A dataclass opened by one level; what stands in its fields is opened when its turn comes."""
    return {name: getattr(value, name) for name in _names(value.__class__)}


@cache
def _names(kind: Any) -> tuple[str, ...]:
    """The fields of a dataclass, or a TypeError for what is none."""
    return tuple(field.name for field in fields(kind))
