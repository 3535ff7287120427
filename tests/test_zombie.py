"""A database server that is dead but not buried (僵尸进程): the number in its pid file is still taken, by nobody who works."""

import signal
import subprocess

import psutil

from deploy import folder, postgres
from deploy.processes import NotYet, Part
from tests import launched
from tests.stack import data_folder, eventually


async def _serves(part: Part) -> bool:
    try:
        await part.ready()
    except NotYet:
        return False
    return True


async def _is_zombie(process: psutil.Process) -> bool:
    return process.status() == psutil.STATUS_ZOMBIE


async def test_a_zombie_of_an_earlier_server_is_in_nobodys_way() -> None:
    with data_folder() as data:
        async with launched.running(data) as first:
            assert await first.end(signal.SIGINT) == 0
        part = postgres.part(data, folder.secrets(data))
        with subprocess.Popen(  # noqa: ASYNC220 - a parent that never asks for its child's end
            part.argv,
            user=part.user,
            group=part.user,
            env=part.environment,
            cwd="/",
            stderr=subprocess.DEVNULL,
        ) as server:
            assert await eventually(lambda: _serves(part))
            server.kill()
            zombie = psutil.Process(server.pid)
            assert await eventually(lambda: _is_zombie(zombie))
            assert (postgres.cluster(data) / "postmaster.pid").read_text().startswith(f"{server.pid}\n")
            async with launched.running(data):
                assert await _serves(part)
                assert await _is_zombie(zombie)
