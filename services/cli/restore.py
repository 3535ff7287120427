"""``bihuan restore``: a backup into an empty data folder, from which ``bihuan up`` goes on.

Invariant: the folder gets its name only when everything is in it and is what the backup says; before that there is
nothing that could be started by mistake. The engine is not part of a backup: every open case is started again from its
record when the folder is first used.
"""

import asyncio
import shutil
from pathlib import Path

from adapters import backup_file
from adapters.backup_file import NoBackup, Reader
from adapters.objects import Objects
from adapters.postgres import dump
from deploy import folder, postgres
from deploy.processes import Child, StackError

START_WITHIN = 15.0


def run(file: Path, data: Path) -> str:
    """Fill ``data``, which must be empty or absent, and give the sentence that says what it holds.

    Raises ``StackError`` with one sentence.
    """
    if not file.is_file():
        raise StackError(f"没有文件 {file}。")
    home = data.expanduser().absolute()
    if home.exists() and any(home.iterdir()):
        raise StackError(f"{home} 不是空文件夹，不会覆盖它，请用 --data 换一个。")
    aside = home.with_name(f"{home.name}.restoring")
    shutil.rmtree(aside, ignore_errors=True)
    try:
        with backup_file.opened(file) as backup:
            asyncio.run(_restore(backup, aside))
            if home.exists():
                home.rmdir()
            aside.rename(home)
            closing, made_at = backup.end.closing, backup.end.made_at
    except (NoBackup, ValueError, KeyError) as problem:
        raise StackError(f"{file} 不能恢复：{problem}。") from problem
    except dump.DumpFailed as problem:
        raise StackError(f"{file} 不能恢复：{str(problem).splitlines()[-1]}") from problem
    except OSError as problem:
        raise StackError(f"恢复失败：{problem.filename or file} 不可用（{problem.strerror}）。") from problem
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    told = f"已恢复到 {home}：{closing.cases} 件案卷、{closing.entries} 条留痕，截至 {made_at}。"
    return f"{told}令牌密钥是新的，旧令牌失效；运行 bihuan up 后在办案件自动恢复。"


async def _restore(backup: Reader, aside: Path) -> None:
    with folder.claimed(aside):
        secrets = folder.ensure_secrets(aside)
        await asyncio.to_thread(postgres.create, aside, secrets)
        server = Child(postgres.part(aside, secrets), say=lambda _line: None, changed=lambda: None)
        try:
            await server.start(within=START_WITHIN)
            await _fill(backup, aside, postgres.url(aside, postgres.OWNER, secrets.owner))
        finally:
            await server.stop()
        objects = Objects((aside / "objects").as_uri())
        for key in backup.keys:
            await objects.put(key, await asyncio.to_thread(backup.object, key))


async def _fill(backup: Reader, aside: Path, url: str) -> None:
    dumped = aside / "database.dump"
    try:
        await asyncio.to_thread(backup.dump, dumped)
        content = await dump.load(url, postgres.binaries(), dumped)
    finally:
        dumped.unlink(missing_ok=True)
    if content.closing != backup.end.closing:
        raise NoBackup("恢复出的案卷与备份所载不符")
