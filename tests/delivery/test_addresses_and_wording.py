"""What is configured wrongly is refused where it is configured, and nothing of it is quoted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters import wording
from adapters.channels import addresses
from adapters.outgoing import Outgoing
from adapters.wording import DEFAULT, Part
from domain.delivery import SPECS, ChannelName
from domain.delivery.sending import Address
from domain.errors import Refused
from domain.outgoing import AllowList, listed
from tests.delivery.messages import message

C = ChannelName
WECOM = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=0000"
SECRET = "whsec_" + "c2Vj" * 8


async def _numbers(_host: str, _port: int) -> list[str]:
    return ["203.0.114.7"]


LISTED = ("qyapi.weixin.qq.com", "sink.example")
OUTGOING = Outgoing(AllowList(entries=tuple(map(listed, LISTED))), resolve=_numbers)


@pytest.mark.parametrize(
    ("channel", "to"),
    [
        (C.EMAIL, "a.b@unit.example.cn"),
        (C.SMS, "13912345678"),
        (C.WECOM, WECOM),
        (C.WEBHOOK, "https://sink.example/a"),
    ],
)
async def test_a_good_address_is_kept(channel: ChannelName, to: str) -> None:
    kept = await addresses.checked(channel, Address(to=f" {to} ", secret=SECRET), OUTGOING)
    assert kept.to == to


@pytest.mark.parametrize(
    ("channel", "to"),
    [
        (C.EMAIL, "nobody"),
        (C.EMAIL, "a@b.cn\nBcc: c@d.cn"),
        (C.SMS, "12345"),
        (C.INBOX, "anything"),
        (C.WECOM, "https://evil.example/cgi-bin/webhook/send?key=0"),
        (C.WECOM, WECOM.replace("https", "http")),
        (C.WECOM, WECOM.replace("com/", "com:8443/")),
        (C.WEBHOOK, "https://127.0.0.1/"),
        (C.WEBHOOK, "https://sink.example@127.0.0.1/"),
        (C.WEBHOOK, "ftp://sink.example/"),
        (C.WEBHOOK, "https://[::1"),
        (C.WEBHOOK, "https://sink.example:99999/"),
        (C.WEBHOOK, "https://sink.example/ a"),
    ],
)
async def test_a_bad_address_is_refused_and_not_quoted(channel: ChannelName, to: str) -> None:
    with pytest.raises(Refused) as refusal:
        await addresses.checked(channel, Address(to=to, secret=SECRET), OUTGOING)
    assert to not in str(refusal.value)


async def test_a_host_that_nobody_knows_is_refused_where_it_is_configured() -> None:
    async def nobody(_host: str, _port: int) -> list[str]:
        raise OSError

    away = Outgoing(AllowList(entries=tuple(map(listed, LISTED))), resolve=nobody)
    with pytest.raises(Refused) as refusal:
        await addresses.checked(C.WECOM, Address(to=WECOM), away)
    assert refusal.value.code == "host_unreachable"


async def test_a_webhook_needs_a_secret_that_is_one() -> None:
    with pytest.raises(Refused) as refusal:
        await addresses.checked(C.WEBHOOK, Address(to="https://sink.example/", secret="short"), OUTGOING)
    assert refusal.value.code == "secret_invalid"


@pytest.mark.parametrize(
    ("channel", "to", "shown"),
    [
        (C.SMS, "13912345678", "139****5678"),
        (C.EMAIL, "zhang.san@unit.example", "zh***@unit.example"),
        (C.WECOM, WECOM, "qyapi.weixin.qq.com/…0000"),
    ],
)
def test_an_address_is_shown_masked(channel: ChannelName, to: str, shown: str) -> None:
    assert addresses.masked(channel, Address(to=to)) == shown


def test_the_wording_that_is_delivered_passes_its_own_check() -> None:
    for spec in SPECS.values():
        wording.check(Part.TITLE, DEFAULT.title, spec.bytes)
        wording.check(Part.BODY, DEFAULT.body, spec.bytes)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "template_invalid"),
        ("{{ lines", "template_invalid"),
        ("{{ name }}：{{ lines }}", "template_variable_unknown"),
        ("{{ lines.__class__ }}", "template_invalid"),
        ("{% for i in lines %}{{ lines }}{% endfor %}", "template_invalid"),
        ("{{ 'a' * 1000000000 }}{{ lines }}", "template_invalid"),
        ("{{ lines }}" + "长" * 2000, "template_invalid"),
        ("请登录系统查看", "template_lacks_lines"),
        ("{% if count > 1 %}{{ lines }}{% endif %}", "template_lacks_lines"),
        ("{% if urgent %}{{ lines }}{% endif %}", "template_lacks_lines"),
        ("{% if not resent %}{{ lines }}{% endif %}", "template_lacks_lines"),
        ("{% if kind == '逾期' %}{{ lines }}{% endif %}", "template_lacks_lines"),
        ("示例区民政局安全专项督查领导小组办公室" * 9 + "{{ lines }}", "template_too_long"),
        ("{% if count > 'a' %}{% endif %}{{ lines }}", "template_invalid"),
    ],
)
def test_a_template_that_would_fail_or_say_nothing_is_refused_where_it_is_edited(
    text: str, code: str
) -> None:
    with pytest.raises(Refused) as refusal:
        wording.check(Part.BODY, text, SPECS[ChannelName.SMS].bytes)
    assert refusal.value.code == code


def test_a_title_that_is_silent_of_what_is_not_urgent_is_refused() -> None:
    with pytest.raises(Refused) as refusal:
        wording.check(Part.TITLE, "{% if urgent %}急{% endif %}", SPECS[ChannelName.EMAIL].bytes)
    assert refusal.value.code == "template_invalid"


def test_the_unknown_variable_is_named() -> None:
    with pytest.raises(Refused) as refusal:
        wording.check(Part.BODY, "{{ phone }}{{ lines }}", SPECS[ChannelName.EMAIL].bytes)
    assert refusal.value.details["variables"] == ["phone"]


def test_a_repeat_is_marked() -> None:
    title, text = wording.composed(DEFAULT, (message(),), "短信", 600, resent=True)
    assert (title, text) == ("（重发）逾期：YH-2026-000001", "（重发）【逾期】第1件已逾期")


@given(st.integers(1, 60), st.sampled_from(sorted(SPECS)), st.text(max_size=200))
def test_every_message_keeps_to_the_bytes_of_its_channel(count: int, channel: ChannelName, text: str) -> None:
    bundle = tuple(message(number, text=text) for number in range(count))
    _, body = wording.composed(DEFAULT, bundle, channel.label, SPECS[channel].bytes, resent=True)
    assert len(body.encode()) <= SPECS[channel].bytes
