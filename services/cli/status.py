"""``bihuan status``: each part, whether it runs and whether it answers; under it what an administrator should know."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import psutil
from rich.console import Console
from rich.table import Table

from adapters.postgres.database import Database
from adapters.postgres.warnings import PostgresWarnings
from deploy import engine, folder, postgres
from deploy.processes import NotYet, StackError
from domain.errors import Temporary
from domain.warnings import Warned
from services import clock
from services.cli import up


@dataclass(frozen=True, kw_only=True)
class Row:
    """One part: its process id if it runs, whether it does its work, and where it is."""

    title: str
    pid: int | None
    answers: bool
    address: str


def run(*, data: Path) -> bool:
    """Print the table and the warnings; give whether all parts are well."""
    home = data.expanduser().absolute()
    rows = asyncio.run(rows_of(home))
    table = Table("部分", "进程", "应答", "地址", title="闭环 bihuan")
    for row in rows:
        running = f"运行中 {row.pid}" if row.pid else "未运行"
        table.add_row(row.title, running, "正常" if row.answers else "无应答", row.address)
    console = Console(highlight=False)
    console.print(table)
    for warned in asyncio.run(_warnings(home)) if rows[0].answers else []:
        console.print(f"提醒：{warned.message}", markup=False, soft_wrap=True)
    return all(row.pid and row.answers for row in rows)


async def rows_of(data: Path) -> list[Row]:
    """Ask every part of the stack over ``data`` (an absolute path)."""
    running = folder.read_running(data)
    ports = running.ports if running else {}
    pids = {name: pid for name, pid in running.parts.items() if _is_child(pid, running)} if running else {}
    temporal = f"127.0.0.1:{ports.get('temporal', 0)}"
    answers = await asyncio.gather(
        _database(data), _engine(temporal), _worker(temporal), _api(ports.get("api", 0))
    )
    named = (
        ("postgres", "PostgreSQL", str(postgres.socket_folder(data))),
        ("temporal", "Temporal", f"{temporal}  http://127.0.0.1:{ports.get('ui', 0)}"),
        ("worker", "工作进程", f"队列 {engine.TASK_QUEUE}"),
        ("api", "API", f"http://127.0.0.1:{ports.get('api', 0)}"),
    )
    return [
        Row(title=title, pid=pids.get(name), answers=bool(pids) and well, address=address if pids else "—")
        for (name, title, address), well in zip(named, answers, strict=True)
    ]


def _is_child(pid: int | None, running: folder.Running) -> bool:
    try:
        # the number alone may be anybody's by now
        return pid is not None and psutil.Process(pid).ppid() == running.supervisor
    except psutil.Error:
        return False


async def _warnings(data: Path) -> list[Warned]:
    """What the database says will hurt later; nothing where it went away or is not migrated."""
    url = postgres.url(data, postgres.WORKER, folder.secrets(data).worker)
    try:
        async with Database.opened(url, size=1, timeout=5) as database:
            return await PostgresWarnings(database).all(clock.real())
    except (Temporary, asyncpg.PostgresError):
        return []


async def _database(data: Path) -> bool:
    try:
        await postgres.answer(postgres.url(data, postgres.APP, folder.secrets(data).app))
    except (OSError, TimeoutError, StackError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return False
    return True


async def _engine(address: str) -> bool:
    try:
        await engine.ready(address)
    except NotYet:
        return False
    return True


async def _worker(address: str) -> bool:
    try:
        await up.worker_ready(address)
    except NotYet:
        return False
    return True


async def _api(port: int) -> bool:
    try:
        await up.api_ready(port)
    except NotYet:
        return False
    return True
