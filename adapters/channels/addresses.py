"""Addresses of contact points, checked where they are configured.

Invariant: what is kept is well formed, and a URL passed the guard of outgoing addresses; a refusal names the field and never
quotes the address.
"""

import base64
import binascii
import re
from typing import Final
from urllib.parse import urlsplit

from adapters.outgoing import NoAnswer, Outgoing
from domain import phones
from domain.delivery.messages import ChannelName
from domain.delivery.sending import Address
from domain.errors import Kind, Refused

_MAILBOX: Final = re.compile(r"[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,63}")
_LEAST_SECRET: Final = 24


async def checked(channel: ChannelName, address: Address, outgoing: Outgoing) -> Address:
    """The address as it is kept. Raises ``Refused`` with a code that says what is wrong with it.

    A host that does not answer is refused too (``host_unreachable``): better now than when something has to be said.
    """
    to = address.to.strip()
    if channel is ChannelName.EMAIL:
        if not _MAILBOX.fullmatch(to):
            raise _refused("address_invalid", "邮箱地址不合要求")
        return Address(to=to)
    if channel is ChannelName.SMS:
        return Address(to=phones.mobile(to, field="address"))
    if channel is ChannelName.INBOX:
        raise _refused("address_invalid", "站内通知始终开启，不需要登记")
    if channel is ChannelName.WEBHOOK:
        _check_secret(address.secret)
    try:
        await outgoing.check(to)
    except NoAnswer as silence:
        raise _refused("host_unreachable", f"该主机{silence.why.label}，请核对地址") from silence
    return Address(to=to, secret=address.secret)


def masked(channel: ChannelName, address: Address) -> str:
    """The address as it may be shown: enough to know one's own by, too little to use."""
    if channel is ChannelName.SMS:
        return phones.masked(address.to)
    if channel is ChannelName.EMAIL:
        name, _, domain = address.to.partition("@")
        return f"{name[:2]}***@{domain}"
    return f"{urlsplit(address.to).hostname}/…{address.to[-4:]}"


def _check_secret(secret: str) -> None:
    try:
        key = base64.b64decode(secret.removeprefix("whsec_") + "==")
    except (binascii.Error, ValueError):
        key = b""
    if len(key) < _LEAST_SECRET:
        raise _refused("secret_invalid", "签名密钥应为 whsec_ 开头、至少24字节的 Base64", field="secret")


def _refused(code: str, message: str, field: str = "address") -> Refused:
    return Refused(Kind.CONFLICT, code, message, field=field)
