"""TCP ports of the loopback address: which are free.

Invariant: nothing stays bound; the answer is true for the moment only.
"""

import asyncio
import contextlib
import socket
from typing import Final

_ASK_EVERY: Final = 0.05


def port_is_free(port: int) -> bool:
    """Tell whether a server could listen on this TCP port of the loopback address now."""
    with socket.socket() as probe:
        # a port in TIME_WAIT is free for a server
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


async def port_frees(port: int, patience: float) -> bool:
    """Tell whether the port is free, giving whoever is just leaving it ``patience`` seconds."""
    for _ in range(round(patience / _ASK_EVERY)):
        if port_is_free(port):
            return True
        await asyncio.sleep(_ASK_EVERY)
    return False


def free_ports(count: int) -> list[int]:
    """Let the kernel choose ``count`` different free TCP ports of the loopback address."""
    with contextlib.ExitStack() as held:
        probes = [held.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]
