"""The commands of rehearsal: their words and options; what they do is imported when they run."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from deploy.processes import StackError

if TYPE_CHECKING:
    from deploy.rehearsal.variations import Variations

what_if = typer.Typer(help="假设：不改动任何内容，看看会怎样。", no_args_is_help=True)


def add(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command()(rehearse)
    app.add_typer(what_if, name="what-if")


def rehearse(
    file: Annotated[Path, typer.Argument(help="推演方案（YAML），见 deploy/scenarios")],
    other: Annotated[
        Path | None, typer.Argument(help="与 --compare 一起：另一个方案，或推演的 --json 输出")
    ] = None,
    compare: Annotated[bool, typer.Option("--compare", help="列出两次推演的差别")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="每条一行 JSON")] = False,
    html: Annotated[Path | None, typer.Option(help="另写一份带泳道图的网页")] = None,
    terms: Annotated[
        list[str] | None, typer.Option("--set", help="如 policy.extension_days.general=5")
    ] = None,
    without: Annotated[list[str] | None, typer.Option(help="人员@岗位：该人不在岗")] = None,
    holiday: Annotated[list[str] | None, typer.Option(help="该日放假，如 2027-02-08")] = None,
) -> None:
    """在独立的一套服务上跳过时间，推演整个通知；不触及正在运行的系统。"""
    from services.cli import rehearse as command

    otherwise = _otherwise(terms, without, holiday)
    if compare and (as_json or html is not None):
        raise StackError("--compare 只列出差别，不与 --json、--html 一起使用。")
    if not compare and other is None:
        command.run(file, otherwise, as_json=as_json, html=html)
    elif compare and other is not None:
        command.compare(file, other, otherwise)
    else:
        raise StackError("--compare 与两个文件一起使用。")


@what_if.command("hazard")
def what_if_hazard(
    case: Annotated[str, typer.Argument(help="案号，如 YH-2026-000123")],
    nobody_acts: Annotated[
        bool, typer.Option("--nobody-acts", help="从此刻起无人办理（目前唯一的假设）")
    ] = True,
    data: Annotated[Path, typer.Option(help="数据目录", envvar="BIHUAN_DATA")] = Path(".data"),
) -> None:
    """一件在办隐患今后 60 日会怎样；只读取，不触及该案。"""
    from services import clock
    from services.cli import foresight, stack

    if not nobody_acts:
        raise StackError("目前只有一种假设：--nobody-acts。")
    foresight.show(case, clock.real(), stack.settings(data))


def _otherwise(terms: list[str] | None, without: list[str] | None, holiday: list[str] | None) -> "Variations":
    from deploy.rehearsal.variations import Variations

    try:
        days = [date.fromisoformat(day) for day in holiday or ()]
    except ValueError as wrong:
        raise StackError("--holiday 须为日期，如 2027-02-08。") from wrong
    return Variations(terms=terms or (), without=without or (), holidays=days)
