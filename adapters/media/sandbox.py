"""A checking child as its parent sees it: started, asked, stopped.

Invariant: after any failure the child is stopped and never asked again, so that no answer can be taken for another's.
"""

import asyncio
import contextlib
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from adapters.media import answer
from domain.evidence import MIB, MediaType

_ROOT: Final = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What one file may cost: seconds of processor, seconds on the clock, bytes of address space."""

    cpu_seconds: int = 10
    wall_seconds: int = 15
    memory: int = 512 * MIB


class Crashed(Exception):  # noqa: N818
    """The child gave no proper answer; it says nothing about the file."""


class Child:
    """One child process and its two pipes; asked by one caller at a time."""

    def __init__(self, process: Process, limits: Limits) -> None:
        self._process = process
        self._limits = limits

    @classmethod
    async def start(cls, limits: Limits) -> Self:
        """A child that is on its way up; its first answer waits for it. Raises ``OSError``."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-s",
            "-m",
            "adapters.media.child",
            *(str(limit) for limit in (limits.cpu_seconds, limits.wall_seconds, limits.memory)),
            cwd=_ROOT,
            # Whatever opens strangers' files knows no secret of ours, and Ctrl-C is ours to handle.
            env={},
            start_new_session=True,
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,
            limit=MIB,
        )
        return cls(process, limits)

    @property
    def pid(self) -> int:
        """The process id, which is also that of its process group."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it has not ended as far as is known; a child that just died is found out by asking."""
        return self._process.returncode is None

    async def ask(self, media_type: MediaType, data: bytes) -> answer.Cleaned:
        """The cleaned file.

        Raises ``UnacceptableFile`` when it is refused, ``Crashed`` when the child died or answered nonsense,
        ``TimeoutError`` when it does not answer 5 seconds after its own limit should have ended the matter.
        """
        try:
            async with asyncio.timeout(self._limits.wall_seconds + 5):
                payload = await self._exchange(media_type, data)
            return answer.decode(payload)
        except (OSError, asyncio.IncompleteReadError, ValueError) as broken:
            if isinstance(broken, TimeoutError):
                raise
            raise Crashed(type(broken).__name__) from broken

    async def _exchange(self, media_type: MediaType, data: bytes) -> bytes:
        pipe_in, pipe_out = self._process.stdin, self._process.stdout
        if pipe_in is None or pipe_out is None:
            raise ValueError("a child is started with both pipes")
        pipe_in.write(answer.framed(media_type.encode()))
        pipe_in.write(answer.framed(data))
        await pipe_in.drain()
        (length,) = answer.LENGTH.unpack(await pipe_out.readexactly(answer.LENGTH.size))
        if length > answer.ANSWER_LIMIT:
            raise ValueError("an answer has a limit")
        return await pipe_out.readexactly(length)

    async def stop(self) -> None:
        """End the child and whatever it forked, at once, and wait until it is gone."""
        # A child that ended by itself may still have a fork at work, so its group is told in any case.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        if self._process.stdin is not None:
            self._process.stdin.close()
        await self._process.wait()
