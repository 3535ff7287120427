"""How numbers and dates stand in an official document (GB/T 9704-2012, 7.2.5, 7.3.5)."""

from datetime import datetime, timedelta, timezone
from typing import Final

BULLETIN_ID: Final = r"TB-[0-9]{4}-[0-9]{6,9}"


def bulletin_id(year: int, number: int) -> str:
    """The id under which a bulletin is kept from its draft on, before it has a number: ``TB-2026-000001``."""
    return f"TB-{year}-{number:06d}"


def document_number(code: str, year: int, number: int) -> str:
    """发文字号: the organ's code, the year in hexagonal brackets, the number without zeros before it."""
    return f"{code}〔{year}〕{number}号"


def day(at: datetime, utc_offset_minutes: int) -> str:
    """成文日期: the local day in Arabic numerals, without zeros before them."""
    local = _local(at, utc_offset_minutes)
    return f"{local.year}年{local.month}月{local.day}日"


def moment(at: datetime, utc_offset_minutes: int) -> str:
    """A local minute; seconds where there are any."""
    local = _local(at, utc_offset_minutes)
    return f"{day(at, utc_offset_minutes)}{local:%H:%M}{f':{local:%S}' if local.second else ''}"


def year(at: datetime, utc_offset_minutes: int) -> int:
    """The local year."""
    return _local(at, utc_offset_minutes).year


def span(minutes: int) -> str:
    """A length of time as people say it."""
    days, rest = divmod(minutes, 24 * 60)
    hours, left = divmod(rest, 60)
    parts = [f"{days}天" if days else "", f"{hours}小时" if hours else "", f"{left}分钟" if left else ""]
    return "".join(parts) or "不足1分钟"


def _local(at: datetime, utc_offset_minutes: int) -> datetime:
    return at.astimezone(timezone(timedelta(minutes=utc_offset_minutes)))
