"""One event to one receiver, signed (事件推送): CloudEvents in structured mode, Standard Webhooks signatures.

Invariant: the message's id is the event's, whatever the attempt; nothing of the answer is kept but its status.
Source: Standard Webhooks 1.0.0; CloudEvents 1.0, HTTP binding, section 3.2.
"""

import contextlib
import json
import secrets
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import quote

from standardwebhooks.webhooks import Webhook

from adapters.outgoing import NoAnswer, Outgoing, Reply
from adapters.sealing import Sealer, Unopened
from domain.errors import Refused
from domain.events import Event, envelope
from domain.webhooks import Judged, SendOutcome, Subscription

MEDIA_TYPE: Final = "application/cloudevents+json; charset=utf-8"
_SECRET_BYTES: Final = 32
_GONE: Final = 410


def new_secret() -> str:
    """A secret in the form in which receivers' libraries take it."""
    return "whsec_" + b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def place(webhook_id: str, column: str = "secret") -> str:
    """Where a secret of a subscription is sealed for."""
    return f"webhooks.{column}:{webhook_id}"


class WebhookPosts:
    """Fits ``activities.webhooks.Posts``; ``clock`` stamps the signature, for receivers that refuse old messages."""

    def __init__(self, outgoing: Outgoing, sealer: Sealer, clock: Callable[[], datetime]) -> None:
        self._outgoing = outgoing
        self._sealer = sealer
        self._clock = clock

    def sealed(self, webhook_id: str, secret: str) -> bytes:
        """The secret of a subscription as it is kept."""
        return self._sealer.seal(secret, place=place(webhook_id))

    def retired(self, hook: Subscription) -> bytes | None:
        """The secret of a subscription as it is kept once it is replaced; ``None`` when its key is lost."""
        try:
            secret = self._sealer.open(hook.secret, place=place(hook.id))
        except Unopened:
            return None
        return self._sealer.seal(secret, place=place(hook.id, "former_secret"))

    async def send(self, to: Subscription, event: Event, attempt: int) -> Judged:
        """Send once; every way to fail is an outcome, not an exception."""
        began = time.monotonic()

        def judged(outcome: SendOutcome, reply: Reply | None = None) -> Judged:
            return Judged(
                outcome=outcome,
                took=timedelta(seconds=time.monotonic() - began),
                status=None if reply is None else reply.status,
                asked=None if reply is None else _asked(reply),
            )

        try:
            body = json.dumps(envelope(event), ensure_ascii=False, separators=(",", ":"))
            headers = self._signed(to, quote(event.id, safe=""), body) | {"Bihuan-Attempt": str(attempt)}
            reply = await self._outgoing.post(to.url, content=body.encode(), headers=headers)
        except Unopened:
            return judged(SendOutcome.UNREADABLE_SECRET)
        except Refused:
            return judged(SendOutcome.NOT_ALLOWED)
        except NoAnswer:
            return judged(SendOutcome.NO_ANSWER)
        if 200 <= reply.status < 300:
            return judged(SendOutcome.ACCEPTED, reply)
        return judged(SendOutcome.GONE if reply.status == _GONE else SendOutcome.STATUS, reply)

    def _signed(self, to: Subscription, message_id: str, body: str) -> dict[str, str]:
        at = self._clock()
        signing = [Webhook(secret) for secret in self._secrets(to, at)]
        return {
            "Content-Type": MEDIA_TYPE,
            "webhook-id": message_id,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": " ".join(
                one.sign(msg_id=message_id, timestamp=at, data=body) for one in signing
            ),
        }

    def _secrets(self, to: Subscription, at: datetime) -> Iterator[str]:
        """What signs at an instant. Raises ``Unopened`` for the present one; a former one whose key is lost is over."""
        yield self._sealer.open(to.secret, place=place(to.id))
        if to.former_secret is not None and to.former_until is not None and at < to.former_until:
            with contextlib.suppress(Unopened):
                yield self._sealer.open(to.former_secret, place=place(to.id, "former_secret"))


def _asked(reply: Reply) -> timedelta | None:
    """The wait that the receiver asked for, where it did so in seconds."""
    text = reply.retry_after or ""
    return timedelta(seconds=int(text)) if text.isdecimal() and len(text) < 10 else None
