"""Contact points through HTTP: verified by a code before use, refused where they are wrong, and nobody else's business."""

import re
from datetime import timedelta
from typing import Any

import asyncpg
import httpx
import pytest

from domain.delivery import ChannelName
from tests.delivery import receivers
from tests.delivery.office import Office, dispatching
from tests.delivery.receivers import says

ME, MINE, OFFICE = "p-ec01-safety", "person:p-ec01-safety", "p-office"
ADDRESS = "zhang.wei@unit.example"


async def _add(office: Office, who: str = ME, **more: Any) -> httpx.Response:
    body = {"owner": f"person:{who}", "channel": "email", "address": ADDRESS} | more
    return await office.world.post(who, "/v1/contact-points", body)


async def _registered(office: Office, who: str = ME, **more: Any) -> str:
    answer = await _add(office, who, **more)
    assert answer.status_code == 201, answer.text
    point: str = answer.json()["id"]
    return point


async def _do(office: Office, point: str, what: str, body: Any = None, who: str = ME) -> httpx.Response:
    return await office.world.post(who, f"/v1/contact-points/{point}/{what}", body)


def _code(text: str) -> str:
    found = re.search(r"\d{6}", text)
    assert found is not None
    return found[0]


async def test_a_point_is_used_once_its_owner_has_given_the_code_that_came(office: Office) -> None:
    point = await _registered(office)
    assert (await _do(office, point, "test")).json()["code"] == "contact_not_verified"
    assert (await _do(office, point, "code")).status_code == 200
    (text,) = office.box.texts(ADDRESS)
    wrong = {"code": f"{(int(_code(text)) + 1) % 10**6:06d}"}
    assert (await _do(office, point, "verify", wrong)).json()["code"] == "code_wrong"
    verified = await _do(office, point, "verify", {"code": _code(text)})
    assert verified.json()["verified_at"] is not None
    assert (await _do(office, point, "verify", {"code": _code(text)})).json()["code"] == "code_wrong"
    assert (await _do(office, point, "test")).status_code == 200
    async with dispatching(office, ChannelName.EMAIL):
        cases = await office.put("ec01-safety")
        assert await office.settled(cases) == [(MINE, "email", "sent")]
    assert len(office.box.texts(ADDRESS)) == 3


async def test_a_code_is_not_guessed_and_not_asked_for_again_at_once(office: Office) -> None:
    point = await _registered(office)
    await _do(office, point, "code")
    assert (await _do(office, point, "code")).json()["code"] == "code_sent_already"
    right = _code(office.box.texts(ADDRESS)[0])
    for number in range(5):
        guess = f"{(int(right) + 1 + number) % 10**6:06d}"
        assert (await _do(office, point, "verify", {"code": guess})).status_code == 409
    assert (await _do(office, point, "verify", {"code": right})).json()["code"] == "code_wrong"


async def test_a_point_is_not_flooded_with_codes_and_tests(office: Office) -> None:
    point = await _registered(office)
    await _do(office, point, "code")
    verified = await _do(office, point, "verify", {"code": _code(office.box.texts(ADDRESS)[0])})
    assert verified.status_code == 200
    answers = [await _do(office, point, "test") for _ in range(5)]
    assert [one.status_code for one in answers] == [200] * 4 + [429]
    assert answers[-1].json()["code"] == "too_many_tries"
    assert 500 < int(answers[-1].headers["Retry-After"]) <= 601
    await office.wind(timedelta(minutes=11))
    assert (await _do(office, point, "test")).status_code == 200
    assert len(office.box.texts(ADDRESS)) == 6


async def test_an_address_is_sealed_and_never_shown_whole(office: Office) -> None:
    point = await _registered(office)
    listed = await office.world.get(ME, "/v1/contact-points")
    assert [one["address"] for one in listed.json()["items"]] == ["zh***@unit.example"]
    owner = await asyncpg.connect(office.owner_url)
    for table in ("contact_points", "requests"):
        rows = await owner.fetch(f"SELECT t::text AS text FROM {table} AS t")  # noqa: S608
        assert all("zhang.wei" not in row["text"] for row in rows)
    await owner.close()
    assert (await office.contacts.address(point)).to == ADDRESS


@pytest.mark.parametrize(
    ("more", "status", "code"),
    [
        ({"address": "nobody"}, 409, "address_invalid"),
        ({"channel": "sms", "address": "13912345678"}, 409, "channel_not_set_up"),
        ({"channel": "inbox"}, 409, "channel_not_set_up"),
        ({"channel": "wecom", "address": "https://evil.example/x"}, 409, "address_refused"),
        ({"owner": "person:p-ec02-safety"}, 403, "owner_not_yours"),
        ({"owner": "team:team-1"}, 403, "owner_not_yours"),
        ({"owner": "post:office"}, 403, "owner_not_yours"),
        ({"owner": "nobody"}, 422, "invalid_request"),
    ],
)
async def test_what_is_wrong_is_refused_where_it_is_registered(
    office: Office, more: dict[str, str], status: int, code: str
) -> None:
    answer = await _add(office, **more)
    assert answer.status_code == status, answer.text
    assert answer.json()["code"] == code
    assert "evil" not in answer.text


