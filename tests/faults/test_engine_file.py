"""The engine's file lost, damaged or of another version under a running stack: every open case goes on from the record."""

import asyncio
import contextlib
import os
import shutil
import signal
import sqlite3
from collections.abc import Callable
from functools import partial
from pathlib import Path

import psutil
import pytest

from deploy import engine, engine_file
from deploy.processes import StackError
from tests import launched
from tests.api.live import Live
from tests.faults import cases
from tests.stack import data_folder, eventually
from workflows.intake import RELAY_ID

Spoil = Callable[[Path], object]


def _deleted(database: Path) -> None:
    for file in database.parent.iterdir():
        file.unlink()


def _scribbled(database: Path) -> None:
    with database.open("r+b") as file:
        file.write(b"not a database, whatever its name says" * 200)


def _cut_short(database: Path) -> None:
    os.truncate(database, database.stat().st_size // 2)


def _older(database: Path) -> None:
    """As release 1.6.2 left it: without the tables of what schedules became later."""
    with sqlite3.connect(database) as connection:
        connection.execute("DROP TABLE current_chasm_executions")
    connection.close()


def _other(database: Path) -> None:
    """As many objects as there should be, but not the same."""
    with sqlite3.connect(database) as connection:
        connection.execute("ALTER TABLE current_chasm_executions ADD COLUMN of_tomorrow INTEGER")
    connection.close()


def _half(database: Path) -> None:
    """What a server killed in its first second leaves."""
    database.unlink()
    with sqlite3.connect(database) as connection:
        connection.execute("CREATE TABLE executions (shard_id INTEGER)")
    connection.close()


async def _said(said: list[str], text: str) -> str | None:
    return next((line for line in said if text in line), None)


@pytest.mark.parametrize("spoil", [_deleted, _scribbled])
async def test_with_its_file_unusable_the_engine_starts_on_a_new_one_and_every_case_goes_on(
    live: Live, said: list[str], spoil: Spoil
) -> None:
    one, two, ended = await cases.opened(live, 3)
    await cases.act(live, cases.OFFICE, ended, "dismiss", reason="现场核实无此隐患")
    before = await cases.state(live, one, two, ended)
    said.clear()
    pid = live.child("temporal").pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    spoil(engine_file.path(live.stack.data))
    assert "不能使用" in await eventually(partial(_said, said, "数据文件"))
    assert "时限不变" in await eventually(partial(_said, said, "按数据库的记录恢复运行"))
    assert await eventually(partial(cases.all_run, live, one, two, RELAY_ID))
    assert not await cases.runs(live, ended)
    assert await cases.state(live, one, two, ended) == before, "nothing was done twice"
    assert not engine_file.is_empty(live.stack.data)
    assert await eventually(partial(cases.goes_on, live, two))


def test_what_was_set_aside_is_kept(live: Live) -> None:
    assert len(list(live.stack.data.glob("temporal.unusable-*"))) >= 2


async def test_rehydrate_starts_what_does_not_run_and_leaves_the_rest_alone(live: Live) -> None:
    lost, kept = await cases.opened(live, 2)
    before, run = await cases.state(live, lost, kept), await live.client.get_workflow_handle(kept).describe()
    await live.client.get_workflow_handle(lost).terminate("an operator's mistake")
    code, out, err = await launched.command("rehydrate", "--data", str(live.stack.data))
    assert (code, err) == (0, "")
    assert "1 件在办案件" in out
    assert await cases.runs(live, lost)
    assert (await live.client.get_workflow_handle(kept).describe()).run_id == run.run_id
    assert await cases.state(live, lost, kept) == before


@pytest.mark.parametrize("spoil", [_cut_short, _scribbled, _older, _other, _half, Path.unlink])
async def test_every_way_in_which_a_file_is_unsound_is_seen(live: Live, tmp_path: Path, spoil: Spoil) -> None:
    copy = tmp_path / "temporal.db"
    with sqlite3.connect(engine_file.path(live.stack.data)) as source, sqlite3.connect(copy) as target:
        source.backup(target)
    target.close()
    source.close()
    engine_file.verify(copy)
    spoil(copy)
    with pytest.raises(engine_file.Unsound):
        engine_file.verify(copy)


@pytest.mark.parametrize("delay", [0.01, 0.05, 0.1, 0.2, 0.3])
async def test_a_file_whose_making_was_killed_in_its_first_moments_is_made_again_and_whole(
    delay: float,
) -> None:
    with data_folder() as data:
        (data / "logs").mkdir(parents=True)
        making = asyncio.ensure_future(engine.ensure_file(data, lambda _line: None))
        await eventually(partial(_begun, data))
        await asyncio.wait({making}, timeout=delay)
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                if process.name() == "temporal" and any(str(data) in word for word in process.cmdline()):
                    process.kill()
        with contextlib.suppress(StackError):
            await making
        await engine.ensure_file(data, lambda _line: None)
        engine_file.verify(engine_file.path(data))
        assert not list(data.glob("temporal.new-*/*"))


async def _begun(data: Path) -> bool:
    return await asyncio.to_thread(lambda: any(data.glob("temporal*/*.db")))


def test_a_file_that_is_missing_is_not_made_by_looking_at_it(tmp_path: Path) -> None:
    with pytest.raises(engine_file.Unsound, match="不见了"):
        engine_file.verify(tmp_path / "temporal.db")
    assert not (tmp_path / "temporal.db").exists()


def test_a_folder_set_aside_never_takes_the_place_of_an_earlier_one(tmp_path: Path) -> None:
    for _ in range(2):
        engine_file.path(tmp_path).parent.mkdir()
        assert engine_file.set_aside(tmp_path) is not None
    shutil.rmtree(tmp_path / "temporal.unusable-1")
    engine_file.path(tmp_path).parent.mkdir()
    engine_file.set_aside(tmp_path)
    assert len(list(tmp_path.glob("temporal.unusable-*"))) == 2
    assert engine_file.set_aside(tmp_path) is None
