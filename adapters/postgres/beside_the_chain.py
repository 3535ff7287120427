"""What stands beside a case's chain: which of it is wrong, and putting it right from the chain.

Invariant: nothing is written unless the chain is sound in itself and the row does not state a longer one.
"""

from collections.abc import Iterator
from typing import Final

from pydantic import ValidationError

from adapters.postgres import audit as tables
from adapters.postgres import codecs, soundness
from adapters.postgres.audit import Kept
from adapters.postgres.database import Connection
from domain import audit
from domain.drift import Drift, DriftKind

_ONE: Final = "SELECT * FROM hazards WHERE id = $1 FOR UPDATE"
"""One case, held until it is put right."""

_REBUILD: Final = (
    "UPDATE hazards SET snapshot = $2, "  # noqa: S608 - names of columns
    + ", ".join(f"{name} = ${place}" for place, name in enumerate(soundness.COLUMNS, 3))
    + " WHERE id = $1"
)
"""The case's row, wholly as its chain says."""

_CITE: Final = """
INSERT INTO case_files (case_id, seq, file_id, kind)
SELECT $1, seq, file_id, kind FROM unnest($2::int[], $3::text[], $4::text[]) AS given (seq, file_id, kind)
ON CONFLICT DO NOTHING
"""
"""Citations that the chain has and the table lost."""


def drifts(kept: Kept) -> Iterator[Drift]:
    """What is wrong with one case; a broken chain is told alone, since nothing follows from it."""
    if broken := _broken(kept):
        yield _drift(broken, kept, soundness.flaws(kept))
        return
    if flaws := list(soundness.column_flaws(kept)):
        yield _drift(DriftKind.ENTRY_COLUMNS, kept, flaws)
    if flaws := list(soundness.case_flaws(kept)):
        yield _drift(DriftKind.CASE_DIFFERS, kept, flaws)
    if flaws := list(soundness.citation_flaws(kept)):
        lost = bool(soundness.stated(kept) - kept.cited)
        yield _drift(DriftKind.CITATION_LOST if lost else DriftKind.CITATION_DIFFERS, kept, flaws)


async def repair(connection: Connection, drift: Drift) -> bool:
    """Put one case right from its chain, inside the caller's transaction; false when it is not wrong any more."""
    rows = await connection.fetch(_ONE, drift.subject)
    for kept in await tables.kept(connection, rows):
        if drift.kind not in {one.kind for one in drifts(kept)}:
            continue
        if drift.kind is DriftKind.CITATION_LOST:
            await _cite(connection, kept)
            return True
        return await _rebuild(connection, kept)
    return False


async def _rebuild(connection: Connection, kept: Kept) -> bool:
    try:
        case = codecs.case_of(audit.rebuild(kept.chain.entries))
    except ValidationError:
        return False
    columns = [follows(case) for follows in soundness.COLUMNS.values()]
    await connection.execute(_REBUILD, case.id, codecs.dump(case), *columns)
    return True


async def _cite(connection: Connection, kept: Kept) -> None:
    lost = sorted(soundness.stated(kept) - kept.cited)
    seqs, files, kinds = ([each[place] for each in lost] for place in range(3))
    await connection.execute(_CITE, kept.chain.case_id, seqs, files, kinds)


def _broken(kept: Kept) -> DriftKind | None:
    """How the chain itself is broken, or shorter than its case says, or not the one that its case says."""
    chain = kept.chain
    if not chain.entries or (chain.seq > len(chain.entries) and kept.unreadable is None):
        return DriftKind.ENTRY_MISSING
    tail = chain.entries[-1].hash
    flaw = audit.verify(chain.case_id, chain.entries, head=tail, seq=len(chain.entries))
    if flaw is not None and "缺失" in flaw.why:
        return DriftKind.ENTRY_MISSING
    swapped = chain.seq == len(chain.entries) and tail not in {chain.head, _served_head(kept)}
    return DriftKind.ENTRY_ALTERED if flaw or swapped or kept.unreadable is not None else None


def _served_head(kept: Kept) -> str | None:
    try:
        return codecs.case(kept.row["snapshot"]).head
    except ValidationError:
        return None


def _drift(kind: DriftKind, kept: Kept, sentences: Iterator[str] | list[str]) -> Drift:
    return Drift(kind=kind, subject=kept.chain.case_id, sentence="；".join(sentences))
