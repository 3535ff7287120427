"""``bihuan``: the front of the embedded stack and of the offline tools.

Commands import what they need when they run, so that ``bihuan audit`` works without the embedded servers installed.
"""

import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from deploy.processes import StackError
from services.cli import accounts, delivery, org_group, policy_group, record_apps, rehearsing

if TYPE_CHECKING:
    from services.settings import Settings

app = typer.Typer(
    help="闭环：安全隐患从发现到销号的闭环管理。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Data = Annotated[Path, typer.Option(help="数据目录", envvar="BIHUAN_DATA")]
READER_LEFT = 128 + signal.SIGPIPE
"""What a shell shows of a program whose reader (``| head``) has left; that is no error to speak of."""

Port = Annotated[int, typer.Option(min=1, max=65535)]


@app.command()
def up(
    data: Data = Path(".data"),
    api_port: Port = 8000,
    temporal_port: Port = 7233,
    ui_port: Port = 8233,
    sample: Annotated[bool, typer.Option(help="首次启动时载入示例区县")] = True,
) -> None:
    """在本机启动全部服务，Ctrl-C 停止。"""
    from deploy.devstack import Ports
    from services.cli import up as command

    ports = Ports(api=api_port, temporal=temporal_port, ui=ui_port)
    command.run(data=data, ports=ports, sample=sample)


@app.command()
def status(data: Data = Path(".data")) -> None:
    """查看各部分是否正常；全部正常时退出码为 0。"""
    from services.cli import status as command

    if not command.run(data=data):
        raise typer.Exit(1)


@app.command()
def token(
    post: Annotated[str, typer.Argument(help="岗位编号，如 office、team-1、ec01-safety")],
    number: Annotated[int, typer.Option(min=1, help="该岗位的第几名在任者")] = 1,
    days: Annotated[int, typer.Option(min=1, max=365, help="有效天数")] = 1,
    data: Data = Path(".data"),
) -> None:
    """签发示例人员的访问令牌。"""
    from services.cli import token as command

    print(command.issue(_settings(data), post, number=number, days=days))


@app.command()
def openapi() -> None:
    """打印 API 文档（OpenAPI 3.1），不启动任何服务。"""
    from services.cli import openapi as command

    print(command.text())


@app.command()
def diagram() -> None:
    """打印由流转表生成的流转图（Mermaid）与一览表。"""
    from services.cli import diagram as command

    print(command.text(), end="")


@app.command()
def replay(
    folder: Annotated[Path | None, typer.Argument(help="历史文件夹；不填则回放引擎中的全部历史")] = None,
    data: Data = Path(".data"),
) -> None:
    """用现在的流程代码回放历史，确认判断一致；不一致时退出码为 1。"""
    from services.cli import replay as command

    if folder is not None and not folder.is_dir():
        raise StackError(f"没有文件夹 {folder}。")
    if not command.run(folder=folder, settings=None if folder else _settings(data)):
        raise typer.Exit(1)


@app.command()
def prepare(
    owner_url: Annotated[str, typer.Option(envvar="BIHUAN_OWNER_URL", help="数据库属主的连接地址")],
) -> None:
    """为已有的 PostgreSQL 和 Temporal 执行迁移、登记检索属性，可重复执行。"""
    from services.cli import prepare as command
    from services.settings import Settings

    command.run(owner_url=owner_url, settings=Settings())


@app.command()
def load(
    file: Annotated[Path, typer.Argument(help="JSON 文件，格式同 deploy/sample/district.json")],
    data: Data = Path(".data"),
) -> None:
    """载入单位、岗位、人员、目录与政策；已有的行保持不变，可重复执行。"""
    from services.cli import load as command

    print(command.run(file, _settings(data)))


@app.command()
def doctor(data: Data = Path(".data")) -> None:
    """全面检查并用一句话一项说明，不改动任何内容；有异常时退出码为 1。"""
    from services.cli import doctor as command

    if not command.run(data=data, settings=_settings(data)):
        raise typer.Exit(1)


@app.command()
def rehydrate(data: Data = Path(".data")) -> None:
    """在引擎中按数据库的记录恢复没有运行的在办案件，可重复执行。"""
    from services.cli import rehydrate as command

    print(command.run(_settings(data)))


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="写到哪个文件，不会覆盖已有的文件")],
    owner_url: Annotated[str | None, typer.Option(envvar="BIHUAN_OWNER_URL", help="属主的连接地址")] = None,
    data: Data = Path(".data"),
) -> None:
    """把数据库和材料备份成一个文件，运行中也可以；有材料缺失时退出码为 1。"""
    from services.cli import backup as command
    from services.cli import stack

    said, whole = command.run(file, owner_url or stack.owner_url(data), _settings(data))
    print(said)
    if not whole:
        raise typer.Exit(1)


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="bihuan backup 写的文件")],
    sealing_keys: Annotated[
        Path | None, typer.Option(help="原来的 secrets.json，或写着加密密钥的文件；没有它号码读不出来")
    ] = None,
    data: Data = Path(".data"),
) -> None:
    """把备份恢复到一个空的数据目录，之后用 bihuan up 启动。"""
    from services.cli import restore as command

    print(command.run(file, data, sealing_keys))


rehearsing.add(app)

policy = typer.Typer(help="时限政策的检查与试算。", no_args_is_help=True)
app.add_typer(policy, name="policy")
app.add_typer(policy_group.app, name="policy")
app.add_typer(org_group.app, name="org")
app.add_typer(accounts.app, name="account")
app.add_typer(record_apps.audit, name="audit")
app.add_typer(record_apps.keys, name="keys")
app.add_typer(delivery.notices, name="notices")
app.command("watchdog")(delivery.watchdog)


def _settings(data: Path) -> "Settings":
    """Give the settings of the stack over ``data``, or those of the environment where that is set up."""
    from services.cli import stack

    return stack.settings(data)


def main() -> None:
    """Run the command line, then leave at once: native threads may abort an interpreter that winds down."""
    code = 0
    for stream in (sys.stdout, sys.stderr):
        # a terminal that cannot show Chinese must not end the program
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    try:
        app()
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
        if isinstance(leaving.__context__, BrokenPipeError):
            code = READER_LEFT
    except Exception as problem:
        from services.cli import problems

        if (sentence := problems.sentence(problem)) is None:
            raise
        print(sentence, file=sys.stderr)
        code = 1
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except BrokenPipeError:
        code = code or READER_LEFT
    os._exit(code)
