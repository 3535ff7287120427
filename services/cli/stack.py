"""Which services a command speaks to: the embedded stack over a data folder, or those that the environment names."""

import os
from pathlib import Path

from deploy import folder
from deploy.devstack import Devstack, Ports
from services.settings import Settings


def settings(data: Path) -> Settings:
    """The settings from the environment where it names a database, otherwise those of the stack over ``data``.

    Raises ``StackError`` when the folder holds no stack.
    """
    if "BIHUAN_DATABASE_URL" in os.environ:
        return Settings()
    home = data.expanduser().absolute()
    running = folder.read_running(home)
    ports = Ports(**running.ports) if running else Ports()
    told = Devstack(data=home, ports=ports, say=lambda _line: None).settings()
    return Settings.model_validate(
        {name.removeprefix("BIHUAN_").lower(): value for name, value in told.items()}
    )
