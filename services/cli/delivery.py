"""``bihuan notices`` and ``bihuan watchdog``: what an operator does about the delivery.

Commands import what they need when they run.
"""

from pathlib import Path
from typing import Annotated

import typer

notices = typer.Typer(help="通知的送达。", no_args_is_help=True)
Data = Annotated[Path, typer.Option(help="数据目录", envvar="BIHUAN_DATA")]


@notices.command("audit")
def audit(
    days: Annotated[int, typer.Option(min=1, max=3650, help="核对最近几日")] = 35,
    data: Data = Path(".data"),
) -> None:
    """由留痕重新推算应发的通知，与实发核对；有漏发或多发时逐条列出，退出码为 1。"""
    from services.cli import notices as command
    from services.cli import stack

    if not command.audit(stack.settings(data), days):
        raise typer.Exit(1)


@notices.command("release")
def release(data: Data = Path(".data")) -> None:
    """放行因大批变动而暂缓的通知。"""
    from services.cli import notices as command
    from services.cli import stack

    command.release(stack.settings(data))


def watchdog(data: Data = Path(".data")) -> None:
    """在流程引擎之外看守通知送达，五分钟没有完成一轮发送即告警；Ctrl-C 停止。"""
    import asyncio

    from services import bootstrap
    from services.cli import stack
    from services.watchdog import main as command

    settings = stack.settings(data)
    bootstrap.configure_logging(settings)
    asyncio.run(command.run(settings))
