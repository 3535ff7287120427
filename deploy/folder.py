"""The data folder of the embedded stack: who holds it, its secrets, and what runs on it.

Invariant: one running ``bihuan up`` per folder; secrets are made once, readable by their owner only.
"""

import contextlib
import fcntl
import json
import os
import secrets as randomness
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Final

from deploy.processes import StackError
from services import keys

_RANDOM: Final = ("postgres", "owner", "app", "token")


@dataclass(frozen=True, kw_only=True)
class Secrets:
    """The passwords of the database's roles, the key that signs tokens, those that seal personal data, and the one that
    signs daily seals.
    """

    postgres: str = field(repr=False)
    owner: str = field(repr=False)
    app: str = field(repr=False)
    worker: str = field(repr=False, default="")
    token: str = field(repr=False)
    sealing: str = field(repr=False, default="")
    audit: str = field(repr=False, default="")


@dataclass(frozen=True, kw_only=True)
class Running:
    """What a running stack says about itself: process ids by part name, and the ports."""

    supervisor: int
    ports: dict[str, int]
    parts: dict[str, int | None]


@contextlib.contextmanager
def claimed(data: Path) -> Iterator[None]:
    """Make the folder if needed and hold it alone until the end.

    Raises ``StackError`` when it cannot be a data folder or another process holds it.
    """
    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o711)
        for inner in ("logs", "objects"):
            (data / inner).mkdir(exist_ok=True, mode=0o700)
        lock = (data / "lock").open("w")
    except OSError as problem:
        raise StackError(
            f"数据目录 {data} 不可用（{_why(problem)}），请用 --data 换一个可写的目录。"
        ) from problem
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as problem:
            raise StackError(
                f"数据目录 {data} 正被另一个 bihuan up 使用，请先停止它，或用 --data 换一个目录。"
            ) from problem
        yield


def is_claimed(data: Path) -> bool:
    """Tell whether a running stack holds the folder."""
    try:
        with (data / "lock").open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def secrets(data: Path) -> Secrets:
    """Read the folder's secrets. Raises ``StackError`` when there are none or they cannot be read."""
    file = data / "secrets.json"
    try:
        return Secrets(**json.loads(file.read_text(encoding="utf-8")))
    except FileNotFoundError as problem:
        raise StackError(
            f"数据目录 {data} 里没有 secrets.json：请先运行 bihuan up，或用 --data 指明目录。"
        ) from problem
    except (OSError, ValueError, TypeError) as problem:
        raise StackError(f"密钥文件 {file} 读不出来，请从备份恢复它。") from problem


def ensure_secrets(data: Path) -> Secrets:
    """Read the folder's secrets, making them on the first start."""
    if not (data / "secrets.json").exists():
        if (data / "postgres").exists():
            raise StackError(f"数据目录 {data} 里有数据库却没有 secrets.json，请从备份恢复它。")
        _write_secrets(data, _completed(Secrets(**{name: randomness.token_urlsafe(32) for name in _RANDOM})))
    kept = secrets(data)
    if (whole := _completed(kept)) != kept:
        _write_secrets(data, whole)
    return whole


def keep_sealing_keys(data: Path, text: str) -> None:
    """Put other sealing keys (as they stand in settings) in the place of those that the folder has."""
    keys.read(text)
    _write_secrets(data, replace(secrets(data), sealing=text))


def _completed(kept: Secrets) -> Secrets:
    """With a key for what an older folder had none for."""
    return replace(
        kept,
        worker=kept.worker or randomness.token_urlsafe(32),
        sealing=kept.sealing or keys.made("k1").text(),
        audit=kept.audit or keys.made_secret(),
    )


def _write_secrets(data: Path, made: Secrets) -> None:
    _write_private(data / "secrets.json", json.dumps(asdict(made), indent=1))


def write_running(data: Path, running: Running) -> None:
    """Record what runs, for ``bihuan status``."""
    _write_private(data / "running.json", json.dumps(asdict(running)))


def read_running(data: Path) -> Running | None:
    """Read what runs; ``None`` when no stack holds the folder or it has not said so yet."""
    if not is_claimed(data):
        return None
    try:
        return Running(**json.loads((data / "running.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _why(problem: OSError) -> str:
    if isinstance(problem, FileExistsError | NotADirectoryError | IsADirectoryError):
        return f"{problem.filename} 不是所需的文件类型"
    if isinstance(problem, PermissionError):
        return "没有写权限"
    return problem.strerror or type(problem).__name__


def _write_private(file: Path, text: str) -> None:
    aside = file.with_suffix(".new")
    aside.unlink(missing_ok=True)
    with os.fdopen(os.open(aside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    aside.replace(file)
