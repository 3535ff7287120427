"""The embedded stack: PostgreSQL and Temporal on this machine, ready for the application.

``bihuan up`` and the tests use the same one; API and worker are added on top as two more parts.
Invariants: inside the ``async with`` everything answers and is migrated; after it no process is left.
"""

import asyncio
import contextlib
import os
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final, Self

from adapters.postgres import migrate
from adapters.postgres.calendar import PostgresCalendar
from adapters.postgres.calendar_seed import seed
from adapters.postgres.collection_kinds import PostgresCollectionKinds
from adapters.postgres.database import Database
from deploy import engine, engine_file, folder, postgres
from deploy.loopback import free_ports, port_frees
from deploy.processes import (
    Child,
    Part,
    Say,
    StackError,
    cancel,
    own_environment,
    together,
)
from domain.errors import Temporary
from services import clock, rehydration
from services.settings import Settings

START_WITHIN: Final = 60.0
"""Seconds for a part to answer: the first start on a slow machine compiles everything that it imports."""
FILL_AGAIN_AFTER: Final = 1.0
"""Seconds between attempts to start the open cases in an empty engine."""
PORT_PATIENCE: Final = 2.0
"""Seconds that a stack killed a moment ago may still hold its ports."""


@dataclass(frozen=True, kw_only=True)
class Ports:
    """The TCP ports on the loopback address."""

    api: int = 8000
    temporal: int = 7233
    ui: int = 8233

    @classmethod
    def free(cls) -> Self:
        """Ports that the kernel says are free now."""
        api, temporal, ui = free_ports(3)
        return cls(api=api, temporal=temporal, ui=ui)


