"""What people have tried to make a server call for them: none of it leaves, whatever the allow-list says."""

from collections.abc import Sequence

import pytest

from adapters.outgoing import Outgoing
from domain.addresses import Reason
from domain.errors import Refused
from domain.outgoing import AllowList, listed
from tests.outgoing.receiver import receiving

ENTRIES = (
    "*.example.cn",
    "hooks.example.cn",
    "http://10.20.0.0/16",
    "203.0.113.0/24",
    "fd12::/16",
    "198.51.100.7",
)
WIDE = ("http://0.0.0.0/0", "http://::/0", "http://*.example.cn", "http://localhost")
"""The most careless list that can be written."""

NUMBERS = [
    ("https://127.0.0.1/", Reason.LOOPBACK),
    ("https://127.1.2.3/", Reason.LOOPBACK),
    ("http://127.0.0.1:80/", Reason.LOOPBACK),
    ("https://0.0.0.0/", Reason.UNSPECIFIED),
    ("https://0.1.2.3/", Reason.UNSPECIFIED),
    ("https://[::]/", Reason.UNSPECIFIED),
    ("https://[::1]/", Reason.LOOPBACK),
    ("https://[0:0:0:0:0:0:0:1]/", Reason.LOOPBACK),
    ("https://[::ffff:127.0.0.1]/", Reason.LOOPBACK),
    ("https://[::ffff:7f00:1]/", Reason.LOOPBACK),
    ("https://[0:0:0:0:0:ffff:7f00:0001]/", Reason.LOOPBACK),
    ("https://[::127.0.0.1]/", Reason.EMBEDDED),
    ("https://[::7f00:1]/", Reason.EMBEDDED),
    ("https://[::ffff:0:7f00:1]/", Reason.EMBEDDED),
    ("https://[64:ff9b::7f00:1]/", Reason.LOOPBACK),
    ("https://[64:ff9b::127.0.0.1]/", Reason.LOOPBACK),
    ("https://[64:ff9b::a9fe:a9fe]/", Reason.METADATA),
    ("https://[64:ff9b:1::7f00:1]/", Reason.EMBEDDED),
    ("https://[2002:7f00:1::]/", Reason.EMBEDDED),
    ("https://[2002:a9fe:a9fe::1]/", Reason.EMBEDDED),
    ("https://[2001:0:7f00:1::]/", Reason.EMBEDDED),
    ("https://[fd12::5efe:7f00:1]/", Reason.EMBEDDED),
    ("https://[fd12::200:5efe:7f00:1]/", Reason.EMBEDDED),
    ("https://[fe80::1]/", Reason.LINK_LOCAL),
    ("https://[fec0::1]/", Reason.LINK_LOCAL),
    ("https://[ff02::1]/", Reason.MULTICAST),
    ("https://[fd00:ec2::254]/", Reason.METADATA),
    ("https://[fd20:ce::254]/", Reason.METADATA),
    ("https://[::ffff:169.254.169.254]/", Reason.METADATA),
    ("http://169.254.169.254/latest/meta-data/", Reason.METADATA),
    ("http://169.254.170.2/v2/credentials", Reason.METADATA),
    ("http://169.254.0.23/latest/meta-data/", Reason.METADATA),
    ("http://100.100.100.200/latest/meta-data/", Reason.METADATA),
    ("http://168.63.129.16/machine", Reason.METADATA),
    ("http://192.0.0.192/latest/", Reason.METADATA),
    ("https://169.254.1.1/", Reason.LINK_LOCAL),
    ("https://224.0.0.1/", Reason.MULTICAST),
    ("https://239.255.255.250/", Reason.MULTICAST),
    ("https://240.0.0.1/", Reason.RESERVED),
    ("https://255.255.255.255/", Reason.RESERVED),
]
WRITTEN_ODDLY = [
    ("https://2130706433/", Reason.NUMBER),
    ("https://0x7f000001/", Reason.NUMBER),
    ("https://0x7f.0.0.1/", Reason.NUMBER),
    ("https://0177.0.0.1/", Reason.NUMBER),
    ("https://017700000001/", Reason.NUMBER),
    ("https://127.1/", Reason.NUMBER),
    ("https://127.0.1/", Reason.NUMBER),
    ("https://0/", Reason.NUMBER),
    ("https://127.0.0.001/", Reason.NUMBER),
    ("https://127.0.0.0x1/", Reason.NUMBER),
    ("https://127.0.0.1./", Reason.MALFORMED),
    ("https://1２7.0.0.1/", Reason.MALFORMED),
    ("https://①②⑦.0.0.1/", Reason.MALFORMED),
    ("https://127。0。0。1/", Reason.MALFORMED),
    ("https://[::1%25lo]/", Reason.MALFORMED),
    ("https://[fe80::1%25eth0]/", Reason.MALFORMED),
    ("https://[127.0.0.1]/", Reason.MALFORMED),
    ("https://[::1/", Reason.MALFORMED),
    ("https://hooks.example.cn%2f@127.0.0.1/", Reason.USERINFO),
    ("https://hooks.example.cn@127.0.0.1/", Reason.USERINFO),
    ("https://user:word@hooks.example.cn/", Reason.USERINFO),
    ("https://@127.0.0.1/", Reason.USERINFO),
    ("https://127.0.0.1:443@hooks.example.cn/", Reason.USERINFO),
    ("https://127.0.0.1\\@hooks.example.cn/", Reason.MALFORMED),
    ("https://hooks.example.cn\\.evil.test/", Reason.MALFORMED),
    ("https://127.0.0.1#@hooks.example.cn/", Reason.MALFORMED),
    ("https://hooks.example.cn#fragment", Reason.MALFORMED),
    ("https://127.0.0.1%00.hooks.example.cn/", Reason.MALFORMED),
    ("https://hooks.example.cn /", Reason.MALFORMED),
    ("https://hooks.example.cn/\r\nHost: evil.test", Reason.MALFORMED),
    ("https://hooks\t.example.cn/", Reason.MALFORMED),
    ("\thttps://hooks.example.cn/", Reason.MALFORMED),
    ("https:///127.0.0.1/", Reason.MALFORMED),
    ("https:127.0.0.1", Reason.MALFORMED),
    ("//127.0.0.1/", Reason.MALFORMED),
    ("127.0.0.1", Reason.MALFORMED),
    ("", Reason.MALFORMED),
    ("https://.example.cn/", Reason.MALFORMED),
    ("https://hooks..example.cn/", Reason.MALFORMED),
    ("https://" + "a" * 64 + ".example.cn/", Reason.MALFORMED),
    ("https://hooks.example.cn/" + "a" * 2000, Reason.MALFORMED),
    ("https://hooks.example.cn:99999/", Reason.MALFORMED),
    ("https://hooks.example.cn:0/", Reason.MALFORMED),
    ("https://hooks.example.cn:-443/", Reason.MALFORMED),
    ("gopher://127.0.0.1:5432/_x", Reason.SCHEME),
    ("file:///etc/passwd", Reason.SCHEME),
    ("ftp://hooks.example.cn/", Reason.SCHEME),
    ("dict://127.0.0.1:11211/stats", Reason.SCHEME),
    ("unix:///run/postgresql/.s.PGSQL.5432", Reason.SCHEME),
    ("javascript:alert(1)", Reason.SCHEME),
]
PORTS = [
    ("https://203.0.113.9:5432/", Reason.OWN_PORT),
    ("http://127.0.0.1:7233/", Reason.OWN_PORT),
    ("http://10.20.0.1:8233/api/v1/namespaces/default/workflows/YH-2026-000001/terminate", Reason.OWN_PORT),
    ("https://hooks.example.cn:8000/", Reason.OWN_PORT),
    ("https://hooks.example.cn:22/", Reason.PORT),
    ("https://hooks.example.cn:6379/", Reason.PORT),
    ("https://hooks.example.cn:8444/", Reason.PORT),
]
ANSWERS: list[tuple[str, Sequence[str], Reason]] = [
    ("https://hooks.example.cn/", ["127.0.0.1"], Reason.LOOPBACK),
    ("https://hooks.example.cn/", ["203.0.113.9", "127.0.0.1"], Reason.LOOPBACK),
    ("https://hooks.example.cn/", ["203.0.113.9", "::1"], Reason.LOOPBACK),
    ("https://hooks.example.cn/", ["::ffff:127.0.0.1"], Reason.LOOPBACK),
    ("https://hooks.example.cn/", ["64:ff9b::7f00:1"], Reason.LOOPBACK),
    ("https://hooks.example.cn/", ["2002:7f00:1::"], Reason.EMBEDDED),
    ("https://hooks.example.cn/", ["fe80::1%eth0"], Reason.LINK_LOCAL),
    ("https://hooks.example.cn/", ["169.254.169.254"], Reason.METADATA),
    ("https://hooks.example.cn/", ["100.100.100.200"], Reason.METADATA),
    ("https://hooks.example.cn/", ["0.0.0.0"], Reason.UNSPECIFIED),  # noqa: S104 - nothing is bound
    ("https://hooks.example.cn/", [], Reason.NOT_LISTED),
    ("https://a.example.cn/", ["224.0.0.1"], Reason.MULTICAST),
    ("https://localhost/", ["127.0.0.1"], Reason.LOOPBACK),
    ("https://127.0.0.1.nip.test/", ["127.0.0.1"], Reason.LOOPBACK),
    ("https://evil.test/", ["203.0.113.9", "192.0.2.1"], Reason.NOT_LISTED),
    ("https://evil.test/", ["192.0.2.1"], Reason.NOT_LISTED),
    ("https://evilexample.cn/", ["192.0.2.1"], Reason.NOT_LISTED),
    ("https://example.cn/", ["192.0.2.1"], Reason.NOT_LISTED),
    ("https://hooks.example.cn.evil.test/", ["192.0.2.1"], Reason.NOT_LISTED),
    ("https://192.0.2.1/", [], Reason.NOT_LISTED),
    ("https://198.51.100.8/", [], Reason.NOT_LISTED),
    ("http://hooks.example.cn/", ["192.0.2.1"], Reason.SCHEME),
    ("http://203.0.113.9/", [], Reason.SCHEME),
]


