"""The processes that open files: limited, replaceable, and gone when their owner is."""

import asyncio
import os
import signal

import psutil
import pytest

from adapters.media import answer
from adapters.media.inspect import Inspector
from adapters.media.sandbox import Limits
from domain.errors import Temporary
from domain.evidence import MIB, UnacceptableFile
from tests import media_samples as samples
from tests.stack import eventually

QUICK = Limits(cpu_seconds=1, wall_seconds=60)
SLOW = samples.jpeg_of_endless_scans()


def _children() -> list[psutil.Process]:
    return [child for child in psutil.Process().children() if _is_checker(child)]


def _is_checker(process: psutil.Process) -> bool:
    try:
        return "adapters.media.child" in process.cmdline()
    except psutil.NoSuchProcess:  # also what a zombie answers
        return False


async def _gone(process: psutil.Process) -> None:
    """Wait until the process has ended, reaped or not."""

    async def ended() -> bool:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE

    await eventually(ended)


async def _at_work(known: set[int]) -> psutil.Process:
    """The child that has a file open, once it has."""

    async def busy() -> psutil.Process | None:
        return next((each for each in _children() if each.pid not in known and each.children()), None)

    return await eventually(busy)


async def test_a_file_that_takes_minutes_is_given_up_after_its_seconds() -> None:
    async with Inspector(children=1, limits=QUICK) as inspector:
        with pytest.raises(UnacceptableFile) as refusal:
            await inspector.inspect(SLOW)
        assert (refusal.value.code, refusal.value.detail) == (
            "file_too_complex",
            f"ended by signal {signal.SIGXCPU:d}",
        )
        assert (await inspector.inspect(samples.jpeg())).width == 64


async def test_a_file_that_needs_more_memory_than_allowed_is_given_up() -> None:
    async with Inspector(children=1, limits=Limits(memory=150 * MIB)) as inspector:
        with pytest.raises(UnacceptableFile) as refusal:
            await inspector.inspect(samples.saved(samples.picture(7000, 5500), "JPEG"))
        assert refusal.value.code == "file_too_complex"
        assert (await inspector.inspect(samples.jpeg())).width == 64


async def test_a_child_killed_while_idle_is_replaced() -> None:
    others = {child.pid for child in _children()}
    async with Inspector(children=1) as inspector:
        await inspector.inspect(samples.jpeg())
        for _ in range(3):
            [child] = [each for each in _children() if each.pid not in others]
            os.kill(child.pid, signal.SIGKILL)
            assert (await inspector.inspect(samples.png())).height == 48
            others.add(child.pid)


async def test_a_file_on_which_two_children_die_is_turned_away() -> None:
    before = {child.pid for child in _children()}
    async with Inspector(children=1) as inspector:
        inspection = asyncio.create_task(inspector.inspect(SLOW))
        for _ in range(2):
            child = await _at_work(before)
            os.killpg(child.pid, signal.SIGKILL)
            before.add(child.pid)
        with pytest.raises(UnacceptableFile) as refusal:
            await inspection
        assert refusal.value.code == "file_too_complex"
        assert (await inspector.inspect(samples.jpeg())).width == 64


async def test_an_uploader_who_leaves_gives_nobody_else_a_wrong_answer() -> None:
    before = {child.pid for child in _children()}
    async with Inspector(children=1) as inspector:
        inspection = asyncio.create_task(inspector.inspect(SLOW))
        child = await _at_work(before)
        [fork] = child.children()
        inspection.cancel()
        with pytest.raises(asyncio.CancelledError):
            await inspection
        assert (await inspector.inspect(samples.saved(samples.picture(30, 20), "PNG"))).width == 30
        await _gone(fork)


async def test_files_that_come_together_get_their_own_answers() -> None:
    async with Inspector(children=2) as inspector:
        sizes = range(20, 36)
        files = [samples.saved(samples.picture(size, 20), "PNG") for size in sizes]
        found = await asyncio.gather(*(inspector.inspect(data) for data in files))
    assert [each.width for each in found] == list(sizes)


async def test_with_every_child_busy_the_uploader_is_told_to_come_back() -> None:
    before = {child.pid for child in _children()}
    async with Inspector(children=1, limits=QUICK, patience=0.05) as inspector:
        busy = asyncio.create_task(inspector.inspect(SLOW))
        await _at_work(before)
        with pytest.raises(Temporary) as away:
            await inspector.inspect(samples.jpeg())
        assert away.value.what == "inspection"
        with pytest.raises(UnacceptableFile):
            await busy


async def test_a_child_knows_none_of_our_secrets_and_none_is_left_behind() -> None:
    before = {child.pid for child in _children()}
    async with Inspector(children=2) as inspector:
        await inspector.inspect(samples.jpeg())
        mine = [child for child in _children() if child.pid not in before]
        assert [child.environ() for child in mine] == [{}, {}]
    assert {child.pid for child in _children()} == before


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\n",
        b"{}",
        b"[" * 400 + b"\n",
        b" " * 5000 + b"{}\n",
        b"[]\n",
        b"null\n",
        b"{\n",
        b"\xff\n",
        b'{"code": "file_unheard_of"}\n',
        b'{"code": ["file_damaged"]}\n',
        b'{"width": -1, "height": 1}\n',
        b'{"width": "9", "height": 1}\n',
        b'{"pages": true}\n',
    ],
)
def test_an_answer_of_another_form_is_no_answer(payload: bytes) -> None:
    with pytest.raises(answer.NotAnAnswer):
        answer.decode(payload)
