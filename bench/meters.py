"""What processes use: CPU seconds and memory, by the name of the part, children included.

Invariant: the CPU of a child that has ended is not lost (PostgreSQL makes one per connection): its parent carries it.
"""

import contextlib
from collections.abc import Mapping
from pathlib import Path

import psutil

MIB = 1024 * 1024


class Meter:
    """Reads a set of process trees; ``pids`` by name, the benchmark's own process is ``driver``."""

    def __init__(self, pids: Mapping[str, int]) -> None:
        self._roots = {name: psutil.Process(pid) for name, pid in pids.items()}
        self._driver = psutil.Process()

    def cpu(self) -> dict[str, float]:
        """CPU seconds used so far, by name."""
        found = {name: sum(map(_seconds, _tree(root))) for name, root in self._roots.items()}
        own = self._driver.cpu_times()
        return {**found, "driver": own.user + own.system}

    def memory(self) -> dict[str, float]:
        """Memory that would be freed if the process ended (USS), in MiB, by name; servers and ours, not the driver."""
        return {name: sum(map(_private, _tree(root))) / MIB for name, root in self._roots.items()}


def folder_size(folder: Path) -> float:
    """The size of all files below, in MiB."""
    total = 0
    for file in folder.rglob("*"):
        with contextlib.suppress(OSError):
            total += file.stat().st_size
    return total / MIB


def _tree(root: psutil.Process) -> list[psutil.Process]:
    return [root, *root.children(recursive=True)]


def _seconds(process: psutil.Process) -> float:
    with contextlib.suppress(psutil.Error):
        times = process.cpu_times()
        return times.user + times.system + times.children_user + times.children_system
    return 0.0


def _private(process: psutil.Process) -> float:
    with contextlib.suppress(psutil.Error):
        return float(process.memory_full_info().uss)
    return 0.0
