"""One HTTP request to a receiver outside, as a channel sends it.

Invariant: it leaves through the guard of outgoing addresses and no other way; whether a failed request may have arrived is told by
how it failed.
"""

from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Final

from adapters.outgoing import NoAnswer, Outgoing, Reply, Why
from domain.delivery.sending import PermanentFailure, TemporaryFailure
from domain.errors import Refused

_LONGEST_REST: Final = 3600
_TRY_LATER: Final = frozenset(
    {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}
)
_MAY_HAVE_IT: Final = frozenset({Why.TIMED_OUT, Why.BROKEN})


class Poster:
    """Sends through the guard."""

    def __init__(self, outgoing: Outgoing) -> None:
        self._outgoing = outgoing

    async def post(self, url: str, content: bytes, headers: Mapping[str, str] | None = None) -> bytes:
        """Post ``content`` and give what was read of the answer.

        Raises ``TemporaryFailure`` or ``PermanentFailure`` for anything but a status of success.
        """
        sent = {"Content-Type": "application/json; charset=utf-8", **(headers or {})}
        return (await self.call("POST", url, content, sent)).body

    async def call(self, method: str, url: str, content: bytes, headers: Mapping[str, str]) -> Reply:
        """Send a request as it is, and give the answer. Raises as :meth:`post` does."""
        try:
            reply = await self._outgoing.call(method, url, content=content, headers=headers)
        except Refused as refusal:
            raise PermanentFailure(refusal.code) from refusal
        except NoAnswer as silence:
            raise TemporaryFailure(silence.why.value, ambiguous=silence.why in _MAY_HAVE_IT) from silence
        if reply.status in _TRY_LATER or reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise TemporaryFailure(f"http_{reply.status}", retry_after=_rest(reply.retry_after))
        if not HTTPStatus.OK <= reply.status < HTTPStatus.MULTIPLE_CHOICES:
            raise PermanentFailure(f"http_{reply.status}")
        return reply


def _rest(asked: str | None) -> timedelta | None:
    if asked is None or not asked.isascii() or not asked.isdigit():
        return None
    return timedelta(seconds=min(int(asked[:9]), _LONGEST_REST))
