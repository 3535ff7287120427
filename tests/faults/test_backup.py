"""A backup taken while people work, restored into an empty folder: everything until then, and everything goes on."""

import asyncio
import hashlib
import itertools
import os
import shutil
import tarfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError

from adapters.postgres.database import Database
from adapters.postgres.open_cases import PostgresOpenCases
from deploy.devstack import Devstack
from tests import launched
from tests.api.live import Live
from tests.faults import cases
from tests.harness import photo
from tests.stack import data_folder, eventually, ports


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with data_folder() as data:
        data.mkdir()
        yield data


async def _work(live: Live, acked: list[str], stop: asyncio.Event) -> None:
    """Report and confirm, again and again."""
    for number in itertools.count():
        if stop.is_set():
            return
        file = await live.upload(cases.FINDER, ("red", "blue", "green", "black")[number % 4])
        answer = await live.report(evidence=[{"file_id": file, "kind": "before_photo"}])
        assert answer.status_code in (201, 202), answer.text
        acked.append(answer.json()["id"])


@pytest.fixture(scope="module")
async def backup(live: Live, folder: Path) -> tuple[Path, list[str]]:
    """The file, taken under load, and what was acknowledged before it began."""
    acked: list[str] = await cases.opened(live, 2)
    stop = asyncio.Event()
    working = [asyncio.create_task(_work(live, acked, stop)) for _ in range(3)]
    before = list(acked)
    file = folder / "all.backup"
    code, out, err = await launched.command("backup", str(file), "--data", str(live.stack.data))
    stop.set()
    await asyncio.gather(*working)
    assert (code, err) == (0, "")
    assert "已备份" in out
    assert len(acked) > len(before), "people went on working"
    return file, before


async def test_a_backup_is_for_its_owner_and_never_overwrites(
    live: Live, backup: tuple[Path, list[str]]
) -> None:
    file, _ = backup
    assert file.stat().st_mode & 0o777 == 0o600
    code, _, err = await launched.command("backup", str(file), "--data", str(live.stack.data))
    assert code == 1
    assert "已经存在" in err
    assert os.listdir(file.parent) == [file.name]  # noqa: PTH208


async def _all_run(stack: Devstack, numbers: list[str]) -> bool:
    client = await Client.connect(stack.temporal_address)
    try:
        seen = await asyncio.gather(*(client.get_workflow_handle(one).describe() for one in numbers))
    except RPCError:
        return False
    return all(one.status is WorkflowExecutionStatus.RUNNING for one in seen)


async def test_restored_into_an_empty_folder_the_record_is_sound_and_every_open_case_runs(
    backup: tuple[Path, list[str]], folder: Path
) -> None:
    file, acked = backup
    data = folder / "restored"
    code, out, err = await launched.command("restore", str(file), "--data", str(data))
    assert (code, err) == (0, ""), err
    assert "已恢复" in out
    said: list[str] = []
    async with Devstack(data=data, ports=ports(), say=said.append) as stack:
        code, out, _ = await launched.command("audit", "verify", "--data", str(data))
        assert code == 0, out
        async with Database.opened(stack.database_url, size=1, timeout=10) as database:
            open_ones = [case.id for case in await PostgresOpenCases(database).open_cases(500, after="")]
        assert set(acked) <= set(open_ones), "nothing acknowledged before the backup is lost"
        assert await eventually(partial(_all_run, stack, open_ones))
        assert any("按数据库的记录恢复运行" in line for line in said)
    hashes = {hashlib.sha256(photo(colour)).hexdigest() for colour in ("red", "blue", "green", "black")}
    assert hashes & {one.name for one in (data / "objects" / "original").rglob("*")}


def _cut(file: Path) -> None:
    with file.open("r+b") as out:
        out.truncate(file.stat().st_size // 2)


def _without_end(file: Path) -> None:
    with tarfile.open(file) as archive:
        kept = [member for member in archive if member.name != "backup.json"]
        parts = {member.name: archive.extractfile(member) for member in kept}
        with tarfile.open(file.with_suffix(".less"), "w") as less:
            for member in kept:
                less.addfile(member, parts[member.name])
    file.with_suffix(".less").rename(file)


def _scribbled(file: Path) -> None:
    file.write_text("not a backup")


@pytest.mark.parametrize("spoil", [_cut, _without_end, _scribbled])
async def test_what_is_no_whole_backup_is_refused_and_leaves_nothing(
    backup: tuple[Path, list[str]], tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    file = Path(shutil.copy(backup[0], tmp_path / "spoilt"))
    spoil(file)
    code, _, err = await launched.command("restore", str(file), "--data", str(tmp_path / "data"))
    assert code == 1
    assert "不能恢复" in err
    assert len(err.splitlines()) == 1
    assert os.listdir(tmp_path) == ["spoilt"]  # noqa: PTH208


async def test_a_folder_that_is_in_use_is_never_restored_over(
    live: Live, backup: tuple[Path, list[str]]
) -> None:
    code, _, err = await launched.command("restore", str(backup[0]), "--data", str(live.stack.data))
    assert code == 1
    assert "不是空文件夹" in err


async def test_a_backup_that_lacks_evidence_says_so_and_is_written_all_the_same(
    live: Live, folder: Path
) -> None:
    originals = [one for one in (live.stack.data / "objects" / "original").rglob("*") if one.is_file()]
    content = originals[0].read_bytes()
    originals[0].unlink()
    try:
        file = folder / "lacking.backup"
        code, out, _ = await launched.command("backup", str(file), "--data", str(live.stack.data))
    finally:
        originals[0].write_bytes(content)
    assert code == 1
    assert originals[0].name in out
    assert file.exists()
