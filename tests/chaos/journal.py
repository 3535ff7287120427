"""The oracle: what was acknowledged, written down by those who asked.

Invariant: a line is on disk before it counts.
"""

import json
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Acknowledged:
    """One answer: to whom, under which key, about which case, what was asked, and the status."""

    person: str
    key: str
    case: str
    action: str
    status: int
    seq: int = 0

    @property
    def request_id(self) -> str:
        return f"{self.person}:{self.key}"


class Journal:
    """An append-only file of one line per answer."""

    def __init__(self, file: Path) -> None:
        self._file = file.open("a", encoding="utf-8")
        self.path = file
        self.counts: Counter[str] = Counter()

    def write(self, line: Acknowledged) -> None:
        self._file.write(json.dumps(asdict(line), ensure_ascii=False) + "\n")
        self._file.flush()
        os.fsync(self._file.fileno())
        self.counts["refused" if line.status >= 400 else "acknowledged"] += 1

    def lines(self) -> Iterator[Acknowledged]:
        with self.path.open(encoding="utf-8") as lines:
            for line in lines:
                yield Acknowledged(**json.loads(line))

    def close(self) -> None:
        self._file.close()
