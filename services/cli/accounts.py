"""``bihuan account``: invite somebody to set a password, shut somebody out, sign somebody out everywhere.

Invariant: the code of an invitation is printed once, on standard output and nowhere else; each act is in the access log.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, TypeVar

import typer

from deploy.processes import StackError

if TYPE_CHECKING:
    from adapters.postgres.accounts import PostgresAccounts
    from adapters.postgres.database import Connection
    from services.settings import Settings

T = TypeVar("T")

PATIENCE: Final = 10.0

app = typer.Typer(help="本系统账号的邀请、停用与退出。", no_args_is_help=True)

Person = Annotated[str, typer.Argument(help="人员编号，如 p-office")]
Data = Annotated[Path, typer.Option(help="数据目录", envvar="BIHUAN_DATA")]


@app.command()
def invite(
    person: Person,
    login: Annotated[str | None, typer.Option(help="账号名，不填则用人员编号")] = None,
    data: Data = Path(".data"),
) -> None:
    """开立账号并打印一次性设置码，由本人用它设置口令；没有默认口令。此前的设置码作废。"""
    settings = _settings(data)
    lifetime = timedelta(seconds=settings.invitation_lifetime)
    name, code = _with(
        settings,
        f"{person}/invite",
        lambda accounts, connection: accounts.invite(connection, person, login, _now(), lifetime),
    )
    until = (_now() + lifetime).astimezone()
    print(f"账号   {name}")
    print(f"设置码 {code}")
    print(f"有效至 {until:%Y-%m-%d %H:%M}，只能用一次：POST /v1/passwords")


@app.command()
def disable(person: Person, data: Data = Path(".data")) -> None:
    """停用账号：所有会话即刻退出，以任何方式都不能登录。"""
    _with(
        _settings(data),
        f"{person}/disable",
        lambda accounts, connection: accounts.disable(connection, person, _now()),
    )
    print(f"已停用 {person}。")


@app.command()
def enable(person: Person, data: Data = Path(".data")) -> None:
    """启用账号。"""
    _with(
        _settings(data),
        f"{person}/enable",
        lambda accounts, connection: accounts.enable(connection, person),
    )
    print(f"已启用 {person}。")


@app.command("sign-out")
def sign_out(person: Person, data: Data = Path(".data")) -> None:
    """退出某人的所有会话，此前签发的令牌即刻失效。"""
    _with(
        _settings(data),
        f"{person}/sign_out",
        lambda accounts, connection: accounts.sign_out_everywhere(connection, person, _now()),
    )
    print(f"{person} 已从所有设备退出。")


def _now() -> datetime:
    from services import clock

    return clock.real()


def _settings(data: Path) -> "Settings":
    from services.cli import stack

    return stack.settings(data)


def _with(
    settings: "Settings", what: str, call: Callable[["PostgresAccounts", "Connection"], Awaitable[T]]
) -> T:
    """What comes of the call, which is noted in its transaction. Raises ``StackError`` with one sentence."""
    from adapters.postgres.accounts import PostgresAccounts
    from adapters.postgres.database import Database
    from domain.errors import Refused, Temporary
    from services.cli import stack

    async def called() -> T:
        url = settings.database_url.get_secret_value()
        async with (
            Database.opened(url, size=1, timeout=PATIENCE) as database,
            database.transaction() as connection,
        ):
            done = await call(PostgresAccounts(database), connection)
            await stack.noted(database, f"account/{what}", connection)
            return done

    try:
        return asyncio.run(called())
    except Refused as refused:
        raise StackError(f"{refused.message}。") from refused
    except Temporary as away:
        raise StackError("数据库没有及时答复，请确认它在运行后重试。") from away
