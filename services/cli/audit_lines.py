"""The lines of an export of the record, format 2, and how they are written and read back.

Invariant: the last line is the SHA-256 of all lines before it; an export without its last line is none. A file of format 1
(cases and one closing line, nothing else) is read as before.

Format 2: ``format`` with where the access log begins; each daily seal with the heads it lists; each case (and collection, and bulletin) as
``case_id``, ``seq``, ``head`` and ``entries``; the closing line of the roll; each row of the access log; the end.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, TextIO

from pydantic import TypeAdapter

from adapters.postgres.audit import Chain
from domain import audit
from domain.access_log import Access
from domain.roll import Closing
from domain.seals import Head, Seal

FORMAT: Final = 2


@dataclass(frozen=True, kw_only=True)
class Opening:
    """The first line: the format, and behind which row, with which hash, the access log begins."""

    format: int
    begins_seq: int
    begins_head: str


@dataclass(frozen=True, kw_only=True)
class SealLine:
    """A daily seal with the heads that it lists."""

    seal: Seal
    sealed: tuple[Head, ...]


@dataclass(frozen=True, kw_only=True)
class AccessLine:
    """A row of the access log."""

    access: Access


@dataclass(frozen=True, kw_only=True)
class Ending:
    """The last line: the end of the access log, how many seals there are, and the SHA-256 (hex) of all lines before."""

    access_seq: int
    access_head: str
    seals: int
    sha256: str


Line = Opening | SealLine | Chain | Closing | AccessLine | Ending
_LINE: TypeAdapter[Line] = TypeAdapter(Line)


class Writer:
    """Writes lines to ``out`` and keeps count."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._digest = hashlib.sha256()
        self._seals = 0

    def write(self, line: Opening | SealLine | Chain | Closing | AccessLine) -> None:
        """Write one line."""
        self._seals += isinstance(line, SealLine)
        self._digest.update(self._put(line))

    def end(self, *, access_seq: int, access_head: str) -> Ending:
        """Write the last line and give it."""
        ending = Ending(
            access_seq=access_seq,
            access_head=access_head,
            seals=self._seals,
            sha256=self._digest.hexdigest(),
        )
        self._put(ending)
        return ending

    def _put(self, line: Line) -> bytes:
        text = json.dumps(audit.plain(asdict(line)), ensure_ascii=False) + "\n"
        self._out.write(text)
        return text.encode()


def read(file: Path) -> Iterator[tuple[Line, str]]:
    """Each line with the digest (hex) of all lines before it.

    Raises ``OSError``, ``ValidationError`` and ``UnicodeDecodeError``.
    """
    digest = hashlib.sha256()
    with file.open(encoding="utf-8", newline="\n") as lines:
        for line in lines:
            yield _LINE.validate_json(line), digest.hexdigest()
            digest.update(line.encode())
