"""Channels against real receivers: what they take, what they refuse, and what only looks like success."""

import base64
import hashlib
import hmac
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from standardwebhooks import Webhook as Signature

from adapters.channels import mail
from adapters.channels.posting import Poster
from adapters.channels.robots import DINGTALK, FEISHU, WECOM, Robot
from adapters.channels.webhook import Webhook
from adapters.outgoing import Limits, Outgoing
from domain.delivery.sending import Address, PermanentFailure, TemporaryFailure
from domain.delivery.sending import Outgoing as Letter
from domain.outgoing import AllowList
from tests.delivery import receivers
from tests.delivery.receivers import says

MESSAGE = Letter(
    id="m-1",
    title="逾期：YH-2026-000001",
    text="【逾期】已逾期",
    first_at=datetime.now(UTC),
    at=datetime.now(UTC),
)
SECRET = "whsec_" + base64.b64encode(b"s" * 32).decode()


OUTGOING = Outgoing(AllowList(loopback=True), limits=Limits(total=60))


@pytest.fixture
def poster() -> Poster:
    return Poster(OUTGOING)


async def test_a_robot_that_takes_it_is_a_success(poster: Poster) -> None:
    async with receivers.robot() as robot:
        await Robot(poster, WECOM).send(MESSAGE, Address(to=robot.url))
    assert [call.text for call in robot.read] == [MESSAGE.text]


@pytest.mark.parametrize(
    ("dialect", "body", "rest"),
    [
        (WECOM, b'{"errcode": 45009, "errmsg": "api freq out of limit"}', timedelta(minutes=1)),
        (DINGTALK, b'{"errcode": 130101, "errmsg": "send too fast"}', timedelta(minutes=10)),
        (FEISHU, b'{"code": 11232, "msg": "frequency limited"}', timedelta(minutes=1)),
    ],
)
async def test_a_throttle_behind_status_200_is_a_failure_that_asks_for_a_rest(
    poster: Poster, dialect: object, body: bytes, rest: timedelta
) -> None:
    async with receivers.robot(says(200, body)) as robot:
        with pytest.raises(TemporaryFailure) as failure:
            await Robot(poster, dialect).send(MESSAGE, Address(to=robot.url))  # type: ignore[arg-type]
    assert (failure.value.retry_after, failure.value.ambiguous) == (rest, False)


@pytest.mark.parametrize(
    ("dialect", "body"),
    [
        (WECOM, b'{"errcode": 93000, "errmsg": "invalid webhook url"}'),
        (DINGTALK, b'{"errcode": 310000, "errmsg": "keywords not in content"}'),
        (FEISHU, b'{"code": 19021, "msg": "sign match fail"}'),
    ],
)
async def test_an_error_behind_status_200_that_will_not_pass_is_permanent(
    poster: Poster, dialect: object, body: bytes
) -> None:
    async with receivers.robot(says(200, body)) as robot:
        with pytest.raises(PermanentFailure, match=r"code_\d+"):
            await Robot(poster, dialect).send(MESSAGE, Address(to=robot.url))  # type: ignore[arg-type]


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"errcode": null}', b"{" * 5000, b'{"ok": 1}'])
async def test_an_answer_that_cannot_be_read_may_mean_anything(poster: Poster, body: bytes) -> None:
    async with receivers.robot(says(200, body)) as robot:
        with pytest.raises(TemporaryFailure) as failure:
            await Robot(poster, WECOM).send(MESSAGE, Address(to=robot.url))
    assert failure.value.ambiguous


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (429, TemporaryFailure),
        (500, TemporaryFailure),
        (503, TemporaryFailure),
        (302, PermanentFailure),
        (400, PermanentFailure),
        (404, PermanentFailure),
        (410, PermanentFailure),
    ],
)
async def test_a_status_says_whether_it_is_worth_another_attempt(
    poster: Poster, status: int, kind: type[Exception]
) -> None:
    aside = "Location: http://127.0.0.1:1/", "Retry-After: 7"
    async with receivers.robot(says(status, b"{}", *aside)) as robot:
        with pytest.raises(kind, match=f"http_{status}") as failure:
            await Webhook(poster).send(MESSAGE, Address(to=robot.url, secret=SECRET))
    assert len(robot.calls) == 1
    if isinstance(failure.value, TemporaryFailure):
        assert failure.value.retry_after == timedelta(seconds=7)


async def test_nobody_there_is_a_failure_after_which_it_surely_did_not_arrive(poster: Poster) -> None:
    async with receivers.robot() as robot:
        url = robot.url
    with pytest.raises(TemporaryFailure) as failure:
        await Robot(poster, WECOM).send(MESSAGE, Address(to=url))
    assert (failure.value.code, failure.value.ambiguous) == ("unreachable", False)


async def test_a_receiver_that_hangs_up_may_have_it(poster: Poster) -> None:
    async with receivers.robot(receivers.reset) as robot:
        with pytest.raises(TemporaryFailure) as failure:
            await Robot(poster, WECOM).send(MESSAGE, Address(to=robot.url))
    assert failure.value.ambiguous


