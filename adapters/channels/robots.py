"""Group robots (群机器人) of WeCom, DingTalk and Feishu.

Invariant: an answer with status 200 is a success only if the error code in its body is zero; a body that cannot be read is a
failure after which the message may have arrived.

They are not sent through apprise, which looks at the status alone (decision 16).
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import quote, urlsplit

from adapters.channels.posting import Poster
from domain.delivery.sending import Address, Outgoing, PermanentFailure, Receipt, TemporaryFailure

_BAN: Final = timedelta(minutes=10)
_MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """How one kind of robot is spoken to: where its error code stands, and which codes pass with time."""

    field: str
    payload: Callable[[Outgoing, Address], dict[str, Any]]
    passing: Mapping[int, timedelta | None]
    sign_url: Callable[[str, str, datetime], str] | None = None


class Robot:
    """Sends to a group by its robot; the address is the robot's own, as its maker gives it."""

    def __init__(self, poster: Poster, dialect: Dialect) -> None:
        self._poster = poster
        self._dialect = dialect

    async def send(self, message: Outgoing, address: Address) -> Receipt:
        """Send one message. Raises ``TemporaryFailure`` or ``PermanentFailure``."""
        spoken = self._dialect
        url = address.to
        if address.secret and spoken.sign_url:
            url = spoken.sign_url(url, address.secret, message.at)
        content = json.dumps(spoken.payload(message, address), ensure_ascii=False).encode()
        answer = await self._poster.post(url, content)
        code = _code(answer, spoken.field)
        if code == 0:
            return Receipt()
        if code in spoken.passing:
            raise TemporaryFailure(f"code_{code}", retry_after=spoken.passing[code])
        raise PermanentFailure(f"code_{code}")


def _code(body: bytes, field: str) -> int:
    try:
        told = json.loads(body)
        return int(told[field])
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise TemporaryFailure("answer_unreadable", ambiguous=True) from error


def _wecom(message: Outgoing, _address: Address) -> dict[str, Any]:
    return {"msgtype": "text", "text": {"content": message.text}}


def _dingtalk(message: Outgoing, _address: Address) -> dict[str, Any]:
    # takes no idempotency key; the id is sent for whoever reads the robot's log
    return {"msgtype": "text", "text": {"content": message.text}, "msgUuid": message.id}


def _feishu(message: Outgoing, address: Address) -> dict[str, Any]:
    told: dict[str, Any] = {"msg_type": "text", "content": {"text": message.text}}
    if address.secret:
        second = str(int(message.at.timestamp()))
        key = f"{second}\n{address.secret}".encode()
        told |= {"timestamp": second, "sign": _signed(key, b"")}
    return told


def _sign_dingtalk(url: str, secret: str, at: datetime) -> str:
    millisecond = str(int(at.timestamp() * 1000))
    sign = quote(_signed(secret.encode(), f"{millisecond}\n{secret}".encode()), safe="")
    return f"{url}{'&' if urlsplit(url).query else '?'}timestamp={millisecond}&sign={sign}"


def _signed(key: bytes, text: bytes) -> str:
    return base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()


WECOM: Final = Dialect(
    field="errcode", payload=_wecom, passing={-1: None, 45009: _MINUTE, 45033: None, 6000: None}
)
DINGTALK: Final = Dialect(
    field="errcode",
    payload=_dingtalk,
    passing={-1: None, 130101: _BAN, 90030: _BAN, 90018: _BAN, 410100: _BAN},
    sign_url=_sign_dingtalk,
)
FEISHU: Final = Dialect(
    field="code", payload=_feishu, passing={11232: _MINUTE, 99991400: _MINUTE, 9499: _MINUTE}
)
