"""Numeric addresses that nobody may be sent to, and why an address is refused (外发地址).

Invariant: what an address *means* is judged, not how it is written: IPv4 inside IPv6 counts as the IPv4.
"""

from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network
from typing import Final

from domain.errors import Kind, Refused

Ip = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


class Reason(StrEnum):
    """Why an address is refused; the value is the stable English code."""

    MALFORMED = "malformed"
    USERINFO = "userinfo"
    SCHEME = "scheme"
    NUMBER = "odd_number"
    PORT = "port"
    OWN_PORT = "own_port"
    NOT_LISTED = "not_listed"
    LOOPBACK = "loopback"
    UNSPECIFIED = "unspecified"
    LINK_LOCAL = "link_local"
    METADATA = "metadata"
    MULTICAST = "multicast"
    RESERVED = "reserved"
    EMBEDDED = "embedded"
    OWN_ADDRESS = "own_address"

    @property
    def label(self) -> str:
        """The sentence for the person who entered the address."""
        return _LABELS[self]


_LABELS: Final = {
    Reason.MALFORMED: "地址的写法不对，应如 https://hooks.example.cn/path",
    Reason.USERINFO: "地址中不得带用户名或密码",
    Reason.SCHEME: "须用 https；确需 http 的内网地址，由管理员在外发名单中以 http:// 开头列出",
    Reason.NUMBER: "数字地址须写成四段十进制，如 10.1.2.3",
    Reason.PORT: "端口不在许可之列（443、80 与管理员另列的端口）",
    Reason.OWN_PORT: "这是本系统数据库、流程引擎或接口的端口，不得外发",
    Reason.NOT_LISTED: "地址不在管理员的外发名单之内",
    Reason.LOOPBACK: "不得发往本机回环地址",
    Reason.UNSPECIFIED: "不得发往未指定地址",
    Reason.LINK_LOCAL: "不得发往链路本地地址",
    Reason.METADATA: "不得发往云主机元数据地址",
    Reason.MULTICAST: "不得发往组播地址",
    Reason.RESERVED: "不得发往保留地址",
    Reason.EMBEDDED: "不得发往内嵌 IPv4 的过渡地址",
    Reason.OWN_ADDRESS: "不得发往本机自己的地址",
}


def refused(reason: Reason) -> Refused:
    """The refusal for ``reason``; it never repeats the address."""
    return Refused(Kind.CONFLICT, "address_refused", reason.label, field="url", reason=reason.value)


_FORBIDDEN: Final = tuple(
    (ip_network(network), reason)
    for network, reason in (
        ("169.254.169.254/32", Reason.METADATA),  # most clouds
        ("169.254.170.2/32", Reason.METADATA),  # AWS containers
        ("169.254.0.23/32", Reason.METADATA),  # Tencent Cloud
        ("100.100.100.200/32", Reason.METADATA),  # Alibaba Cloud
        ("168.63.129.16/32", Reason.METADATA),  # Azure
        ("192.0.0.192/32", Reason.METADATA),  # Oracle Cloud
        ("fd00:ec2::254/128", Reason.METADATA),  # AWS
        ("fd20:ce::254/128", Reason.METADATA),  # Google Cloud
        ("0.0.0.0/8", Reason.UNSPECIFIED),
        ("127.0.0.0/8", Reason.LOOPBACK),
        ("169.254.0.0/16", Reason.LINK_LOCAL),
        ("224.0.0.0/4", Reason.MULTICAST),
        ("240.0.0.0/4", Reason.RESERVED),
        ("::/128", Reason.UNSPECIFIED),
        ("::1/128", Reason.LOOPBACK),
        ("::/96", Reason.EMBEDDED),  # IPv4-compatible
        ("::ffff:0:0:0/96", Reason.EMBEDDED),  # IPv4-translated
        ("64:ff9b:1::/48", Reason.EMBEDDED),  # local NAT64: where the IPv4 stands is the network's secret
        ("2001::/32", Reason.EMBEDDED),  # Teredo
        ("2002::/16", Reason.EMBEDDED),  # 6to4
        ("100::/64", Reason.RESERVED),
        ("fe80::/10", Reason.LINK_LOCAL),
        ("fec0::/10", Reason.LINK_LOCAL),
        ("ff00::/8", Reason.MULTICAST),
    )
)
_NAT64: Final = IPv6Network("64:ff9b::/96")
_ISATAP: Final = frozenset({0x00005EFE, 0x02005EFE})


def unwrapped(number: Ip) -> Ip:
    """The IPv4 address that is meant by a mapped or a translated (NAT64) one; any other as it is."""
    if isinstance(number, IPv6Address):
        if number.ipv4_mapped is not None:
            return number.ipv4_mapped
        if number in _NAT64:
            return IPv4Address(int(number) & 0xFFFFFFFF)
    return number


def forbidden(number: Ip) -> Reason | None:
    """Why nobody may list this address, or ``None``."""
    meant = unwrapped(number)
    if isinstance(meant, IPv6Address) and (
        meant.scope_id is not None or (int(meant) >> 32) & 0xFFFFFFFF in _ISATAP
    ):
        return Reason.EMBEDDED if meant.scope_id is None else Reason.LINK_LOCAL
    return next((reason for network, reason in _FORBIDDEN if meant in network), None)
