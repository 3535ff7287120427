"""The watch over the delivery from outside the engine (看门狗): who has not ended a cycle for too long.

Invariant: it needs nothing of what it watches but the instants at which cycles ended.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from domain.delivery.messages import ChannelName

SILENT_AFTER: Final = timedelta(minutes=5)
AGAIN_AFTER: Final = timedelta(minutes=30)
"""How often an alarm that goes on is repeated."""


def silent(
    wanted: Iterable[ChannelName], cycles: Mapping[ChannelName, datetime], watching: datetime, now: datetime
) -> dict[ChannelName, datetime]:
    """Since when each channel that is silent too long has ended no cycle; ``watching`` is since when somebody looks.

    A channel that never ended one counts from ``watching``, and nothing counts as silent that nobody could see yet.
    """
    since = {name: cycles.get(name, watching) for name in wanted}
    return {name: at for name, at in since.items() if now - at >= SILENT_AFTER}


def alarm(quiet: Mapping[ChannelName, datetime], now: datetime) -> str:
    """What an alarm says, in Chinese."""
    parts = "、".join(
        f"{name.label}（{int((now - at).total_seconds() // 60)}分钟）" for name, at in quiet.items()
    )
    return f"【告警】通知送达停止：{parts}没有完成一轮发送，请检查工作进程、流程引擎与数据库。"
