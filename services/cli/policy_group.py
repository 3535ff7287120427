"""``bihuan policy …``: the commands on the policy."""

from pathlib import Path
from typing import Annotated

import typer

from deploy.processes import StackError

app = typer.Typer(help="时限政策的检查与试算。", no_args_is_help=True)


@app.command("check")
def check(
    file: Annotated[Path, typer.Argument(help="JSON 文件：一份政策，或含有 policies 的整份目录")],
    level: Annotated[str | None, typer.Option(help="只看这个等级")] = None,
    at: Annotated[
        str | None, typer.Option(help="示例隐患的上报时间，如 2026-12-01T09:00；不填为此刻")
    ] = None,
    case: Annotated[str | None, typer.Option(help="案号：与该案现行条款并列对照")] = None,
    data: Annotated[Path, typer.Option(help="数据目录", envvar="BIHUAN_DATA")] = Path(".data"),
) -> None:
    """检查政策能否载入，并试算它对一件隐患的作用；不写入任何内容。有缺漏或循环时指明字段，退出码为 1。"""
    from services import clock
    from services.cli import policy as command
    from services.cli import stack

    if case is None:
        command.check(file, level, command.instant(at) if at else clock.real())
    elif level or at:
        raise StackError("--case 从此刻算起，不与 --level、--at 一起使用。")
    else:
        command.compare(file, case, clock.real(), stack.settings(data))
