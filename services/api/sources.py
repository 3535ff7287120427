"""Where a request comes from: the address by which tries are counted.

Invariant: whoever has one IPv6 network has one source, not as many as it has addresses.
"""

import ipaddress
from typing import Final

from fastapi import Request

_NETWORK: Final = 64
"""Bits of an IPv6 address that its holder does not choose."""


def of(request: Request) -> str:
    """The client's address; of IPv6 its network."""
    told = request.client.host if request.client else ""
    try:
        address = ipaddress.ip_address(told)
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, _NETWORK), strict=False))
    return str(address)
