"""``python -m services.watchdog``: look after the delivery, with settings from the environment."""

import asyncio

from services import bootstrap
from services.settings import Settings
from services.watchdog.main import run

if __name__ == "__main__":
    told = Settings()
    bootstrap.configure_logging(told)
    asyncio.run(run(told))