async def test_an_answer_of_64_megabytes_is_not_read(poster: Poster) -> None:
    async with receivers.robot(receivers.huge) as robot:
        with pytest.raises(TemporaryFailure, match="answer_unreadable"):
            await Robot(poster, WECOM).send(MESSAGE, Address(to=robot.url))


async def test_dingtalk_and_feishu_are_signed_with_the_robots_secret(poster: Poster) -> None:
    async with receivers.robot(says(200, b'{"errcode": 0, "code": 0}')) as robot:
        await Robot(poster, DINGTALK).send(MESSAGE, Address(to=robot.url + "?access_token=t", secret="SEC1"))
        await Robot(poster, FEISHU).send(MESSAGE, Address(to=robot.url, secret="SEC1"))
    query = parse_qs(urlsplit(robot.calls[0].path).query)
    expected = hmac.new(b"SEC1", f"{query['timestamp'][0]}\nSEC1".encode(), hashlib.sha256).digest()
    assert unquote(query["sign"][0]) == base64.b64encode(expected).decode()
    told = robot.calls[1].told
    key = f"{told['timestamp']}\nSEC1".encode()
    assert told["sign"] == base64.b64encode(hmac.new(key, b"", hashlib.sha256).digest()).decode()


async def test_a_webhook_is_a_signed_cloud_event_under_the_messages_id(poster: Poster) -> None:
    # a receiver takes no signature that is five minutes old, and so long ago these tests may have been collected
    fresh = replace(MESSAGE, at=datetime.now(UTC))
    async with receivers.robot(says(204, b"")) as robot:
        await Webhook(poster).send(fresh, Address(to=robot.url, secret=SECRET))
    call = robot.calls[0]
    event = Signature(SECRET).verify(call.body, call.headers)
    assert (event["id"], call.headers["webhook-id"], event["specversion"]) == ("m-1", "m-1", "1.0")
    assert event["data"]["text"] == MESSAGE.text


async def test_a_mail_carries_the_messages_id_in_every_repeat() -> None:
    with receivers.mailbox() as box:
        sending = mail.Mail(mail.server(box.url))
        for _ in range(2):
            receipt = await sending.send(MESSAGE, Address(to="someone@unit.example"))
    assert {one["Message-ID"] for one in box.mails} == {"<m-1@bihuan.example>"} == {receipt.provider_id}
    assert box.texts("someone@unit.example") == [MESSAGE.text] * 2


@pytest.mark.parametrize(
    ("refusal", "kind"), [("451 try later", TemporaryFailure), ("550 no such mailbox", PermanentFailure)]
)
async def test_a_mail_server_says_whether_it_is_worth_another_attempt(
    refusal: str, kind: type[Exception]
) -> None:
    with receivers.mailbox() as box:
        box.refuse = refusal
        with pytest.raises(kind, match=f"smtp_{refusal[:3]}"):
            await mail.Mail(mail.server(box.url)).send(MESSAGE, Address(to="someone@unit.example"))


async def test_a_mail_server_that_is_not_there_surely_did_not_take_it() -> None:
    with receivers.mailbox() as box:
        url = box.url
    with pytest.raises(TemporaryFailure) as failure:
        await mail.Mail(mail.server(url)).send(MESSAGE, Address(to="someone@unit.example"))
    assert (failure.value.code, failure.value.ambiguous) == ("unreachable", False)


@pytest.mark.parametrize("url", ["", "smtp://host", "ftp://host?from=a@b", "smtp://?from=a@b"])
def test_an_address_of_a_mail_server_that_says_too_little_is_refused_without_quoting_it(url: str) -> None:
    with pytest.raises(ValueError, match="an address of a mail server is"):
        mail.server(url)


async def test_a_mail_that_was_taken_is_a_success_whatever_the_server_says_at_the_end() -> None:
    with receivers.mailbox() as box:
        box.bye = "421 going down"
        await mail.Mail(mail.server(box.url)).send(MESSAGE, Address(to="someone@unit.example"))
    assert len(box.mails) == 1


async def test_a_mail_server_that_refuses_us_is_no_fault_of_the_recipient() -> None:
    with receivers.mailbox() as box:
        box.sender = "550 you may not send"
        with pytest.raises(TemporaryFailure, match="smtp_550"):
            await mail.Mail(mail.server(box.url)).send(MESSAGE, Address(to="someone@unit.example"))


async def test_a_mail_server_that_says_nothing_is_waited_for_no_longer_than_allowed() -> None:
    async with receivers.black_hole() as robot:
        server = mail.server(f"smtp+plain://127.0.0.1:{robot.port}?from=notice@bihuan.example")
        with pytest.raises(TemporaryFailure) as failure:
            await mail.Mail(server, total=0.3).send(MESSAGE, Address(to="someone@unit.example"))
    assert (failure.value.code, failure.value.ambiguous) == ("no_answer", True)