async def test_a_point_that_cannot_be_reached_says_so_when_its_code_is_sent(office: Office) -> None:
    async with receivers.robot(says(200, b'{"errcode": 93000}')) as robot:
        point = await _registered(office, channel="wecom", address=robot.url)
        answer = await _do(office, point, "code")
    assert (answer.status_code, answer.json()["code"]) == (409, "contact_unreachable")
    assert answer.json()["why"] == "code_93000"


async def test_other_peoples_points_do_not_exist_and_robots_of_groups_are_the_offices(office: Office) -> None:
    point = await _registered(office)
    for what, body in (("code", None), ("verify", {"code": "000000"}), ("test", None), ("retire", None)):
        assert (await _do(office, point, what, body, who="p-ec02-safety")).status_code == 404
        assert (await _do(office, point, what, body, who=OFFICE)).status_code == 404
    async with receivers.robot() as robot:
        group = await _registered(office, OFFICE, owner="team:team-1", channel="wecom", address=robot.url)
        assert (await _do(office, group, "code", who=OFFICE)).status_code == 200
    ids = [one["id"] for one in (await office.world.get(OFFICE, "/v1/contact-points")).json()["items"]]
    assert sorted(ids) == sorted([point, group])
    assert (await office.world.get("p-ec02-safety", "/v1/contact-points")).json()["items"] == []


async def test_a_repeat_of_a_registration_gets_its_first_answer(office: Office) -> None:
    body = {"owner": MINE, "channel": "email", "address": ADDRESS}
    first = await office.world.post(ME, "/v1/contact-points", body, "again")
    again = await office.world.post(ME, "/v1/contact-points", body, "again")
    assert (again.status_code, again.json()) == (201, first.json())
    assert (await _add(office)).json()["code"] == "contact_exists"


async def test_what_is_retired_gets_nothing_and_what_waited_takes_the_next_channel(office: Office) -> None:
    point = await office.reach(MINE, ChannelName.EMAIL, ADDRESS)
    async with receivers.robot() as robot:
        await office.reach(MINE, ChannelName.WECOM, robot.url)
        assert (await _do(office, point, "retire")).status_code == 200
        async with dispatching(office, ChannelName.EMAIL, ChannelName.WECOM):
            cases = await office.put("ec01-safety")
            assert await office.settled(cases) == [(MINE, "wecom", "sent")]
    assert office.box.mails == []


async def test_a_point_that_takes_nothing_any_more_is_warned_of_until_it_is_given_up(office: Office) -> None:
    async with receivers.robot(says(200, b'{"errcode": 93000}')) as gone:
        point = await office.reach(MINE, ChannelName.WECOM, gone.url)
        async with dispatching(office, ChannelName.WECOM):
            cases = await office.put("ec01-safety", urgent=True)
            assert await office.settled(cases) == [(MINE, "wecom", "failed")]
    warned = {one["about"]: one["message"] for one in await _warnings(office)}
    assert warned == {point: "ec01安全员示例的企业微信群机器人收不到通知，请核对或停用这一通知渠道"}
    assert (await _do(office, point, "retire")).status_code == 200
    assert await _warnings(office) == []


async def _warnings(office: Office) -> list[dict[str, str]]:
    items = (await office.world.get(OFFICE, "/v1/warnings")).json()["items"]
    return [one for one in items if one["code"] == "contact_not_reached"]


async def test_the_office_sees_what_became_of_each_notice_and_others_do_not(office: Office) -> None:
    await office.reach(MINE, ChannelName.EMAIL, ADDRESS)
    async with dispatching(office, ChannelName.EMAIL):
        cases = await office.put("ec01-safety")
        await office.settled(cases)
    answer = await office.world.get(OFFICE, "/v1/deliveries", case_id=cases[0])
    assert sorted((row["channel"], row["state"]) for row in answer.json()["items"]) == [
        ("email", "sent"),
        ("inbox", "sent"),
    ]
    assert "zhang" not in answer.text
    assert (await office.world.get(ME, "/v1/deliveries")).status_code == 403


async def test_the_office_words_the_messages_and_a_wrong_variable_is_refused(office: Office) -> None:
    await office.reach(MINE, ChannelName.EMAIL, ADDRESS)
    path, part = "/v1/message-templates", {"channel": "email", "part": "body"}
    wrong = part | {"text": "{{ phone }}{{ lines }}", "expected_version": 0}
    refused = await office.world.put(OFFICE, path, wrong)
    assert (refused.status_code, refused.json()["code"]) == (409, "template_variable_unknown")
    right = part | {"text": "示例区民政局提醒：\n{{ lines }}", "expected_version": 0}
    assert (await office.world.put(OFFICE, path, right)).json()["version"] == 1
    assert (await office.world.put(OFFICE, path, right)).json()["code"] == "version_outdated"
    assert (await office.world.put(ME, path, right)).status_code == 403
    inbox = await office.world.put(OFFICE, path, right | {"channel": "inbox"})
    assert (inbox.status_code, inbox.json()["code"]) == (409, "channel_without_template")
    shown = (await office.world.get(OFFICE, "/v1/message-templates")).json()["items"]
    assert [one["version"] for one in shown if (one["channel"], one["part"]) == ("email", "body")] == [1]
    async with dispatching(office, ChannelName.EMAIL):
        await office.settled(await office.put("ec01-safety"))
    assert office.box.texts()[0].startswith("示例区民政局提醒：\n【逾期】")
