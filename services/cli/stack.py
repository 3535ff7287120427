"""Which services a command speaks to: the embedded stack over a data folder, or those that the environment names."""

from pathlib import Path

from deploy import folder, postgres
from deploy.devstack import Devstack, Ports
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
