"""``bihuan``: the front of the embedded stack and of the offline tools.

Commands import what they need when they run, so that ``bihuan audit`` works without the embedded servers installed.
"""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from deploy.processes import StackError

app = typer.Typer(
    help="闭环：安全隐患从发现到销号的闭环管理。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Data = Annotated[Path, typer.Option(help="数据目录")]
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
    except StackError as problem:
        print(problem, file=sys.stderr)
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
