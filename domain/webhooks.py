"""Subscriptions to events (事件推送): when to try again, when to give up, and what an answer means.

Invariant: a case whose event is not taken waits alone; only a receiver that is gone, that may not be sent to, or that
has not taken an event for days stops its subscription, and then a person is told.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from domain.events import Event, EventKind

PATIENCE: Final = timedelta(days=3)
"""How long one event is tried before its subscription stops."""

BACK_OFF: Final = tuple(
    timedelta(seconds=seconds) for seconds in (5, 30, 120, 600, 1800, 3600, 7200, 14400, 21600)
)
"""The waits after the first, second … failure; the last one repeats."""

LONGEST_ASKED: Final = timedelta(hours=6)
"""The longest that a receiver may ask us to wait with ``Retry-After``."""


class WebhookState(StrEnum):
    """Whether a subscription is sent to."""

    ACTIVE = "active"
    PAUSED = "paused"
    FAILED = "failed"
    REMOVED = "removed"

    @property
    def label(self) -> str:
        """The Chinese word for it."""
        return _STATES[self]


_STATES: Final = {
    WebhookState.ACTIVE: "推送中",
    WebhookState.PAUSED: "已暂停",
    WebhookState.FAILED: "因失败停止",
    WebhookState.REMOVED: "已删除",
}


class SendOutcome(StrEnum):
    """What came of one attempt."""

    ACCEPTED = "accepted"
    GONE = "gone"
    NOT_ALLOWED = "not_allowed"
    STATUS = "status"
    NO_ANSWER = "no_answer"
    UNREADABLE_SECRET = "unreadable_secret"  # noqa: S105 - a name
    EXHAUSTED = "exhausted"

    @property
    def label(self) -> str:
        """The sentence for it."""
        return _OUTCOMES[self]

    @property
    def stops(self) -> bool:
        """Whether nothing more is sent until a person has looked."""
        return self in _STOPPING


_OUTCOMES: Final = {
    SendOutcome.ACCEPTED: "对方已接收",
    SendOutcome.GONE: "对方答复地址已不存在（410）",
    SendOutcome.NOT_ALLOWED: "地址不再允许外发",
    SendOutcome.STATUS: "对方未接收",
    SendOutcome.NO_ANSWER: "对方没有答复",
    SendOutcome.UNREADABLE_SECRET: "签名密钥无法打开，请更换密钥后恢复",
    SendOutcome.EXHAUSTED: f"连续 {PATIENCE.days} 日未能送达",
}
_STOPPING: Final = frozenset(
    {SendOutcome.GONE, SendOutcome.NOT_ALLOWED, SendOutcome.UNREADABLE_SECRET, SendOutcome.EXHAUSTED}
)


class SendState(StrEnum):
    """Where one event stands on its way to one subscriber."""

    PENDING = "pending"
    DELIVERED = "delivered"
    SKIPPED = "skipped"
    SUPERSEDED = "superseded"

    @property
    def label(self) -> str:
        """The Chinese word for it."""
        return _DELIVERY_STATES[self]


_DELIVERY_STATES: Final = {
    SendState.PENDING: "待送",
    SendState.DELIVERED: "已送达",
    SendState.SKIPPED: "已放弃",
    SendState.SUPERSEDED: "已改由重放推送",
}


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What came of one attempt: the outcome, the HTTP status if there was one, how long it took, what was asked for."""

    outcome: SendOutcome
    took: timedelta
    status: int | None = None
    asked: timedelta | None = None


@dataclass(frozen=True, kw_only=True)
class Subscription:
    """Who is sent to: secrets are sealed, the former one signs too until ``former_until``; ``kinds`` of ``None`` are all."""

    id: str
    name: str
    url: str
    kinds: tuple[EventKind, ...] | None
    secret: bytes
    former_secret: bytes | None
    former_until: datetime | None
    secret_at: datetime
    state: WebhookState
    reason: SendOutcome | None
    state_at: datetime
    created_at: datetime
    cursor: int
    quiet_until: datetime | None


@dataclass(frozen=True, kw_only=True)
class Due:
    """The next event of a subject to send: how often it was begun, and since when and how often since a person resumed."""

    event: Event
    generation: int
    attempts: int
    tries: int
    tried_since: datetime | None


@dataclass(frozen=True, kw_only=True)
class Tally:
    """How a subscription stands: deliveries still to make, cases that wait after a failure, and the next instant to act."""

    state: WebhookState
    reason: SendOutcome | None
    pending: int
    blocked: int
    next_at: datetime | None


def next_try(tries: int, asked: timedelta | None, at: datetime) -> datetime:
    """When to try again after the ``tries``-th failure at ``at`` (aware); a receiver may ask for longer, within reason."""
    wait = BACK_OFF[min(tries, len(BACK_OFF)) - 1]
    return at + max(wait, min(asked or timedelta(), LONGEST_ASKED))


def final(judged: Judged, since: datetime, at: datetime) -> SendOutcome | None:
    """Why the subscription stops after this attempt, if it does; ``since`` is when the event was first tried."""
    if judged.outcome.stops:
        return judged.outcome
    if judged.outcome is not SendOutcome.ACCEPTED and at - since >= PATIENCE:
        return SendOutcome.EXHAUSTED
    return None
