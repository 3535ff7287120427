"""Calls to real receivers: bounded in time and size, to the checked address only, by the name that was meant."""

import asyncio
import ssl
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import psutil
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from adapters.outgoing import Limits, NoAnswer, Outgoing, Resolve, Why, by_system
from domain.addresses import Reason
from domain.errors import Refused
from domain.outgoing import AllowList, listed
from tests.outgoing import receiver
from tests.outgoing.receiver import receiving, status

PATIENT = Limits(connect=20, total=60)
SHORT = Limits(connect=0.5, total=1.5)
"""For receivers that are waited for in vain."""


def guard(
    *lines: str,
    ports: Sequence[int] = (),
    local: bool = True,
    resolve: Resolve = by_system,
    ca: Path | None = None,
    limits: Limits = PATIENT,
) -> Outgoing:
    allowed = AllowList(entries=tuple(listed(line) for line in lines), ports=frozenset(ports), loopback=local)
    return Outgoing(allowed, resolve=resolve, limits=limits, ca=ca)


async def why(outgoing: Outgoing, url: str) -> Why:
    with pytest.raises(NoAnswer) as told:
        await outgoing.post(url, content=b"{}", headers={})
    return told.value.why


async def reason(outgoing: Outgoing, url: str) -> str:
    with pytest.raises(Refused) as told:
        await outgoing.post(url, content=b"{}", headers={})
    return str(told.value.details["reason"])


async def test_what_is_sent_arrives_and_the_answer_comes_back() -> None:
    async with receiving(status(202, body=b"ok", Retry_After="7")) as there:
        reply = await guard().post(there.url("/hook?a=b"), content=b'{"a":1}', headers={"X-Own": "1"})
        assert (reply.status, reply.body, reply.cut, reply.retry_after) == (202, b"ok", False, "7")
        (came,) = there.requests
        assert came.line == "POST /hook?a=b HTTP/1.1"
        assert came.body == b'{"a":1}'
        assert came.headers["host"] == f"127.0.0.1:{there.port}"
        assert came.headers["x-own"] == "1"


async def test_a_redirect_to_this_machine_is_an_answer_and_not_followed() -> None:
    async with receiving() as victim, receiving(status(302, Location=victim.url("/terminate"))) as there:
        reply = await guard().post(there.url(), content=b"{}", headers={})
        assert reply.status == 302
        assert victim.connections == 0


async def test_a_body_without_end_is_read_to_the_limit_and_left() -> None:
    async with receiving(receiver.endless) as there:
        reply = await guard().post(there.url(), content=b"{}", headers={})
        assert (reply.status, len(reply.body), reply.cut) == (200, 65536, True)


async def test_a_compressed_body_is_not_unpacked() -> None:
    async with receiving(status(200, body=b"\x1f\x8b bomb", Content_Encoding="gzip")) as there:
        reply = await guard().post(there.url(), content=b"{}", headers={})
        assert reply.body == b"\x1f\x8b bomb"
        assert there.requests[0].headers["accept-encoding"] == "identity"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (receiver.never, Why.TIMED_OUT),
        (receiver.drip(0.2), Why.TIMED_OUT),
        (receiver.garbage, Why.BROKEN),
        (receiver.hang_up, Why.BROKEN),
        (receiver.endless_head, Why.BROKEN),
    ],
)
async def test_a_receiver_that_misbehaves_costs_bounded_time(
    answer: receiver.Answerer, expected: Why
) -> None:
    limits = SHORT if expected is Why.TIMED_OUT else PATIENT
    async with receiving(answer) as there:
        began = time.monotonic()
        assert await why(guard(limits=limits), there.url()) is expected
        assert time.monotonic() - began < SHORT.total + 10


async def test_nobody_there_is_unreachable() -> None:
    async with receiving() as there:
        url = there.url()
    assert await why(guard(), url) is Why.UNREACHABLE


async def test_a_name_that_does_not_resolve_or_not_in_time_is_unresolved() -> None:
    async def fails(_host: str, _port: int) -> Sequence[str]:
        raise OSError

    async def hangs(_host: str, _port: int) -> Sequence[str]:
        await asyncio.Event().wait()
        return ()

    for resolve in (fails, hangs):
        outgoing = guard("a.test", resolve=resolve, limits=SHORT)
        assert await why(outgoing, "https://a.test/") is Why.UNRESOLVED


async def test_a_name_that_rebinds_is_resolved_once_a_call_and_never_reaches_this_machine() -> None:
    answers, asked = iter(["203.0.113.9", "127.0.0.1"]), []

    async def rebinding(host: str, _port: int) -> Sequence[str]:
        asked.append(host)
        return [next(answers)]

    async with receiving() as victim:
        outgoing = guard(
            "http://rebind.test", ports=[victim.port], local=False, resolve=rebinding, limits=SHORT
        )
        # the first answer was checked, and it is where the connection goes: nobody is there
        assert await why(outgoing, victim.url(host="rebind.test")) in {Why.UNREACHABLE, Why.TIMED_OUT}
        assert asked == ["rebind.test"]
        assert await reason(outgoing, victim.url(host="rebind.test")) == Reason.LOOPBACK
        assert victim.connections == 0


async def test_the_next_address_of_a_name_is_tried_when_one_does_not_answer() -> None:
    async def two(_host: str, _port: int) -> Sequence[str]:
        return ["127.0.0.2", "127.0.0.1"]

    async with receiving() as there:
        reply = await guard(resolve=two).post(there.url(host="localhost"), content=b"{}", headers={})
        assert reply.status == 200
        assert there.requests[0].headers["host"] == f"localhost:{there.port}"


async def test_this_machine_is_refused_under_every_address_it_has() -> None:
    found = [
        one.address for card in psutil.net_if_addrs().values() for one in card if one.family.name == "AF_INET"
    ]
    own = [address for address in found if not ip_address(address).is_loopback]
    for address in own:
        outgoing = guard("http://0.0.0.0/0", "http://self.test", local=False)
        assert await reason(outgoing, f"http://{address}/") == Reason.OWN_ADDRESS


async def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    async with receiving() as proxy, receiving() as there:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        assert (await guard().post(there.url(), content=b"{}", headers={})).status == 200
        assert proxy.connections == 0


def certificate(folder: Path, name: str) -> tuple[Path, ssl.SSLContext]:
    """A certificate of our own for one name, and a server that shows it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    public, private = folder / f"{name}.crt", folder / f"{name}.key"
    public.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    private.write_bytes(key.private_bytes(*form))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(public, private)
    return public, server


async def test_the_connection_goes_to_the_number_and_tls_and_host_by_the_name(tmp_path: Path) -> None:
    ca, tls = certificate(tmp_path, "localhost")
    names: list[str | None] = []
    tls.sni_callback = lambda _socket, name, _context: names.append(name)
    async with receiving(tls=tls) as there:
        url = there.url(scheme="https", host="localhost")
        reply = await guard(ca=ca).post(url, content=b"{}", headers={})
        assert reply.status == 200
        assert names == ["localhost"]
        assert there.requests[0].headers["host"] == f"localhost:{there.port}"


async def test_a_certificate_of_another_name_or_of_nobody_we_know_is_refused(tmp_path: Path) -> None:
    ca, tls = certificate(tmp_path, "other.test")
    async with receiving(tls=tls) as there:
        url = there.url(scheme="https", host="localhost")
        assert await why(guard(ca=ca), url) is Why.TLS
        assert await why(guard(), url) is Why.TLS
        assert there.requests == []
