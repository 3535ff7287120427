"""The cursor of the feed of events (事件游标): a position, and the history of the record in which it was given.

Invariant: a cursor leads only to where everything up to it is still what its holder has read. A database that was restored from
a backup begins a new history: what it had shares its positions, what comes after does not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from domain.errors import Kind, Refused

END: Final = "end"
_SEPARATOR: Final = "."


@dataclass(frozen=True, kw_only=True)
class History:
    """A stretch of the feed; up to ``since`` it is that of the history before it. The first one has no name."""

    name: str
    since: int


@dataclass(frozen=True, kw_only=True)
class Feed:
    """How far positions are given (``last``), and the histories of this database, the present one last."""

    last: int
    histories: Sequence[History]

    def cursor(self, position: int) -> str:
        """The cursor for a position that was given here."""
        name = self.histories[-1].name
        return f"{position}{_SEPARATOR}{name}" if name else str(position)

    def position(self, cursor: str) -> int:
        """Where to go on from: a cursor that was given, ``0`` from the beginning, or ``end``.

        Raises ``Refused``: ``cursor_of_another_history``, with the cursor to go on from, where what the holder has read is not
        what is on record here; ``cursor_unknown`` for a position that was never given.
        """
        if cursor == END:
            return self.last
        number, _, name = cursor.partition(_SEPARATOR)
        position, until = int(number), self._until(name)
        if position <= until:
            return position
        if name == self.histories[-1].name:
            raise Refused(
                Kind.CONFLICT, "cursor_unknown", "没有这个位置：数据库可能已由旧备份恢复，请从头读取"
            )
        message = "数据库已由备份恢复，此后的事件与您读过的不同：请从 continue_from 续读，以续读到的为准"
        raise Refused(Kind.CONFLICT, "cursor_of_another_history", message, continue_from=self.cursor(until))

    def _until(self, name: str) -> int:
        """Up to where positions of a history hold here; of one that this database never had, none does."""
        names = [history.name for history in self.histories]
        if name not in names:
            return 0
        later = self.histories[names.index(name) + 1 :]
        return min((history.since for history in later), default=self.last)
