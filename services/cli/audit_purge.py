"""``bihuan audit purge``: rows of the access log whose time is over, as the owner of the tables; the application cannot.

Invariant: rows go up to one that a seal names, so that what is left is still verified from there; nothing younger than six
calendar months ever goes. Source: 网络安全法 (2025 修正) art. 23; 个人信息保护法 art. 19 (no longer than needed).
"""

import asyncio
from datetime import datetime, timedelta

from adapters.postgres import access_purge
from domain import access_log
from services.settings import Settings


def run(owner_url: str, settings: Settings, now: datetime) -> str:
    """Remove what may go at ``now`` (aware), and give the sentence that says so. Raises ``Temporary``."""
    days = kept_days(settings)
    removed = asyncio.run(access_purge.purge(owner_url, now - timedelta(days=days), now))
    if not removed:
        return f"没有超过 {days} 日且已封存的访问留痕，什么也没有清除。"
    return f"已清除 {removed} 条超过 {days} 日的访问留痕，其余仍可从封存处核验。"


def kept_days(settings: Settings) -> int:
    """How many days a row is kept: what is set, and never less than six calendar months."""
    return max(settings.access_log_days, access_log.SHORTEST_DAYS)
