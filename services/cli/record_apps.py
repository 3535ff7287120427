"""``bihuan audit`` and ``bihuan keys``: the commands about the record and about the keys of personal data.

Invariant: as in ``main.py``, a command imports what it needs when it runs.
"""

import sys
from pathlib import Path
from typing import Annotated

import typer

from deploy.processes import StackError

Data = Annotated[Path, typer.Option(help="数据目录", envvar="BIHUAN_DATA")]

audit = typer.Typer(help="留痕的导出与核验。", no_args_is_help=True)


@audit.command("export")
def audit_export(data: Data = Path(".data")) -> None:
    """把全部留痕逐案导出为 JSON 行，打印到标准输出。"""
    from services.cli import audit as command
    from services.cli import stack

    command.export(stack.settings(data), sys.stdout)


@audit.command("verify")
def audit_verify(
    file: Annotated[Path | None, typer.Argument(help="导出的文件；不填则核验数据库与文件存储")] = None,
    key: Annotated[str | None, typer.Option(help="封存须由这把公钥（十六进制）签名")] = None,
    data: Data = Path(".data"),
) -> None:
    """核验留痕，以及案卷、材料、案号是否与它相符，逐处指出；有问题时退出码为 1。"""
    from services.cli import audit as command
    from services.cli import stack

    if file is not None and not file.is_file():
        raise StackError(f"没有文件 {file}。")
    if not command.verify(None if file else stack.settings(data), file, key):
        raise typer.Exit(1)


@audit.command("purge")
def audit_purge(
    owner_url: Annotated[str | None, typer.Option(envvar="BIHUAN_OWNER_URL", help="属主的连接地址")] = None,
    data: Data = Path(".data"),
) -> None:
    """清除超过保存期（BIHUAN_ACCESS_LOG_DAYS，至少 184 日）且已封存的访问留痕；其余仍可核验。"""
    from services import clock
    from services.cli import audit_purge as command
    from services.cli import stack

    print(command.run(owner_url or stack.owner_url(data), stack.settings(data), clock.real()))


keys = typer.Typer(help="号码加密的密钥。", no_args_is_help=True)


@keys.command("list")
def keys_list(data: Data = Path(".data")) -> None:
    """列出现有密钥，以及各有多少号码用它加密；不显示密钥本身。"""
    from services.cli import sealing_keys as command
    from services.cli import stack

    print(command.listed(stack.settings(data)))


@keys.command("rotate")
def keys_rotate(data: Data = Path(".data")) -> None:
    """加入一把新密钥作为现用密钥；旧密钥保留，直到全部重新加密。"""
    from services import clock
    from services.cli import sealing_keys as command

    print(command.rotate(data, clock.real()))


@keys.command("reseal")
def keys_reseal(data: Data = Path(".data")) -> None:
    """把全部号码改用现用密钥加密，运行中也可以，可重复执行；有打不开的时退出码为 1。"""
    from services.cli import sealing_keys as command
    from services.cli import stack

    said, whole = command.reseal(data, stack.settings(data))
    print(said)
    if not whole:
        raise typer.Exit(1)


@keys.command("forget")
def keys_forget(
    key_id: Annotated[str, typer.Argument(help="旧密钥的编号")], data: Data = Path(".data")
) -> None:
    """删去一把不再使用的旧密钥；还有号码用它时拒绝。"""
    from services.cli import sealing_keys as command
    from services.cli import stack

    print(command.forget(key_id, data, stack.settings(data)))
