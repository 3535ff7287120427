"""What moves between two timelines: lines that are only in one, and lines that come at another instant.

Invariant: two lines are the same matter when they tell the same post of the same step of the same case for the same time.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from deploy.rehearsal.timeline import Line

Matter = tuple[str, str | None, str | None, str | None, str | None, int]


@dataclass(frozen=True, kw_only=True)
class Move:
    """One matter in both timelines; ``None`` where one of them does not have it."""

    before: Line | None
    after: Line | None

    @property
    def at(self) -> datetime:
        """When it comes first (aware)."""
        return min(line.at for line in (self.before, self.after) if line is not None)

    @property
    def line(self) -> Line:
        """What it is."""
        line = self.after or self.before
        if line is None:
            raise ValueError("a move of nothing")
        return line


def moves(before: Sequence[Line], after: Sequence[Line]) -> list[Move]:
    """What is otherwise in ``after``, in order of time; a line that changed in nothing but its words is no move."""
    one, other = dict(_matters(before)), dict(_matters(after))
    found = (Move(before=one.get(matter), after=other.get(matter)) for matter in one | other)
    return sorted((move for move in found if not _still(move)), key=lambda move: move.at)


def _still(move: Move) -> bool:
    if move.before is None or move.after is None:
        return False
    return (move.before.at, move.before.person) == (move.after.at, move.after.person)


def _matters(lines: Iterable[Line]) -> Iterator[tuple[Matter, Line]]:
    seen: dict[Matter, int] = {}
    for line in lines:
        about: Matter = (line.kind.value, line.case, line.unit, line.step, line.post, 0)
        seen[about] = number = seen.get(about, 0) + 1
        yield (*about[:5], number), line
