"""``bihuan rehydrate``: every open case that does not run in the engine is started again from its record."""

import asyncio

from services import rehydration
from services.settings import Settings


def run(settings: Settings) -> str:
    """Start them and give the sentence that says how many there were. Raises ``Temporary``."""
    started = asyncio.run(rehydration.rehydrate(settings))
    if not started:
        return "在办案件都在运行，没有需要恢复的。"
    return f"已按数据库的记录恢复 {started} 件在办案件，时限不变。"
