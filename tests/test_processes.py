"""The supervisor of parts: one killed at work is back at once, one that cannot work waits longer each time."""

import os
import re
import sys
from asyncio import Queue
from pathlib import Path

from deploy.processes import AT_ONCE, LONGEST_DELAY, Child, Part, delay_after


async def _ready() -> None:
    """It works as soon as it runs."""


def _part(folder: Path, program: str) -> Part:
    return Part(
        name="part",
        title="部件",
        argv=(sys.executable, "-I", "-S", "-c", program),
        log=folder / "part.log",
        ready=_ready,
        environment=dict(os.environ),
    )


async def test_a_part_that_dies_at_its_start_is_started_twice_at_once_and_then_less_and_less_often(
    tmp_path: Path,
) -> None:
    said: Queue[str] = Queue()
    child = Child(_part(tmp_path, "import sys; sys.exit(3)"), say=said.put_nowait, changed=lambda: None)
    await child.start(within=60)
    waits: list[float] = []
    try:
        while len(waits) < AT_ONCE + 2:
            if told := re.search(r"退出码 3），([\d.]+) 秒后重新启动", await said.get()):
                waits.append(float(told[1]))
    finally:
        await child.stop()
    assert waits[:AT_ONCE] == [0.0] * AT_ONCE
    assert 0 < waits[AT_ONCE] < waits[AT_ONCE + 1]


def test_whoever_was_killed_at_work_starts_at_once_and_no_wait_is_longer_than_ten_seconds() -> None:
    assert delay_after(0) == 0
    assert delay_after(100) == LONGEST_DELAY == 10
