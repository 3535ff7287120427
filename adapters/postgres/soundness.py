"""Whether the tables say what the record says: the served case, its columns, the columns of changes, the citations.

Invariant: the hash chain is the only source; everything else in the tables must follow from it, or is named.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from pydantic import ValidationError

from adapters.postgres import codecs
from adapters.postgres.audit import Kept
from domain import audit, hazard
from domain.audit import Entry
from domain.hazard import Case


def _next_step_at(case: Case) -> datetime | None:
    coming = hazard.next_step(case)
    return None if coming is None else coming.at


COLUMNS: Final[Mapping[str, Callable[[Case], object]]] = {
    "seq": lambda case: case.seq,
    "head": lambda case: case.head,
    "stage": lambda case: case.stage.value,
    "is_open": lambda case: case.stage.is_open,
    "level": lambda case: case.level,
    "unit_id": lambda case: case.unit_id,
    "place": lambda case: case.place,
    "place_key": lambda case: hazard.place_key(case.place),
    "category": lambda case: case.category,
    "item": lambda case: case.item,
    "description": lambda case: case.description,
    "waiting_post": lambda case: case.waiting_post,
    "due_at": lambda case: case.due_at,
    "overdue": lambda case: case.overdue,
    "reported_at": lambda case: case.reported_at,
    "closed_at": lambda case: case.closed_at,
    "colour": lambda case: case.colour,
    "extension_pending": lambda case: case.pending_extension is not None,
    "told_posts": lambda case: list(case.told_posts),
    "next_step_at": _next_step_at,
}
"""The columns of ``hazards`` and how each follows from the case; ``start_wanted_at`` only says what the relay owes."""

_CHANGE: Final = ("case_id", "seq", "at", "action", "request_id", "hash")
"""The columns of ``changes`` that repeat a field of the entry beside them."""


def flaws(kept: Kept) -> Iterator[str]:
    """Everything in the tables that is not as the chain says, one Chinese sentence each, naming case and field."""
    case_id, chain = kept.chain.case_id, kept.chain
    flaw = audit.verify(case_id, chain.entries, head=chain.head, seq=chain.seq)
    if kept.unreadable is not None:
        yield f"{case_id} 第 {kept.unreadable} 条：内容读不出来"
    elif flaw is not None:
        yield f"{case_id} 第 {flaw.seq} 条：{flaw.why}"
    yield from column_flaws(kept)
    yield from citation_flaws(kept)
    if flaw is None and kept.unreadable is None:
        yield from case_flaws(kept)


def column_flaws(kept: Kept) -> Iterator[str]:
    """What the columns of ``changes`` say otherwise than the entries beside them."""
    case_id = kept.chain.case_id
    for columns, entry in zip(kept.changes, kept.chain.entries, strict=True):
        if wrong := [name for name in _CHANGE if columns[name] != getattr(entry, name)]:
            yield f"{case_id} 第 {columns['seq']} 条：表中的列与留痕不符（{_listed(wrong)}）"


def case_flaws(kept: Kept) -> Iterator[str]:
    """What the case's row says otherwise than a sound chain of it."""
    case_id = kept.chain.case_id
    try:
        case = codecs.case_of(audit.rebuild(kept.chain.entries))
    except ValidationError:
        yield f"{case_id}：由留痕不能还原出案卷"
        return
    if case.id != case_id:
        yield f"{case_id}：留痕所载案号是 {case.id}"
    try:
        served = codecs.case(kept.row["snapshot"])
    except ValidationError:
        yield f"{case_id}：案卷快照读不出来"
    else:
        if wrong := _differing(audit.plain(case), audit.plain(served)):
            yield f"{case_id}：案卷快照与留痕不符（{_listed(wrong)}）"
    if wrong := [name for name, follows in COLUMNS.items() if kept.row[name] != follows(case)]:
        yield f"{case_id}：隐患表的列与留痕不符（{_listed(wrong)}）"


def stated(kept: Kept) -> frozenset[tuple[int, str, str]]:
    """The citations (seq, file, kind) that the chain has."""
    return frozenset(
        (entry.seq, one.get("file_id", ""), one.get("kind", ""))
        for entry in kept.chain.entries
        for one in entry.evidence
    )


def citation_flaws(kept: Kept) -> Iterator[str]:
    """What the citations and the hashes of files say otherwise than the chain."""
    case_id = kept.chain.case_id
    if wrong := sorted({seq for seq, _, _ in stated(kept) ^ kept.cited}):
        yield f"{case_id} 第 {_listed(map(str, wrong))} 条：引用的材料（case_files）与留痕不符"
    for entry, file_id, sha256 in citations(kept.chain.entries):
        if kept.hashes.get(file_id) != sha256:
            yield f"{case_id} 第 {entry.seq} 条：文件 {file_id} 登记的 SHA-256 与留痕不符"


def citations(entries: Iterable[Entry]) -> Iterator[tuple[Entry, str, str]]:
    """Every citation of a chain: the entry, the file's id, and the SHA-256 (hex) that was cited."""
    for entry in entries:
        for one in entry.evidence:
            yield entry, one.get("file_id", ""), one.get("sha256", "")


def _differing(one: dict[str, Any], other: dict[str, Any]) -> list[str]:
    return [name for name in one | other if one.get(name) != other.get(name)]


def _listed(names: Iterable[str]) -> str:
    return "、".join(names)
