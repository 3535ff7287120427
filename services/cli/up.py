"""``bihuan up``: the embedded stack with worker and API on top, until Ctrl-C.

Invariant: whatever ends it, no process of it is left.
"""

import asyncio
import contextlib
import http.client
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import quote

from rich.console import Console

from deploy import engine
from deploy.devstack import Devstack, Ports
from deploy.processes import NotYet, Part, Say
from workflows import search_attributes

_STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def run(*, data: Path, ports: Ports, sample: bool) -> None:
    """Run until a signal ends it. Raises ``StackError`` when the stack cannot start."""
    say = _screen()
    stack = Devstack(data=data, ports=ports, say=say)
    with contextlib.suppress(asyncio.CancelledError):
        asyncio.run(_run(stack, sample=sample, say=say))
        return
    say("已全部停止")


def parts(stack: Devstack) -> tuple[Part, Part]:
    """Describe our own two processes on top of ``stack``: the worker, then the API."""
    worker = _own(stack, "worker", "工作进程", lambda: worker_ready(stack.temporal_address))
    api = _own(stack, "api", "API", lambda: api_ready(stack.ports.api))
    return worker, api


def watchdog(stack: Devstack) -> Part:
    """Describe the process that alarms when the delivery stands still."""
    return _own(stack, "watchdog", "看门狗", _at_once)


async def _at_once() -> None:
    """It has nothing to get ready."""


async def worker_ready(temporal_address: str) -> None:
    """Return when a worker asks the engine for work, else raise ``NotYet``."""
    if not await engine.pollers(temporal_address):
        raise NotYet


async def api_ready(port: int) -> None:
    """Return when the API says that it is ready, else raise ``NotYet``."""
    if await asyncio.to_thread(_readyz, port) != http.HTTPStatus.OK:
        raise NotYet


async def _run(stack: Devstack, *, sample: bool, say: Say) -> None:
    _stop_on_signal(say)
    async with stack:
        say("API 与工作进程：正在启动")
        await stack.add(*parts(stack), watchdog(stack))
        say("API 与工作进程：就绪")
        if sample and not stack.sample_loaded:
            from deploy import sample as district

            await district.load(stack, say)
            stack.mark_sample_loaded()
        for line in welcome(stack):
            say(line)
        await asyncio.Event().wait()


def welcome(stack: Devstack) -> list[str]:
    """Give the lines that say where everything is."""
    views = f"{stack.ui_url}/namespaces/{engine.NAMESPACE}/workflows"
    return [
        "全部就绪，Ctrl-C 停止。",
        f"API 文档     {stack.api_url}/docs",
        f"Temporal 界面 {views}",
        *(
            f"  {title}  {views}?query={quote(query)}"
            for title, query in search_attributes.saved_views(stack.own_settings().district)
        ),
        f"示例令牌     {sys.argv[0]} token office（或 leader、team-1、ec01-safety 等岗位）",
    ]


def _stop_on_signal(say: Say) -> None:
    task = asyncio.current_task()
    stopping = False

    def stop() -> None:
        # once: a second Ctrl-C must not break off the orderly end
        nonlocal stopping
        if task is not None and not stopping:
            stopping = True
            say("正在停止……")
            task.cancel()

    for signum in _STOPPING:
        if signum == signal.SIGHUP and signal.getsignal(signum) is signal.SIG_IGN:
            # started with nohup: meant to outlive its terminal
            continue
        asyncio.get_running_loop().add_signal_handler(signum, stop)


def _own(stack: Devstack, name: str, title: str, ready: Callable[[], Awaitable[None]]) -> Part:
    return Part(
        name=name,
        title=title,
        argv=(sys.executable, "-m", f"services.{name}"),
        log=stack.data / "logs" / f"{name}.log",
        ready=ready,
        environment=stack.environment(),
    )


def _readyz(port: int) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=3)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


def _screen() -> Say:
    console = Console(highlight=False, soft_wrap=True)
    start = time.monotonic()

    def say(line: str) -> None:
        console.print(f"{time.monotonic() - start:6.1f}s  {line}", markup=False)

    return say
