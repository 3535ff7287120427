"""A backup as one file: the dump of the database, every object of evidence, and at the end what all of it must be.

Invariant: a file without its end, or whose parts are not those that the end names, is no backup; a backup appears
under its name only when it is whole and on disk.
"""

import contextlib
import hashlib
import io
import json
import os
import tarfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter, ValidationError

from domain.roll import Closing

FORMAT: Final = 1
_DUMP: Final = "database.dump"
_END: Final = "backup.json"
_OBJECTS: Final = "objects/"


class NoBackup(Exception):  # noqa: N818 - named for what the file is
    """The file is no whole backup; the text says why, in Chinese."""


@dataclass(frozen=True, kw_only=True)
class End:
    """What a backup states of itself; hashes are SHA-256 in hex, ``lacking`` the keys of objects that were not there."""

    made_at: str
    version: str
    closing: Closing
    dump_sha256: str
    objects: int
    lacking: tuple[str, ...]
    format: int = FORMAT


_TOLD: Final = TypeAdapter(End)


class Writer:
    """Writes the parts of one backup."""

    def __init__(self, archive: tarfile.TarFile) -> None:
        self._archive = archive

    def dump(self, file: Path) -> str:
        """Add the dump of the database and give its SHA-256."""
        self._archive.add(file, arcname=_DUMP)
        with file.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()

    def object(self, key: str, data: bytes) -> None:
        """Add one object of evidence."""
        self._add(_OBJECTS + key, data)

    def end(self, end: End) -> None:
        """Add the end."""
        self._add(_END, json.dumps(asdict(end), ensure_ascii=False, indent=1).encode())

    def _add(self, name: str, data: bytes) -> None:
        info = tarfile.TarInfo(name)
        info.size, info.mode = len(data), 0o600
        self._archive.addfile(info, io.BytesIO(data))


@contextlib.contextmanager
def written(file: Path) -> Iterator[Writer]:
    """Write a backup aside; it gets its name at the end. Raises ``FileExistsError``, never overwrites."""
    if file.exists():
        raise FileExistsError(file)
    aside = file.with_name(f"{file.name}.new")
    try:
        descriptor = os.open(aside, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "wb") as out:
            with tarfile.open(fileobj=out, mode="w") as archive:
                yield Writer(archive)
            out.flush()
            os.fsync(out.fileno())
        aside.rename(file)
    finally:
        aside.unlink(missing_ok=True)


@contextlib.contextmanager
def opened(file: Path) -> Iterator["Reader"]:
    """Open a backup. Raises ``NoBackup``."""
    try:
        with tarfile.open(file) as archive:
            yield Reader(archive)
    except (tarfile.TarError, EOFError) as problem:
        raise NoBackup("不是备份文件，或已被截断") from problem


class Reader:
    """Reads a backup whose end was found."""

    def __init__(self, archive: tarfile.TarFile) -> None:
        self._archive = archive
        names = archive.getnames()
        if names[-1:] != [_END]:
            raise NoBackup("没有结尾，备份不完整")
        self.end = _end(self._read(_END))
        self.keys = [name.removeprefix(_OBJECTS) for name in names if name.startswith(_OBJECTS)]
        if len(self.keys) != self.end.objects:
            raise NoBackup("材料的件数与结尾不符")

    def dump(self, to: Path) -> None:
        """Write the dump of the database to a file. Raises ``NoBackup`` when it is not what the end says."""
        to.write_bytes(self._read(_DUMP))
        with to.open("rb") as content:
            if hashlib.file_digest(content, "sha256").hexdigest() != self.end.dump_sha256:
                raise NoBackup("数据库部分与结尾不符")

    def object(self, key: str) -> bytes:
        """The bytes of one object."""
        return self._read(_OBJECTS + key)

    def _read(self, name: str) -> bytes:
        member = self._archive.extractfile(name)
        if member is None:
            raise NoBackup(f"缺少 {name}")
        return member.read()


def _end(text: bytes) -> End:
    try:
        end = _TOLD.validate_json(text)
    except ValidationError as problem:
        raise NoBackup("结尾读不出来") from problem
    if end.format != FORMAT:
        raise NoBackup("格式的版本不认识，请用相同或更新的版本恢复")
    return end