def guard(entries: Sequence[str], answers: Sequence[str] = (), *ports: int) -> Outgoing:
    async def resolve(_host: str, _port: int) -> Sequence[str]:
        return answers

    allowed = AllowList(
        entries=tuple(listed(line) for line in entries),
        ports=frozenset({8443, *ports}),
        own_ports=frozenset({5432, 7233, 8233, 8000}),
    )
    return Outgoing(allowed, resolve=resolve)


async def refusal(outgoing: Outgoing, url: str) -> str:
    with pytest.raises(Refused) as told:
        await outgoing.post(url, content=b"{}", headers={})
    assert told.value.code == "address_refused"
    assert url == "" or url not in str(told.value)
    return str(told.value.details["reason"])


def test_there_are_at_least_sixty_vectors() -> None:
    assert len({url for url, _ in NUMBERS + WRITTEN_ODDLY + PORTS}) + len(ANSWERS) >= 60


@pytest.mark.parametrize(("url", "reason"), NUMBERS)
async def test_a_number_that_nobody_may_list_is_refused_with_every_list(url: str, reason: Reason) -> None:
    for entries in (ENTRIES, WIDE):
        assert await refusal(guard(entries), url) == reason


@pytest.mark.parametrize(("url", "reason"), WRITTEN_ODDLY)
async def test_what_two_readers_could_read_differently_is_refused(url: str, reason: Reason) -> None:
    for entries in (ENTRIES, WIDE):
        assert await refusal(guard(entries, ["203.0.113.9"]), url) == reason


