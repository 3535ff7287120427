"""Whom the database server runs as: PostgreSQL refuses to be root.

Invariant: as an ordinary user nothing here changes anything; as root, no folder is opened further than to be passed
through, and the server's own folders belong to a user of its own.
"""

import os
import pwd
import shutil
import subprocess
from pathlib import Path
from typing import Final

from deploy.processes import StackError

SYSTEM_USER: Final = "bihuan-postgres"


def system_user() -> str | None:
    """Give the unprivileged user to run the server as when this process is root, making it if needed."""
    if os.getuid() != 0:
        return None
    try:
        pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_USER]
        try:
            subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - fixed words
        except (OSError, subprocess.CalledProcessError) as problem:
            raise StackError(
                f"PostgreSQL 不能以 root 运行，而系统用户 {SYSTEM_USER} 又无法创建，请换一个普通用户启动。"
            ) from problem
    return SYSTEM_USER


def refuse_foreign(folder: Path) -> None:
    """Raise ``StackError`` unless the folder is a real one, of this process's user or of the server's."""
    user = system_user()
    allowed = {os.getuid(), pwd.getpwnam(user).pw_uid} if user else {os.getuid()}
    info = folder.lstat()
    if info.st_uid not in allowed or not folder.is_dir() or folder.is_symlink():
        raise StackError(f"套接字目录 {folder} 属于别的用户，请删除它。")


def give(path: Path) -> None:
    """As root, make the path the server's own."""
    if user := system_user():
        shutil.chown(path, user, user)


def open_way(*paths: Path) -> None:
    """As root, let the server's user pass through (not list) the folders that lead to ``paths``."""
    if system_user():
        for path in paths:
            for folder in (path, *path.parents):
                _allow(folder, 0o001)


def open_programs(installed: Path) -> None:
    """As root, let the server's user run what pip installed there, even where its umask was strict."""
    if system_user():
        open_way(installed)
        for inner in ("bin", "lib", "share"):
            for path in (installed / inner, *(installed / inner).rglob("*")):
                runs = path.is_dir() or path.stat().st_mode & 0o100
                _allow(path, 0o005 if runs else 0o004)


def _allow(path: Path, bits: int) -> None:
    mode = path.stat().st_mode
    if mode & bits != bits:
        path.chmod(mode | bits)
