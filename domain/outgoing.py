"""Which addresses we may send to (外发名单): an administrator's allow-list, and what no list can allow.

Invariant: an address that is not listed is refused, and loopback, link-local, metadata and the like, our own machine
and our own ports are refused whatever is listed (server-side request forgery). Everything here is pure; the adapter
resolves names and connects to exactly the addresses that passed.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_network
from typing import Final

from domain.addresses import Ip, Network, Reason, forbidden, refused, unwrapped


@dataclass(frozen=True, kw_only=True)
class Destination:
    """An address taken apart: scheme, host in lower case without brackets, port, and the number if the host is one."""

    scheme: str
    host: str
    port: int
    number: Ip | None


@dataclass(frozen=True, kw_only=True)
class Listed:
    """One line of the allow-list: a host, ``*.`` and a domain, or a network; ``plain`` allows http there."""

    host: str | None
    network: Network | None
    plain: bool


_SHAPE: Final = re.compile(
    r"(https?)://(\[[0-9a-f:.]{2,45}\]|[a-z0-9._-]{1,253})(?::([0-9]{1,5}))?(?:[/?][!$-;=?-\[\]_a-z~]*)?",
    re.IGNORECASE | re.ASCII,
)
_SCHEME: Final = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE | re.ASCII)
_LABEL: Final = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?", re.ASCII)
_NUMERIC: Final = re.compile(r"[0-9]+|0x[0-9a-f]*", re.ASCII)
_LONGEST: Final = 2000
_USUAL_PORTS: Final = {"https": 443, "http": 80}


def parse(url: str) -> Destination:
    """Take an address apart, strictly: what two readers could read differently is refused. Raises ``Refused``."""
    shape = _SHAPE.fullmatch(url) if len(url) <= _LONGEST else None
    if shape is None:
        raise refused(_what_is_wrong(url))
    scheme, host = shape[1].lower(), shape[2].lower()
    port = int(shape[3]) if shape[3] else _USUAL_PORTS[scheme]
    if not 0 < port < 65536:
        raise refused(Reason.MALFORMED)
    number = _number(host)
    return Destination(scheme=scheme, host=host.strip("[]"), port=port, number=number)


def _what_is_wrong(url: str) -> Reason:
    scheme = _SCHEME.match(url)
    if scheme and scheme[1].lower() not in _USUAL_PORTS:
        return Reason.SCHEME
    authority = re.split(r"[/?#\\]", url.partition("://")[2], maxsplit=1)[0]
    return Reason.USERINFO if "@" in authority else Reason.MALFORMED


def _number(host: str) -> Ip | None:
    if host.startswith("["):
        try:
            return IPv6Address(host[1:-1])
        except ValueError:
            raise refused(Reason.MALFORMED) from None
    try:
        return IPv4Address(host)
    except ValueError:
        pass
    labels = host.split(".")
    if _NUMERIC.fullmatch(labels[-1]):
        raise refused(Reason.NUMBER)
    if not all(_LABEL.fullmatch(label) for label in labels):
        raise refused(Reason.MALFORMED)
    return None


def listed(line: str) -> Listed:
    """One line of the allow-list: ``hooks.example.cn``, ``*.example.cn``, ``10.20.0.0/16``, each perhaps behind ``http://``.

    Raises ``ValueError`` naming what is wrong.
    """
    plain, entry = line.startswith("http://"), line.removeprefix("http://").lower()
    try:
        return Listed(host=None, network=ip_network(entry), plain=plain)
    except ValueError:
        pass
    labels = entry.removeprefix("*.").split(".")
    if not all(_LABEL.fullmatch(label) for label in labels) or _NUMERIC.fullmatch(labels[-1]):
        raise ValueError("an entry is a host, *.domain, an address or a network, perhaps behind http://")
    return Listed(host=entry, network=None, plain=plain)


@dataclass(frozen=True, kw_only=True)
class AllowList:
    """What an administrator allows, and our own ports; ``loopback`` is for development and tests only."""

    entries: tuple[Listed, ...] = ()
    ports: frozenset[int] = frozenset()
    own_ports: frozenset[int] = frozenset()
    loopback: bool = False

    def check_name(self, to: Destination) -> None:
        """Refuse what no answer of the name service could make right, before it is asked. Raises ``Refused``."""
        if to.port in self.own_ports:
            raise refused(Reason.OWN_PORT)
        if self._is_local(to):
            return
        if to.port not in _USUAL_PORTS.values() and to.port not in self.ports:
            raise refused(Reason.PORT)
        by_network = any(entry.network for entry in self.entries)
        if to.number is None and not by_network and not any(_names(entry, to) for entry in self.entries):
            raise refused(Reason.NOT_LISTED)

    def check(self, to: Destination, addresses: Sequence[Ip], own: Iterable[Ip] = ()) -> None:
        """Refuse unless each of the addresses that the host has is allowed. Raises ``Refused``.

        ``own`` are those that belong to this machine.
        """
        self.check_name(to)
        if not addresses:
            raise refused(Reason.NOT_LISTED)
        for address in addresses:
            self._check_one(to, address, frozenset(own))

    def _check_one(self, to: Destination, address: Ip, own: frozenset[Ip]) -> None:
        reason = forbidden(address)
        if self._is_local(to) and reason is Reason.LOOPBACK:
            return
        if reason is not None:
            raise refused(reason)
        if unwrapped(address) in own:
            raise refused(Reason.OWN_ADDRESS)
        fitting = [entry for entry in self.entries if _names(entry, to) or _holds(entry, address)]
        if not fitting:
            raise refused(Reason.NOT_LISTED)
        if to.scheme == "http" and not any(entry.plain for entry in fitting):
            raise refused(Reason.SCHEME)

    def _is_local(self, to: Destination) -> bool:
        """Whether it is a receiver on this machine, where those are allowed."""
        if not self.loopback:
            return False
        return to.host == "localhost" if to.number is None else forbidden(to.number) is Reason.LOOPBACK


def _names(entry: Listed, to: Destination) -> bool:
    if entry.host is None or to.number is not None:
        return False
    return to.host.endswith(entry.host[1:]) if entry.host.startswith("*.") else to.host == entry.host


def _holds(entry: Listed, address: Ip) -> bool:
    return entry.network is not None and (address in entry.network or unwrapped(address) in entry.network)
