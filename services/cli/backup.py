"""``bihuan backup``: the database and the evidence in one file, while everything goes on.

Invariant: the dump is taken before the objects are read, and an object is stored before the row that names it and never
removed, so every file that the dump names was there to be copied.
"""

import asyncio
import tempfile
from pathlib import Path
from typing import Final

from adapters import backup_file
from adapters.backup_file import End, Writer
from adapters.objects import Corrupted, Missing, Objects, original_key, served_key
from adapters.postgres import dump
from deploy import postgres
from deploy.processes import StackError
from services import bootstrap, clock
from services.settings import Settings

_NAMED: Final = 5


def run(file: Path, owner_url: str, settings: Settings) -> tuple[str, bool]:
    """Write the backup; give the sentence that says what it holds, and whether nothing lacked.

    Raises ``StackError`` with one sentence, ``Temporary`` when the database or the store of files is away.
    """
    try:
        end = asyncio.run(_backup(file, owner_url, bootstrap.objects(settings)))
    except dump.DumpFailed as problem:
        raise StackError(f"备份失败：{str(problem).splitlines()[-1]}") from problem
    except FileExistsError as problem:
        raise StackError(f"{file} 已经存在，不会覆盖它，请换一个文件名。") from problem
    except OSError as problem:
        raise StackError(f"备份失败：{file} 写不了（{problem.strerror}）。") from problem
    closing = end.closing
    told = f"已备份 {closing.cases} 件案卷、{closing.entries} 条留痕、{end.objects} 个文件：{file}。"
    if end.lacking:
        told += f"有 {len(end.lacking)} 个文件已缺失或损坏，未能备份：{'、'.join(end.lacking[:_NAMED])}。"
    return told, not end.lacking


async def _backup(file: Path, owner_url: str, objects: Objects) -> End:
    with tempfile.TemporaryDirectory(prefix="bihuan-") as folder, backup_file.written(file) as writer:
        made_at = clock.real()
        dumped = Path(folder) / "database.dump"
        content = await dump.dump(owner_url, postgres.binaries(), dumped)
        sha256 = await asyncio.to_thread(writer.dump, dumped)
        count, lacking = await _copy(writer, objects, content)
        end = End(
            made_at=made_at.isoformat(),
            version=content.version,
            closing=content.closing,
            dump_sha256=sha256,
            objects=count,
            lacking=tuple(lacking),
        )
        writer.end(end)
        return end


async def _copy(writer: Writer, objects: Objects, content: dump.Content) -> tuple[int, list[str]]:
    wanted = {original_key(original): original for original, _served in content.files}
    wanted |= {served_key(served): served for _original, served in content.files}
    lacking = []
    for key, sha256 in wanted.items():
        try:
            data = await objects.get(key, sha256)
        except (Missing, Corrupted):
            lacking.append(key)
            continue
        await asyncio.to_thread(writer.object, key, data)
    return len(wanted) - len(lacking), lacking
