"""Messages for the tests of the rules: a plain week in a plain region, and whatever a test says otherwise."""

from datetime import UTC, datetime, timedelta
from typing import Any

from domain.delivery import Brake, ChannelName, Limits, Message, Pace, Situation, Window, key_of
from domain.notices import NoticeKind
from domain.workdays import Calendar

PLAIN = Calendar(region="T", version="1", official_years=(2026, 2027))
NOON = datetime(2026, 11, 24, 2, tzinfo=UTC)
"""A Tuesday, 10:00 local."""
NIGHT = datetime(2026, 11, 24, 15, tzinfo=UTC)
"""The same day, 23:00 local."""
NEXT_OPENING = datetime(2026, 11, 25, 0, 30, tzinfo=UTC)
FREE = Limits(usual=(), urgent=())
SECOND = timedelta(seconds=1)


def message(number: int = 1, **more: Any) -> Message:
    at = more.pop("at", NOON)
    recipient = more.get("recipient", "person:p-1")
    kind = more.get("kind", NoticeKind.OVERDUE)
    channel = more.get("channel", ChannelName.EMAIL)
    told: dict[str, Any] = {
        "notice_id": f"YH-2026-{number:06d}.2.1",
        "key": key_of(f"YH-2026-{number:06d}", 2, kind, recipient, channel),
        "case_id": f"YH-2026-{number:06d}",
        "seq": 2,
        "kind": kind,
        "post_id": "ec01-safety",
        "recipient": recipient,
        "contact_id": f"c-{recipient}",
        "channel": channel,
        "at": at,
        "leaves_at": at,
        "queued_at": at,
        "urgent": False,
        "late": False,
        "text": f"第{number}件已逾期",
    }
    return Message(**told | more)


def situation(**more: Any) -> Situation:
    told: dict[str, Any] = {"calendar": PLAIN, "limits": FREE, "pace": Pace(), "brake": Brake()}
    return Situation(**told | more)


def twenty_a_minute() -> Limits:
    window = Window(count=20, length=timedelta(minutes=1))
    return Limits(usual=(window,), urgent=(window,))
