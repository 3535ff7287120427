"""A text message: worded by a plugin of apprise, sent by our own guard, and its failures told apart."""

from collections.abc import Sequence

import pytest

from adapters.channels import gateway
from adapters.channels.gateway import Gateway, GatewayError
from adapters.channels.posting import Poster
from adapters.outgoing import Limits, Outgoing
from domain.delivery.sending import Address, TemporaryFailure
from domain.outgoing import AllowList, listed
from tests.delivery import receivers
from tests.delivery.receivers import Robot, says
from tests.delivery.test_channels import MESSAGE

MOBILE = Address(to="13912345678")
LOCAL = Outgoing(AllowList(loopback=True), limits=Limits(total=60))
SHORT = Outgoing(AllowList(loopback=True), limits=Limits(total=1))
"""For a gateway that is waited for in vain."""


def _url(robot: Robot, host: str = "127.0.0.1") -> str:
    return f"json://{host}:{robot.port}/sms?:mobile={{mobile}}"


async def _refused(one: Gateway) -> TemporaryFailure:
    with pytest.raises(TemporaryFailure) as failure:
        await one.send(MESSAGE, MOBILE)
    return failure.value


async def test_a_text_goes_through_the_gateway_to_its_number() -> None:
    async with receivers.robot(says(200, b"{}")) as robot:
        await Gateway(_url(robot), Poster(LOCAL)).send(MESSAGE, MOBILE)
    (call,) = robot.calls
    assert (call.told["mobile"], call.told["message"]) == (MOBILE.to, MESSAGE.text)
    assert (call.headers["accept-encoding"], call.headers["user-agent"]) == ("identity", "bihuan")


async def test_a_redirect_of_the_gateway_is_not_followed() -> None:
    async with receivers.robot() as victim, receivers.robot() as robot:
        robot.answer = says(302, b"", f"Location: {victim.url}")
        assert (await _refused(Gateway(_url(robot), Poster(LOCAL)))).code == "http_302"
    assert (len(robot.calls), victim.calls) == (1, [])


@pytest.mark.parametrize(
    ("answer", "code", "ambiguous"),
    [
        (says(401, b"{}"), "http_401", False),
        (says(503, b"{}"), "http_503", False),
        (receivers.reset, "broken", True),
    ],
)
async def test_what_a_gateway_refuses_may_pass_and_what_it_may_have_taken_is_told(
    answer: receivers.Answer, code: str, ambiguous: bool
) -> None:
    async with receivers.robot(answer) as robot:
        failure = await _refused(Gateway(_url(robot), Poster(LOCAL)))
    assert (failure.code, failure.ambiguous) == (code, ambiguous)


async def test_a_gateway_that_says_nothing_may_have_taken_it() -> None:
    async with receivers.black_hole() as robot:
        failure = await _refused(Gateway(_url(robot), Poster(SHORT)))
    assert (failure.code, failure.ambiguous) == ("timed_out", True)


async def test_a_gateway_whose_host_is_not_listed_is_asked_for_nothing() -> None:
    async with receivers.robot(says(200, b"{}")) as robot:
        failure = await _refused(Gateway(_url(robot), Poster(Outgoing(AllowList()))))
    assert (failure.code, robot.calls) == ("address_refused", [])


class _Turncoat:
    """A name service that gives a listed address first, and then one on this machine."""

    def __init__(self) -> None:
        self.asked = 0

    async def __call__(self, _host: str, _port: int) -> Sequence[str]:
        self.asked += 1
        return ["10.99.0.1" if self.asked == 1 else "127.0.0.1"]


async def test_a_name_that_points_to_this_machine_after_it_was_checked_leads_nowhere() -> None:
    async with receivers.robot(says(200, b"{}")) as robot:
        allowed = AllowList(entries=(listed("http://sms.example.cn"),), ports=frozenset({robot.port}))
        turncoat = _Turncoat()
        guard = Outgoing(allowed, resolve=turncoat, limits=Limits(connect=0.3, total=1))
        sending = Gateway(_url(robot, "sms.example.cn"), Poster(guard))
        # dialled is what was checked, not what the name says a moment later
        assert (await _refused(sending)).code in ("timed_out", "unreachable")
        assert turncoat.asked == 1
        assert (await _refused(sending)).code == "address_refused"
    assert robot.calls == []


@pytest.mark.parametrize("url", ["nonsense", "whatever://host/{mobile}", "mailto://u:p@example.cn"])
def test_a_gateway_that_apprise_does_not_know_or_that_goes_other_ways_is_refused(url: str) -> None:
    with pytest.raises(GatewayError):
        gateway.check(url)