class Devstack:
    """PostgreSQL and Temporal over one data folder, as an async context manager."""

    def __init__(
        self, *, data: Path, say: Say, ports: Ports | None = None, time_skipping: bool = False
    ) -> None:
        self.data = data.expanduser().absolute()
        self.ports = ports or Ports()
        self._say = say
        self._time_skipping = time_skipping
        self._children: dict[str, Child] = {}
        self._migrated = asyncio.Event()
        self._filling: asyncio.Task[None] | None = None
        self._exit = contextlib.AsyncExitStack()

    async def __aenter__(self) -> Self:
        async with contextlib.AsyncExitStack() as undo:
            undo.enter_context(folder.claimed(self.data))
            undo.push_async_callback(self._stop)
            await self._await_ports()
            try:
                self.secrets = folder.ensure_secrets(self.data)
                await together(self._start_postgres(), self._start_temporal())
            except OSError as problem:
                raise StackError(
                    f"数据目录 {self.data} 无法使用（{problem}），请检查它的权限和空间。"
                ) from problem
            self._exit = undo.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._exit.aclose()

    @property
    def database_url(self) -> str:
        """The database as the role that sees the whole district: for the worker, the command line, and the API at times."""
        return postgres.url(self.data, postgres.WORKER, self.secrets.worker)

    @property
    def walled_database_url(self) -> str:
        """The database as the API's role, which sees what it is told that the asker may see."""
        return postgres.url(self.data, postgres.APP, self.secrets.app)

    @property
    def owner_url(self) -> str:
        """The database as the role that owns the tables: for migrations only."""
        return postgres.url(self.data, postgres.OWNER, self.secrets.owner)

    @property
    def temporal_address(self) -> str:
        """Host and port of the engine."""
        return f"127.0.0.1:{self.ports.temporal}"

    @property
    def ui_url(self) -> str:
        """Where the Temporal UI is."""
        return f"http://127.0.0.1:{self.ports.ui}"

    @property
    def api_url(self) -> str:
        """Where the API is, once it was added."""
        return f"http://127.0.0.1:{self.ports.api}"

    def settings(self) -> dict[str, str]:
        """Give what our own processes are to be told, by the names of ``services/settings.py``."""
        return {
            "BIHUAN_DATABASE_URL": self.database_url,
            "BIHUAN_WALLED_DATABASE_URL": self.walled_database_url,
            "BIHUAN_TEMPORAL_ADDRESS": self.temporal_address,
            "BIHUAN_TEMPORAL_NAMESPACE": engine.NAMESPACE,
            "BIHUAN_TASK_QUEUE": engine.TASK_QUEUE,
            "BIHUAN_TOKEN_SECRET": self.secrets.token,
            "BIHUAN_SEALING_KEYS": self.secrets.sealing,
            "BIHUAN_AUDIT_KEY": self.secrets.audit,
            "BIHUAN_OBJECTS_URL": (self.data / "objects").as_uri(),
            "BIHUAN_API_HOST": "127.0.0.1",
            "BIHUAN_API_PORT": str(self.ports.api),
            "BIHUAN_OWN_PORTS": str(self.ports.ui),
        }

    def own_settings(self) -> Settings:
        """Give the same as the value that our own code takes."""
        told = {name.removeprefix("BIHUAN_").lower(): value for name, value in self.settings().items()}
        return Settings.model_validate(told)

    def environment(self) -> dict[str, str]:
        """Give the whole environment of our own processes: the caller's, with ``settings()`` on top."""
        return own_environment(self.settings())

    def child(self, name: str) -> Child:
        """Give a part by name, for whoever stops it on purpose and starts it again."""
        return self._children[name]

    def pids(self) -> dict[str, int | None]:
        """Give the process id of each part by name; ``None`` for one that is being started again."""
        return {name: child.pid for name, child in self._children.items()}

    async def add(self, *parts: Part) -> None:
        """Start more parts, all at once, to be watched with the rest and stopped before it, last first.

        Raises ``StackError`` when one of them does not come up.
        """
        await together(*(child.start(within=START_WITHIN) for child in [self._child(part) for part in parts]))

    @property
    def sample_loaded(self) -> bool:
        """Whether the sample district was loaded into this folder once."""
        return (self.data / "sample-loaded").exists()

    def mark_sample_loaded(self) -> None:
        """Remember that the sample district is loaded."""
        (self.data / "sample-loaded").touch()

    async def _start_postgres(self) -> None:
        self._say("PostgreSQL：正在启动")
        await asyncio.to_thread(postgres.create, self.data, self.secrets)
        await self._child(postgres.part(self.data, self.secrets)).start(within=START_WITHIN)
        self._say("PostgreSQL：就绪，正在执行数据库迁移")
        try:
            await asyncio.to_thread(migrate.migrate, self.owner_url)
        except migrate.MigrationFailed as problem:
            raise StackError(f"数据库迁移失败：{problem}") from problem
        async with Database.opened(self.database_url, size=1, timeout=60) as database:
            await seed(PostgresCalendar(database), clock.real())
            await PostgresCollectionKinds(database).fill()
        self._migrated.set()
        self._say("PostgreSQL：数据库结构与工作日历已是最新")

    async def _start_temporal(self) -> None:
        self._say("Temporal：正在启动")
        ports = self.ports
        part = engine.part(
            self.data,
            port=ports.temporal,
            ui_port=ports.ui,
            time_skipping=self._time_skipping,
            say=self._say,
        )
        await self._child(replace(part, answered=self._fill_if_empty)).start(within=START_WITHIN)
        self._say("Temporal：就绪")

    def _fill_if_empty(self) -> None:
        filling = self._filling is not None and not self._filling.done()
        if engine_file.is_empty(self.data) and not filling:
            self._filling = asyncio.create_task(self._fill())

    async def _fill(self) -> None:
        """Start every open case in an engine whose file is new, beside everything else, until it is done."""
        await self._migrated.wait()
        while True:
            try:
                started = await rehydration.rehydrate(self.own_settings())
                break
            except Temporary:
                await asyncio.sleep(FILL_AGAIN_AFTER)
        engine_file.mark_filled(self.data)
        if started:
            self._say(f"Temporal：{started} 件在办案件已按数据库的记录恢复运行，时限不变")

    async def _await_ports(self) -> None:
        options = asdict(self.ports)
        for name, port in options.items():
            if list(options.values()).count(port) > 1:
                raise StackError(f"端口 {port} 被指定了两次，请用 --{name}-port 换一个。")
            if not await port_frees(port, PORT_PATIENCE):
                raise StackError(f"端口 {port} 已被别的程序占用，请用 --{name}-port 换一个。")

    def _child(self, part: Part) -> Child:
        self._children[part.name] = child = Child(part, say=self._say, changed=self._record)
        return child

    def _record(self) -> None:
        ports = asdict(self.ports)
        running = folder.Running(supervisor=os.getpid(), ports=ports, parts=self.pids())
        folder.write_running(self.data, running)

    async def _stop(self) -> None:
        if self._filling is not None:
            await cancel(self._filling)
        for child in reversed(self._children.values()):
            await child.stop()
