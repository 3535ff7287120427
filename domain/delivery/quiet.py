"""Quiet hours (免打扰时段): nights, weekends and holidays by the business calendar, with make-up days worked.

Invariant: what is urgent never waits; what is not leaves inside business hours, however it was held up before.
"""

from datetime import datetime

from domain import workdays
from domain.delivery.messages import Message
from domain.workdays import Calendar


def leaves(message: Message, calendar: Calendar, now: datetime) -> datetime:
    """The first instant from ``now`` (aware) at which a message may leave: ``now`` itself, or the next opening."""
    asked = max(now, message.leaves_at)
    if message.urgent or workdays.within_business(calendar, asked):
        return asked
    return workdays.next_opening(calendar, asked).astimezone(asked.tzinfo)
