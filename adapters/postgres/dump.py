"""The whole database as one file, and back: by the server's own tools, at one point of time.

Invariant: what is told of a dump (counts, heads, files) was read in the very snapshot that was dumped.
"""

import asyncio
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit, urlunsplit

import asyncpg

from domain.errors import Temporary
from domain.roll import Closing, Roll

_CASES: Final = """
SELECT id, head, (SELECT count(*) FROM changes WHERE case_id = id) AS entries FROM hazards ORDER BY id
"""
"""Every case with its head and the length of its record."""

_YEARS: Final = "SELECT year, last FROM case_numbers"
"""The last number of each year."""

_FILES: Final = "SELECT sha256, served_sha256 FROM files ORDER BY id"
"""The hashes of every stored file: of the original, and of the copy that is shown."""

_VERSION: Final = "SELECT max(version) FROM schema_migrations"
"""The last migration that was applied."""


class DumpFailed(Exception):  # noqa: N818 - named for what happened
    """The tool refused; the text is its own."""


@dataclass(frozen=True, kw_only=True)
class Content:
    """What a database held at one point: the closing of its record, the last migration, the hashes of its files."""

    closing: Closing
    version: str
    files: tuple[tuple[str, str], ...]


async def dump(url: str, binaries: Path, to: Path) -> Content:
    """Dump the database at ``url`` (an asyncpg address of the owner) to a file, while it is in use.

    ``binaries`` is the folder of a ``pg_dump`` no older than the server. Raises ``DumpFailed`` or ``Temporary``.
    """
    connection = await _connected(url)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            snapshot = await connection.fetchval("SELECT pg_export_snapshot()")
            words = ["pg_dump", "--format=custom", "--no-owner", f"--snapshot={snapshot}", f"--file={to}"]
            # the owner passes the policies by one of its own; without the word pg_dump would not trust that
            words.append("--enable-row-security")
            await asyncio.to_thread(_run, url, binaries, words)
            return await _content(connection)
    finally:
        connection.terminate()


async def load(url: str, binaries: Path, file: Path) -> Content:
    """Fill the empty database at ``url`` from a dump, wholly or not at all, and give what it holds then.

    Raises ``DumpFailed`` or ``Temporary``.
    """
    words = ["pg_restore", "--no-owner", "--exit-on-error", "--single-transaction", str(file)]
    await asyncio.to_thread(_run, url, binaries, words)
    connection = await _connected(url)
    try:
        return await _content(connection)
    finally:
        connection.terminate()


async def _connected(url: str) -> "asyncpg.Connection[asyncpg.Record]":
    try:
        return await asyncpg.connect(url, timeout=10)
    except (OSError, TimeoutError, asyncpg.PostgresConnectionError) as away:
        raise Temporary("database") from away


async def _content(connection: "asyncpg.Connection[asyncpg.Record]") -> Content:
    roll = Roll()
    for row in await connection.fetch(_CASES):
        roll.add(row["id"], row["head"], row["entries"])
    years = {row["year"]: row["last"] for row in await connection.fetch(_YEARS)}
    files = tuple((row["sha256"], row["served_sha256"]) for row in await connection.fetch(_FILES))
    version = await connection.fetchval(_VERSION)
    return Content(closing=roll.closing(years), version=version, files=files)


def _run(url: str, binaries: Path, words: list[str]) -> None:
    # the password by the environment, not on the command line, which every local user can read
    parts = urlsplit(url)
    address = urlunsplit(("postgresql", f"{parts.username}@{parts.netloc.rpartition('@')[2]}", *parts[2:]))
    tool, *rest = words
    done = subprocess.run(  # noqa: S603 - fixed words
        [str(binaries / tool), f"--dbname={address}", *rest],
        env={"PGPASSWORD": unquote(parts.password or ""), "LC_ALL": "C"},
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        raise DumpFailed(done.stderr.strip() or f"{tool}: exit {done.returncode}")
