"""``bihuan restore``: a backup into an empty data folder, from which ``bihuan up`` goes on.

Invariant: the folder gets its name only when everything is in it and is what the backup says; before that there is
nothing that could be started by mistake. The engine is not part of a backup: every open case is started again from its
record when the folder is first used.
"""

import asyncio
import json
import shutil
from pathlib import Path

from adapters import backup_file
from adapters.backup_file import NoBackup, Reader
from adapters.objects import Objects
from adapters.postgres import dump, sealed_columns
from adapters.postgres.database import Database
from deploy import folder, postgres
from deploy.processes import Child, StackError
from services import keys

START_WITHIN = 15.0


def run(file: Path, data: Path, sealing_keys: Path | None = None) -> str:
    """Fill ``data``, which must be empty or absent, and give the sentence that says what it holds.

    ``sealing_keys``: the ``secrets.json`` of the folder that was backed up, or a file with its keys; a backup holds none.

    Raises ``StackError`` with one sentence.
    """
    if not file.is_file():
        raise StackError(f"没有文件 {file}。")
    home = data.expanduser().absolute()
    if home.exists() and any(home.iterdir()):
        raise StackError(f"{home} 不是空文件夹，不会覆盖它，请用 --data 换一个。")
    ring = None if sealing_keys is None else _read_keys(sealing_keys)
    aside = home.with_name(f"{home.name}.restoring")
    shutil.rmtree(aside, ignore_errors=True)
    try:
        with backup_file.opened(file) as backup:
            lost = asyncio.run(_restore(backup, aside, ring))
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
    told += "".join(
        f"有 {count} 个号码是用密钥 {key_id} 加密的，这里没有它，读不出来。" for key_id, count in lost.items()
    )
    return f"{told}令牌密钥是新的，旧令牌失效；运行 bihuan up 后在办案件自动恢复。"


def _read_keys(file: Path) -> str:
    """The keys as they stand in settings. Raises ``StackError``, which quotes nothing."""
    try:
        text = file.read_text(encoding="utf-8").strip()
        text = json.loads(text)["sealing"] if text.startswith("{") else text
        return keys.read(text).text()
    except (OSError, ValueError, KeyError, TypeError):
        raise StackError(f"{file} 里没有可用的加密密钥。") from None


async def _restore(backup: Reader, aside: Path, ring: str | None) -> dict[str, int]:
    """Fill the folder; gives how many values are sealed with which key that it does not have."""
    with folder.claimed(aside):
        folder.ensure_secrets(aside)
        if ring is not None:
            folder.keep_sealing_keys(aside, ring)
        secrets = folder.secrets(aside)
        await asyncio.to_thread(postgres.create, aside, secrets)
        server = Child(postgres.part(aside, secrets), say=lambda _line: None, changed=lambda: None)
        try:
            await server.start(within=START_WITHIN)
            await _fill(backup, aside, postgres.url(aside, postgres.OWNER, secrets.owner))
            lost = await _lost(postgres.url(aside, postgres.OWNER, secrets.owner), secrets.sealing)
        finally:
            await server.stop()
        objects = Objects((aside / "objects").as_uri())
        for key in backup.keys:
            await objects.put(key, await asyncio.to_thread(backup.object, key))
    return lost


async def _lost(url: str, ring: str) -> dict[str, int]:
    known = keys.read(ring).keys
    async with Database.opened(url, size=1, timeout=60) as database:
        used = await sealed_columns.in_use(database)
    return {key_id: count for key_id, count in used.items() if key_id not in known}


async def _fill(backup: Reader, aside: Path, url: str) -> None:
    dumped = aside / "database.dump"
    try:
        await asyncio.to_thread(backup.dump, dumped)
        content = await dump.load(url, postgres.binaries(), dumped)
    finally:
        dumped.unlink(missing_ok=True)
    if content.closing != backup.end.closing:
        raise NoBackup("恢复出的案卷与备份所载不符")
