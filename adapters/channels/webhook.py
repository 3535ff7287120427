"""Signed webhooks (签名回调): a CloudEvents envelope, signed as Standard Webhooks lay down.

Invariant: ``webhook-id`` and the event's id are the message's id in every repeat, so the receiver can tell it.
"""

import json
from typing import Final

from standardwebhooks import Webhook as Signature

from adapters.channels.posting import Poster
from domain.delivery.sending import Address, Outgoing, Receipt

_TYPE: Final = "cn.bihuan.notice.v1"
_SOURCE: Final = "/bihuan/notices"


class Webhook:
    """Posts to the address of a contact point, signed with its secret."""

    def __init__(self, poster: Poster) -> None:
        self._poster = poster

    async def send(self, message: Outgoing, address: Address) -> Receipt:
        """Send one message. Raises ``TemporaryFailure`` or ``PermanentFailure``."""
        body = json.dumps(
            {
                "specversion": "1.0",
                "type": _TYPE,
                "source": _SOURCE,
                "id": message.id,
                "time": message.first_at.isoformat().replace("+00:00", "Z"),
                "datacontenttype": "application/json",
                "data": {"title": message.title, "text": message.text, "urgent": message.urgent},
            },
            ensure_ascii=False,
        )
        headers = {
            "Content-Type": "application/cloudevents+json; charset=utf-8",
            "webhook-id": message.id,
            "webhook-timestamp": str(int(message.at.timestamp())),
            "webhook-signature": Signature(address.secret).sign(message.id, message.at, body),
        }
        await self._poster.post(address.to, body.encode(), headers)
        return Receipt()
