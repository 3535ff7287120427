"""How a subscription stands in its table and comes back."""

from typing import Any, Final

import asyncpg

from domain.errors import Kind, Refused
from domain.events import EventKind
from domain.webhooks import SendOutcome, Subscription, WebhookState

COLUMNS: Final = (
    "id, name, url, kinds, secret, former_secret, former_until, secret_at, "
    "state, reason, state_at, created_at, cursor, quiet_until"
)


def found(row: "asyncpg.Record | None") -> asyncpg.Record:
    """The row. Raises ``Refused`` (unknown) when there is none."""
    if row is None:
        raise Refused(Kind.UNKNOWN, "webhook_unknown", "没有这个推送订阅")
    return row


def subscription(fields: dict[str, Any]) -> Subscription:
    """A subscription from its columns."""
    kinds = fields["kinds"]
    return Subscription(
        **fields
        | {
            "kinds": None if kinds is None else tuple(EventKind(one) for one in kinds),
            "state": WebhookState(fields["state"]),
            "reason": SendOutcome(fields["reason"]) if fields["reason"] else None,
        }
    )
