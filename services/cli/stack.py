"""Which services a command speaks to: the embedded stack over a data folder, or those that the environment names."""

from contextlib import AbstractAsyncContextManager
from pathlib import Path
from urllib.parse import urlsplit

from adapters.postgres.access_log import AccessLog
from adapters.postgres.database import Connection, Database
from deploy import folder, postgres
from deploy.devstack import Devstack, Ports
from deploy.processes import StackError
from domain.access_log import AccessKind
from services import clock
from services.settings import Settings


def settings(data: Path) -> Settings:
    """The settings from the environment where it names a database, otherwise those of the stack over ``data``.

    Raises ``StackError`` when the folder holds no stack.
    """
    told = Settings()
    if "database_url" in told.model_fields_set:
        return told
    home = data.expanduser().absolute()
    secrets, running = folder.secrets(home), folder.read_running(home)
    stack = Devstack(data=home, ports=Ports(**running.ports) if running else Ports(), say=lambda _line: None)
    stack.secrets = secrets
    return stack.own_settings()


def owner_url(data: Path) -> str:
    """The database of the stack over ``data`` as the role that owns it. Raises ``StackError`` when there is none."""
    home = data.expanduser().absolute()
    return postgres.url(home, postgres.OWNER, folder.secrets(home).owner)


def database(settings: Settings) -> AbstractAsyncContextManager[Database]:
    """The database that ``settings`` name. Raises ``StackError`` where their address is none."""
    url = settings.database_url.get_secret_value()
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("postgresql", "postgres") and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise unusable("BIHUAN_DATABASE_URL")
    return Database.opened(url, size=2, timeout=30)


def unusable(name: str) -> StackError:
    """That the value of an environment variable cannot be used; it is named, its value not shown."""
    return StackError(f"环境变量 {name} 的值不合要求，请改正后再试。")


async def noted(database: Database, subject: str, connection: Connection | None = None) -> None:
    """A row of the access log about a write of whoever runs commands on the server; in the transaction of the write, or before it."""
    await AccessLog(database).note(
        connection, at=clock.real(), kind=AccessKind.WRITE, subject=subject, channel="cli"
    )