@pytest.mark.parametrize(("url", "reason"), PORTS)
async def test_only_usual_and_listed_ports_and_never_our_own(url: str, reason: Reason) -> None:
    assert await refusal(guard((*ENTRIES, *WIDE), ["203.0.113.9"], 5432, 7233), url) == reason


@pytest.mark.parametrize(("url", "answers", "reason"), ANSWERS)
async def test_every_address_of_a_name_counts(url: str, answers: Sequence[str], reason: Reason) -> None:
    assert await refusal(guard(ENTRIES, answers), url) == reason


@pytest.mark.parametrize(
    ("url", "answers"),
    [
        ("https://hooks.example.cn/a?b=c&d=%E4%B8%AD", ["192.0.2.1", "2001:db8::1"]),
        ("HTTPS://Hooks.Example.CN/", ["10.20.30.40"]),
        ("https://deep.down.example.cn:8443/", ["192.0.2.1"]),
        ("https://elsewhere.test/", ["203.0.113.9", "fd12::1"]),
        ("https://mapped.test/", ["::ffff:203.0.113.9"]),
        ("https://translated.test/", ["64:ff9b::cb00:7109"]),
        ("http://10.20.0.1/", []),
        ("https://198.51.100.7/", []),
        ("https://[fd12::1]:8443/x@y", []),
    ],
)
async def test_what_is_listed_passes(url: str, answers: Sequence[str]) -> None:
    await guard(ENTRIES, answers).check(url)


async def test_nothing_passes_an_empty_list() -> None:
    assert await refusal(guard(()), "https://hooks.example.cn/") == Reason.NOT_LISTED


async def test_no_vector_reaches_a_victim_on_this_machine() -> None:
    async with receiving() as victim:
        outgoing = guard((*ENTRIES, *WIDE), ["127.0.0.1"], victim.port)
        hosts = [
            url.split("/")[2] for url, _ in NUMBERS + WRITTEN_ODDLY if url.startswith("http") and "//" in url
        ]
        for host in [*hosts, "localhost", "hooks.example.cn"]:
            await refusal(outgoing, f"http://{host.removesuffix(':80')}:{victim.port}/")
        assert victim.connections == 0


@pytest.mark.parametrize(
    "line", ["", "*", "*.", "https://a.cn", "a.cn/path", "a.cn:443", "10.0.0.1/8", "1.2.3", "a b", "中国.cn"]
)
def test_a_line_of_the_list_that_means_nothing_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="an entry is"):
        listed(line)
