"""Child processes that are watched, started again when they die, and never left behind.

Invariant: a part that was started runs until it is stopped; when the supervisor goes away, in whatever way,
its parts go too (see ``tether.py``).
"""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

Say = Callable[[str], None]
"""Takes one line of progress, in Chinese, for the person at the screen."""

LOG_LIMIT: Final = 5_000_000
AT_ONCE: Final = 2
"""How many short lives in a row are followed by another at once; more wait, each twice as long as the one before."""
FIRST_DELAY: Final = 0.4
LONGEST_DELAY: Final = 10.0
STEADY: Final = 2.0
"""Seconds that a part has to work for its life not to be a short one."""
PROBE_EVERY: Final = 0.05
_TETHER: Final = Path(__file__).with_name("tether.py")


class StackError(Exception):
    """Why the stack cannot run: one clear Chinese sentence for the person who started it."""


class NotYet(Exception):  # noqa: N818 - a state, not an error
    """The part does not answer yet; asking again is worth it."""


async def _nothing() -> None:
    """Nothing is left of an earlier life."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """One server process: what to run, as whom, and how to know that it works. Times are in seconds."""

    name: str
    title: str
    argv: tuple[str, ...]
    log: Path
    ready: Callable[[], Awaitable[None]]
    """Returns once the part does its work; raises ``NotYet`` to be asked again, ``StackError`` to give up."""
    environment: Mapping[str, str] = field(repr=False)
    user: str | None = None
    repair: Callable[[], Awaitable[None]] = _nothing
    """Runs before every start: removes what an earlier life left behind."""
    answered: Callable[[], None] = lambda: None
    """Runs after every start, once the part is ready."""
    stop_signal: signal.Signals = signal.SIGTERM
    orphan_signal: signal.Signals = signal.SIGKILL
    """What the part gets when the supervisor itself is killed."""
    grace: float = 10.0


class Child:
    """A part that runs: started, watched, started again, stopped."""

    def __init__(self, part: Part, *, say: Say, changed: Callable[[], None]) -> None:
        self.part = part
        self._say = say
        self._changed = changed
        self._process: asyncio.subprocess.Process | None = None
        self._watch: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """The id of the running process, ``None`` while there is none."""
        process = self._process
        return process.pid if process is not None and process.returncode is None else None

    async def start(self, *, within: float) -> None:
        """Launch, wait until the part answers, then keep watch.

        Raises ``StackError`` when it exits instead of answering, or does not answer ``within`` seconds.
        """
        process = await self._launch()
        ready = asyncio.ensure_future(self._until_ready())
        exited = asyncio.ensure_future(process.wait())
        try:
            await asyncio.wait({ready, exited}, timeout=within, return_when=asyncio.FIRST_COMPLETED)
            if ready.done():
                ready.result()
                self.part.answered()
                self._watch = asyncio.create_task(self._keep_alive(process))
                return
            problem = f"退出码 {exited.result()}" if exited.done() else f"{within:.0f} 秒内没有就绪"
            last = await asyncio.to_thread(_last_line, self.part.log)
            raise StackError(f"{self.part.title} 启动失败（{problem}：{last}），详见日志 {self.part.log}。")
        finally:
            await cancel(ready, exited)

    async def stop(self) -> None:
        """End the part, gracefully within its grace, by force after it; nothing of its group is left."""
        if self._watch is not None:
            await cancel(self._watch)
        process = self._process
        if process is None:
            return
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(self.part.stop_signal)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self.part.grace):
                    await process.wait()
        _end_group(process.pid)
        await process.wait()

    async def _launch(self) -> asyncio.subprocess.Process:
        part = self.part
        await part.repair()
        _rotate(part.log)
        orphan = str(int(part.orphan_signal))
        tether = (sys.executable, "-I", "-S", str(_TETHER), str(os.getpid()), orphan, part.user or "-")
        with part.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *tether,
                *part.argv,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=part.log.parent,
                env=dict(part.environment),
                # its own session: the terminal's Ctrl-C reaches the supervisor alone, which stops in order
                start_new_session=True,
            )
        self._changed()
        return self._process

    async def _until_ready(self) -> None:
        while True:
            try:
                return await self.part.ready()
            except NotYet:
                await asyncio.sleep(PROBE_EVERY)

    async def _keep_alive(self, process: asyncio.subprocess.Process) -> None:
        clock = asyncio.get_running_loop().time
        short, works = 0, True
        while True:
            since = clock()
            code = await process.wait()
            _end_group(process.pid)
            short = 0 if works and clock() - since >= STEADY else short + 1
            delay = delay_after(short)
            self._say(f"{self.part.title} 意外退出（退出码 {code}），{delay:.1f} 秒后重新启动")
            process = await self._again(delay)
            works = await self._until_ready_or_gone(process)

    async def _until_ready_or_gone(self, process: asyncio.subprocess.Process) -> bool:
        """Wait until a part that was started again answers, or ends once more; what it needs is made sure of again.

        Tells whether it works.
        """
        ready = asyncio.ensure_future(self._until_ready())
        exited = asyncio.ensure_future(process.wait())
        try:
            await asyncio.wait({ready, exited}, return_when=asyncio.FIRST_COMPLETED)
            if ready.done() and not exited.done():
                ready.result()
                self.part.answered()
                self._say(f"{self.part.title} 已恢复")
                return True
        except StackError as problem:
            self._say(f"{self.part.title} 恢复后不能使用（{problem}）")
        finally:
            await cancel(ready, exited)
        return False

    async def _again(self, delay: float) -> asyncio.subprocess.Process:
        while True:
            await asyncio.sleep(delay)
            try:
                return await self._launch()
            except (OSError, StackError) as problem:
                delay = LONGEST_DELAY
                self._say(f"{self.part.title} 无法重新启动（{problem}），{delay:.0f} 秒后再试")


def delay_after(short: int) -> float:
    """Seconds until the next start, after so many short lives in a row; whoever was killed at work starts at once."""
    return 0.0 if short <= AT_ONCE else min(FIRST_DELAY * 2.0 ** (short - AT_ONCE), LONGEST_DELAY)


def servers_environment(home: Path, *path: Path) -> dict[str, str]:
    """Give the environment of a packaged server: nothing of the user's, so no stray variable changes it."""
    places = [*(str(each) for each in path), os.defpath]
    return {"PATH": os.pathsep.join(places), "HOME": str(home), "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def own_environment(settings: Mapping[str, str]) -> dict[str, str]:
    """Give the environment of our own processes: the user's, passed on unread, with ``settings`` on top.

    What points at another engine (its TLS files, its key) is left out: it would not fit the embedded one.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BIHUAN_TEMPORAL_")}
    return {**kept, **settings, "PYTHONUNBUFFERED": "1", "PYTHONSAFEPATH": "1"}


async def together(*work: Coroutine[Any, Any, None]) -> None:
    """Do all of ``work`` at once; the first failure cancels the rest, waits for it, and is raised."""
    tasks = [asyncio.create_task(each) for each in work]
    try:
        await asyncio.gather(*tasks)
    finally:
        await cancel(*tasks)


async def cancel(*tasks: asyncio.Future[Any]) -> None:
    """Cancel what is not done yet and wait until it is over; results and errors are dropped."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _end_group(group: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


def _last_line(log: Path) -> str:
    with log.open("rb") as text:
        text.seek(max(0, log.stat().st_size - 4096))
        lines = text.read().decode(errors="replace").split("\n")
    said = [line.strip() for line in lines if line.strip()]
    return said[-1][-200:] if said else "没有输出"


def _rotate(log: Path) -> None:
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.replace(log.with_suffix(".log.1"))
