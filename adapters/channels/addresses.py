"""Addresses of contact points, checked where they are configured.

Invariant: what is kept is well formed and points at a host that is allowed; a refusal names the field and never quotes the address.
"""

import base64
import binascii
import re
from collections.abc import Collection, Mapping
from typing import Final
from urllib.parse import urlsplit

from domain.delivery.messages import ChannelName
from domain.delivery.sending import Address
from domain.errors import Kind, Refused

_MAILBOX: Final = re.compile(r"[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,63}")
_MOBILE: Final = re.compile(r"1[3-9][0-9]{9}")
_LONGEST: Final = 500
_LEAST_SECRET: Final = 24

ROBOT_HOSTS: Final[Mapping[ChannelName, frozenset[str]]] = {
    ChannelName.WECOM: frozenset({"qyapi.weixin.qq.com"}),
    ChannelName.DINGTALK: frozenset({"oapi.dingtalk.com"}),
    ChannelName.FEISHU: frozenset({"open.feishu.cn"}),
}
"""Where the robots of each maker are."""


def checked(channel: ChannelName, address: Address, allowed: Collection[str]) -> Address:
    """The address as it is kept; ``allowed`` are hosts (``host`` or ``host:port``) beside the makers' own.

    Raises ``Refused`` (``address_invalid``, ``host_not_allowed``, ``secret_invalid``).
    """
    to = address.to.strip()
    if channel is ChannelName.EMAIL:
        return Address(to=_matching(_MAILBOX, to, "邮箱地址不合要求"))
    if channel is ChannelName.SMS:
        return Address(to=_matching(_MOBILE, to, "手机号码应为11位"))
    if channel is ChannelName.INBOX:
        raise _refused("address_invalid", "站内通知始终开启，不需要登记")
    _check_url(channel, to, allowed)
    if channel is ChannelName.WEBHOOK:
        _check_secret(address.secret)
    return Address(to=to, secret=address.secret)


def masked(channel: ChannelName, address: Address) -> str:
    """The address as it may be shown: enough to know one's own by, too little to use."""
    if channel is ChannelName.SMS:
        return f"{address.to[:3]}****{address.to[-4:]}"
    if channel is ChannelName.EMAIL:
        name, _, domain = address.to.partition("@")
        return f"{name[:2]}***@{domain}"
    return f"{urlsplit(address.to).hostname}/…{address.to[-4:]}"


def _check_url(channel: ChannelName, to: str, allowed: Collection[str]) -> None:
    try:
        parts = urlsplit(to)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise _refused("address_invalid", "地址不合要求") from None
    usual = port is None or port == 443
    listed = f"{host}:{port}" in allowed or (usual and host in allowed)
    known = host in ROBOT_HOSTS.get(channel, ()) and usual
    plain = not to.isascii() or len(to) > _LONGEST or any(mark.isspace() for mark in to)
    if parts.scheme not in ("https", "http") or not host or parts.username is not None or plain:
        raise _refused("address_invalid", "地址应为不含账号的 https 网址")
    if not listed and (not known or parts.scheme != "https"):
        raise _refused("host_not_allowed", "该主机不在允许外发的名单内，请先由管理员登记")


def _check_secret(secret: str) -> None:
    try:
        key = base64.b64decode(secret.removeprefix("whsec_") + "==")
    except (binascii.Error, ValueError):
        key = b""
    if len(key) < _LEAST_SECRET:
        raise _refused("secret_invalid", "签名密钥应为 whsec_ 开头、至少24字节的 Base64", field="secret")


def _matching(form: re.Pattern[str], text: str, message: str) -> str:
    if not form.fullmatch(text):
        raise _refused("address_invalid", message)
    return text


def _refused(code: str, message: str, field: str = "address") -> Refused:
    return Refused(Kind.INVALID, code, message, field=field)
