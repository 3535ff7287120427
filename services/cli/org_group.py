"""``bihuan org …``: the commands on the organisation."""

import sys
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="组织：单位、岗位、任职与代理的查看、检查与调整。", no_args_is_help=True)

Data = Annotated[Path, typer.Option(help="数据目录", envvar="BIHUAN_DATA")]


@app.command("show")
def show(data: Data = Path(".data")) -> None:
    """打印现在的组织，可存为文件、修改后用 bihuan org apply 载入。"""
    from services import clock
    from services.cli import org as command
    from services.cli import stack

    print(command.document(stack.settings(data), clock.real()))


@app.command("apply")
def apply(
    file: Annotated[Path, typer.Argument(help="JSON 文件，写法见 docs/organisation.md")],
    take: Annotated[
        list[str] | None, typer.Option(help="岗位=人员：该岗位将无人在任时由谁接手，可多次")
    ] = None,
    reason: Annotated[str | None, typer.Option(help="调整的依据或缘由，记入调整记录")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只列出将有的变动")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="不再询问，直接调整")] = False,
    data: Data = Path(".data"),
) -> None:
    """按文件调整组织：先列出变动，确认后一次生效；可重复执行。在办事项将无人接手时不予调整，除非指定接手人。"""
    from services import clock
    from services.cli import org as command
    from services.cli import stack

    plan = command.Plan(file=file, takes=tuple(take or ()), reason=reason)
    settings = stack.settings(data)
    version, told = command.preview(plan, settings, clock.real())
    print(told)
    if version is None or dry_run:
        return
    if not yes:
        # one question on standard error, so that the difference alone is what a pipe gets
        typer.confirm("确认以上变动并调整？", abort=True, err=True)
    print(command.apply(plan, version, settings, clock.real()))


@app.command("check")
def check(data: Data = Path(".data")) -> None:
    """打印组织、督办阶梯与日历的提醒；有提醒时退出码为 1。"""
    from services import clock
    from services.cli import org as command
    from services.cli import stack

    lines = command.warnings(stack.settings(data), clock.real())
    print("\n".join(lines) or "没有需要提醒的。")
    if lines:
        sys.stdout.flush()
        raise typer.Exit(1)
