"""``bihuan keys``: which keys personal data is sealed with, a new one, sealing everything anew, and forgetting an old one.

Invariant: a key that a value still needs is never removed from the data folder; no key is printed but a new one that has
nowhere else to go.
"""

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Final

import psutil

from adapters.postgres import sealed_columns
from deploy import folder
from deploy.processes import StackError
from services import bootstrap, keys
from services.cli import stack
from services.keys import Ring
from services.settings import Settings

PATIENCE: Final = 60.0
SETTLING: Final = 5.0
"""Seconds in which a stack that starts for the first time makes its keys."""


def listed(settings: Settings) -> str:
    """One line for each key at hand and each that is needed."""
    ring, used = _ring(settings), _used(settings)
    lines = [
        f"{key_id}　{'现用' if key_id == ring.current else '旧'}　{used.get(key_id, 0)} 个号码"
        for key_id in ring.keys
    ]
    lines += [
        f"{key_id}　缺失　{count} 个号码无法解密" for key_id, count in used.items() if key_id not in ring.keys
    ]
    return "\n".join(lines)


def rotate(data: Path, now: datetime) -> str:
    """Add a new key and make it current in the data folder, or give one to put into settings where there is none."""
    home = data.expanduser().absolute()
    fresh = keys.made(f"k{now:%Y%m%d%H%M%S}")
    if "database_url" in Settings().model_fields_set:
        return (
            f"新密钥：{fresh.text()}\n先把它加在 BIHUAN_SEALING_KEYS 的末尾并重启各进程，再移到最前并重启，"
            "然后运行 bihuan keys reseal。"
        )
    ring = Ring(keys=fresh.keys | keys.read(folder.secrets(home).sealing).keys)
    folder.keep_sealing_keys(home, ring.text())
    return (
        f"已加入新密钥 {ring.current}。请重新启动 bihuan up，再运行 bihuan keys reseal；旧密钥此前仍须保留。"
    )


def reseal(data: Path, settings: Settings) -> tuple[str, bool]:
    """Seal everything with the current key; give what came of it, and whether nothing is left under another."""
    _refuse_stale(data)
    done = asyncio.run(_reseal(settings))
    told = f"已用密钥 {_ring(settings).current} 重新加密 {done.done} 个号码。"
    for key_id, count in done.unopened.items():
        told += f"有 {count} 个号码是用密钥 {key_id} 加密的，打不开：密钥不在设置中，或值被移动、改动过。"
    return told, not done.unopened


def forget(key_id: str, data: Path, settings: Settings) -> str:
    """Remove an old key from the data folder. Raises ``StackError`` for one that is current, unknown or still needed."""
    ring, used = _ring(settings), _used(settings)
    if key_id not in ring.keys or key_id == ring.current:
        raise StackError(f"{key_id} 不是旧密钥，请用 bihuan keys list 查看。")
    if used.get(key_id):
        raise StackError(f"还有 {used[key_id]} 个号码用密钥 {key_id} 加密，请先运行 bihuan keys reseal。")
    if "database_url" in Settings().model_fields_set:
        return f"没有号码再用密钥 {key_id}，可以把它从 BIHUAN_SEALING_KEYS 中删去。"
    kept = Ring(keys={one: key for one, key in ring.keys.items() if one != key_id})
    folder.keep_sealing_keys(data.expanduser().absolute(), kept.text())
    return f"已删去旧密钥 {key_id}。以它加密的旧备份须另行保管它才能读出号码。"


def _refuse_stale(data: Path) -> None:
    """A stack that was started before its keys changed could not read what is sealed now."""
    home = data.expanduser().absolute()
    running = folder.read_running(home) if "database_url" not in Settings().model_fields_set else None
    if running is None:
        return
    changed = (home / "secrets.json").stat().st_mtime
    if psutil.Process(running.supervisor).create_time() + SETTLING < changed:
        raise StackError("运行中的 bihuan up 还不认识新密钥，请先重新启动它。")


def _ring(settings: Settings) -> Ring:
    return keys.read(settings.sealing_keys.get_secret_value())


def _used(settings: Settings) -> dict[str, int]:
    async def ask() -> dict[str, int]:
        async with stack.database(settings) as database:
            return await sealed_columns.in_use(database.patient(PATIENCE))

    return asyncio.run(ask())


async def _reseal(settings: Settings) -> sealed_columns.Resealed:
    async with stack.database(settings) as database:
        await stack.noted(database, "keys/reseal")
        return await sealed_columns.reseal(database.patient(PATIENCE), bootstrap.sealer(settings))
