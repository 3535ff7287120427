"""The board of a collection: what its workflow has to know to wait and to show, the same size for ten units and for fifty thousand.

Invariant: no unit stands on it.
"""

from dataclasses import dataclass
from datetime import datetime

from domain.collection.lists import Counts
from domain.collection.shapes import Collection
from domain.collection.steps import next_step
from domain.collection.window import Window
from domain.collection.words import Phase


@dataclass(frozen=True, kw_only=True)
class Board:
    """A collection at a glance (aware UTC).

    ``coming_at`` and ``coming`` are the next step of the clock. ``complete`` says that nobody is outstanding any more, and
    ``may_end_early`` that the collection then ends. ``undrafted`` says that a bulletin is still to be drafted.
    """

    collection_id: str
    seq: int
    title: str
    kind: str
    kind_label: str
    basis: str
    district: str
    phase: Phase
    window: Window
    counts: Counts
    contact_post: str
    coming_at: datetime | None = None
    coming: str | None = None
    complete: bool = False
    may_end_early: bool = False
    undrafted: bool = False
    ended_early: bool = False

    @property
    def is_over(self) -> bool:
        """Whether nothing is left to do."""
        return not self.phase.is_open and not self.undrafted


def board(collection: Collection, counts: Counts, *, complete: bool, undrafted: bool = False) -> Board:
    """The board of a collection with these counts."""
    coming = next_step(collection)
    return Board(
        collection_id=collection.id,
        seq=collection.seq,
        title=collection.title,
        kind=collection.kind.code,
        kind_label=collection.kind.label,
        basis=collection.basis,
        district=collection.district,
        phase=collection.phase,
        window=collection.window,
        counts=counts,
        contact_post=collection.contact_post,
        coming_at=None if coming is None else coming.at,
        coming=None if coming is None else coming.kind.label,
        complete=complete,
        may_end_early=complete and collection.kind.early_end and collection.opened_at is not None,
        undrafted=undrafted,
        ended_early=collection.ended_early,
    )
