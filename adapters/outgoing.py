"""Every call that we make to an address from outside the program (外发): robots, gateways, webhooks.

Invariant: a connection is made only to an address that was resolved for this very request and passed the allow-list;
TLS and ``Host`` go by the name. No redirects, no proxies from the environment, and time and size are bounded.
"""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from ipaddress import ip_address
from pathlib import Path
from typing import Final

import httpx

from domain import outgoing
from domain.addresses import Ip, unwrapped
from domain.outgoing import AllowList, Destination

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""Gives the addresses of a host; raises ``OSError`` when it has none."""

ANSWER_LIMIT: Final = 64 * 1024
"""Bytes of an answer that are read; the rest is left unread and the connection closed."""


class Why(StrEnum):
    """How a call failed that the rules allow."""

    UNRESOLVED = "unresolved"
    UNREACHABLE = "unreachable"
    TIMED_OUT = "timed_out"
    TLS = "tls"
    BROKEN = "broken"

    @property
    def label(self) -> str:
        """The Chinese words."""
        return _LABELS[self]


_LABELS: Final = {
    Why.UNRESOLVED: "域名无法解析",
    Why.UNREACHABLE: "连接不上",
    Why.TIMED_OUT: "超时未答复",
    Why.TLS: "证书不可信或加密连接失败",
    Why.BROKEN: "答复不成格式或连接中断",
}


class NoAnswer(Exception):  # noqa: N818 - what happened, in its name
    """The receiver gave no answer; whether it got the message is not known. Names nobody and no address."""

    def __init__(self, why: Why) -> None:
        super().__init__(f"no answer: {why.value}")
        self.why = why


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Seconds for a connection and for the whole call, and the bytes read of an answer."""

    connect: float = 5.0
    total: float = 15.0
    answer: int = ANSWER_LIMIT


@dataclass(frozen=True, kw_only=True)
class Reply:
    """An answer: its status, ``Retry-After`` as it came, and the beginning of its body; ``cut`` when there was more."""

    status: int
    body: bytes
    cut: bool
    retry_after: str | None = None


async def by_system(host: str, port: int) -> list[str]:
    """The addresses that the machine's own resolver gives."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


class Outgoing:
    """Calls to listed addresses; ``ca`` is a file of further certificate authorities."""

    def __init__(
        self,
        allowed: AllowList,
        *,
        resolve: Resolve = by_system,
        limits: Limits | None = None,
        ca: Path | None = None,
    ) -> None:
        self._limits = limits or Limits()
        self._ca = ca
        self._gate = Gate(allowed, resolve, self._limits.connect)

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        context = httpx.create_ssl_context(trust_env=False)
        if self._ca is not None:
            context.load_verify_locations(cafile=self._ca)
        return context

    async def check(self, url: str) -> None:
        """Whether we may send there, as things are now. Raises ``Refused`` or ``NoAnswer``."""
        await self._gate.addresses(outgoing.parse(url))

    async def post(self, url: str, *, content: bytes, headers: Mapping[str, str]) -> Reply:
        """POST once and read the answer. Raises ``Refused`` (before a connection is made) or ``NoAnswer``."""
        return await self.call("POST", url, content=content, headers=headers)

    async def call(self, method: str, url: str, *, content: bytes, headers: Mapping[str, str]) -> Reply:
        """The same by any method."""
        outgoing.parse(url)
        try:
            async with (
                asyncio.timeout(self._limits.total),
                self.client() as client,
                client.stream(method, url, content=content, headers=headers) as response,
            ):
                return await self._read(response)
        except (TimeoutError, httpx.TimeoutException):
            raise NoAnswer(Why.TIMED_OUT) from None
        except httpx.ConnectError as error:
            raise NoAnswer(Why.TLS if _is_tls(error) else Why.UNREACHABLE) from None
        except (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL):
            raise NoAnswer(Why.BROKEN) from None

    @asynccontextmanager
    async def client(self) -> AsyncIterator[httpx.AsyncClient]:
        """A client that can reach nothing but what is listed; for callers that need more than :meth:`post`."""
        inner = httpx.AsyncHTTPTransport(
            verify=self._tls, trust_env=False, retries=0, limits=httpx.Limits(max_keepalive_connections=0)
        )
        async with httpx.AsyncClient(
            transport=_Guarded(inner, self._gate),
            trust_env=False,
            follow_redirects=False,
            timeout=httpx.Timeout(self._limits.total, connect=self._limits.connect),
            headers={"Accept-Encoding": "identity", "User-Agent": "bihuan"},
        ) as client:
            yield client

    async def _read(self, response: httpx.Response) -> Reply:
        reply = Reply(
            status=response.status_code, body=b"", cut=False, retry_after=response.headers.get("Retry-After")
        )
        body = bytearray()
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) > self._limits.answer:
                return replace(reply, body=bytes(body[: self._limits.answer]), cut=True)
        return replace(reply, body=bytes(body))


class Gate:
    """Resolves a destination and lets its addresses pass, all of them or none."""

    def __init__(self, allowed: AllowList, resolve: Resolve, patience: float) -> None:
        self._allowed = allowed
        self._resolve = resolve
        self._patience = patience

    async def addresses(self, to: Destination) -> list[Ip]:
        """Every address of the destination, each allowed. Raises ``Refused`` or ``NoAnswer``."""
        self._allowed.check_name(to)
        found = [to.number] if to.number is not None else await self._ask(to)
        self._allowed.check(to, found, own=[one for one in map(unwrapped, found) if _is_own(one)])
        return [one if one.version == 4 else _dialled(one) for one in found]

    async def _ask(self, to: Destination) -> list[Ip]:
        try:
            async with asyncio.timeout(self._patience):
                answers = await self._resolve(to.host, to.port)
            return [ip_address(answer) for answer in dict.fromkeys(answers)]
        except (OSError, ValueError):
            raise NoAnswer(Why.UNRESOLVED) from None


class _Guarded(httpx.AsyncBaseTransport):
    """Sends a request to the checked addresses of its host, by turns until one lets us connect."""

    def __init__(self, inner: httpx.AsyncHTTPTransport, gate: Gate) -> None:
        self._inner = inner
        self._gate = gate

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        to = outgoing.parse(str(request.url))
        *others, last = await self._gate.addresses(to)
        for address in others:
            try:
                return await self._inner.handle_async_request(_aimed(request, to, address))
            except (httpx.ConnectError, httpx.ConnectTimeout):
                continue
        return await self._inner.handle_async_request(_aimed(request, to, last))

    async def aclose(self) -> None:
        await self._inner.aclose()


def _aimed(request: httpx.Request, to: Destination, address: Ip) -> httpx.Request:
    """The request for one address; ``Host`` was set from the name already, and TLS is told it."""
    return httpx.Request(
        request.method,
        request.url.copy_with(host=str(address)),
        headers=request.headers,
        stream=request.stream,
        extensions=request.extensions | {"sni_hostname": to.host},
    )


def _dialled(address: Ip) -> Ip:
    """What is dialled: a mapped address as the IPv4 that it means; a translated one as it is."""
    mapped = getattr(address, "ipv4_mapped", None)
    return address if mapped is None else mapped


def _is_own(address: Ip) -> bool:
    """Whether it is this machine's: the kernel would send from an address to itself (no packet leaves for asking)."""
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    with socket.socket(family, socket.SOCK_DGRAM) as asked:
        try:
            asked.connect((str(address), 9))
        except OSError:
            return False
        return bool(asked.getsockname()[0] == str(address))


def _is_tls(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False
