"""No number of anybody stands in clear anywhere but in the answer of a reveal: a whole story, and everything it left behind."""

import asyncio
import base64
import json
import re
import subprocess
from collections.abc import AsyncIterator
from urllib.parse import unquote, urlsplit, urlunsplit

import httpx
import pytest
import structlog
from prometheus_client import CollectorRegistry
from pydantic import SecretStr

from adapters.postgres.loading import load
from deploy import postgres
from deploy.devstack import Devstack
from deploy.sample.contacts import contacts
from deploy.sample.district import DISTRICT
from domain.delivery import ChannelName
from services import bootstrap, metrics
from services.api import metering
from tests import harness
from tests.delivery import receivers
from tests.delivery.office import Office, dispatching
from tests.delivery.receivers import Mailbox
from tests.harness import World
from tests.stack import eventually

NUMBERS = [row["mobile"] for row in contacts(DISTRICT) if "mobile" in row]
NEW = "13911112222"
_PAYLOAD = re.compile(r'"data": ?"([A-Za-z0-9+/=]+)"')


def found_in(text: str) -> list[str]:
    return [number for number in (*NUMBERS, NEW) if number in text]


@pytest.fixture
async def world(apart_stack: Devstack) -> AsyncIterator[World]:
    async with harness.world(apart_stack) as running:
        document = {"contacts": contacts(DISTRICT)}
        await load(running.database, document, bootstrap.sealer(running.settings))
        yield running


async def dump(stack: Devstack) -> str:
    parts = urlsplit(postgres.url(stack.data, "postgres", stack.secrets.postgres))
    address = urlunsplit(("postgresql", f"{parts.username}@{parts.netloc.rpartition('@')[2]}", *parts[2:]))
    command = [str(postgres.binaries() / "pg_dump"), f"--dbname={address}"]
    environment = {"PGPASSWORD": unquote(parts.password or ""), "LC_ALL": "C"}
    done = await asyncio.to_thread(
        subprocess.run, command, env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout


async def histories(world: World) -> str:
    told = []
    async for one in world.client.list_workflows(""):
        handle = world.client.get_workflow_handle(one.id, run_id=one.run_id)
        text = (await handle.fetch_history()).to_json()
        told.append(text)
        told += [base64.b64decode(data).decode(errors="replace") for data in _PAYLOAD.findall(text)]
        told.append(json.dumps([one.id, str(one.typed_search_attributes), str(await one.memo())]))
    assert told
    return "\n".join(told)


async def logs(stack: Devstack) -> str:
    def read() -> str:
        return "\n".join(file.read_text(errors="replace") for file in (stack.data / "logs").glob("*.log"))

    return await asyncio.to_thread(read)


async def pages(world: World) -> str:
    """What worker and API show to Prometheus when one text message went to a number and one was refused."""
    registry, cases = CollectorRegistry(), [(await world.report())["id"] for _ in range(2)]
    async with receivers.robot(receivers.says(200, b"{}")) as gateway:
        told = {
            "sms_url": SecretStr(f"json://127.0.0.1:{gateway.port}/sms?:mobile={{mobile}}"),
            "outgoing_loopback": True,
        }
        office = Office(world, world.settings.model_copy(update=told), Mailbox(), "")
        point = await office.reach("person:p-ec01-safety", ChannelName.SMS, NEW)
        async with (
            metrics.served(registry, "127.0.0.1", 0) as of_worker,
            metering.served(office.settings, 0, world.clock, CollectorRegistry()) as of_api,
            dispatching(office, ChannelName.SMS, metrics=registry),
        ):
            await office.put("ec01-safety", urgent=True, cases=cases[:1], number=70)
            await eventually(lambda: _shows(of_worker, 'send_seconds_count{channel="sms"} 1.0'))
            gateway.answer = receivers.says(500, b"")
            await office.put("ec01-safety", urgent=True, cases=cases[1:], number=70)
            await eventually(lambda: _shows(of_worker, 'failures_total{channel="sms"'))
            shown = [await _page(port) for port in (of_worker, of_api)]
        await office.contacts.retire(point, world.clock())
    assert {call.told["mobile"] for call in gateway.calls} == {NEW}
    assert all('channel="sms"' in page for page in shown)
    return "\n".join(shown)


async def _page(port: int) -> str:
    async with httpx.AsyncClient(trust_env=False) as http:
        return (await http.get(f"http://127.0.0.1:{port}/metrics")).text


async def _shows(port: int, line: str) -> bool:
    return line in await _page(port)


async def told(world: World) -> tuple[list[str], int]:
    """The whole story: a report, acts, notices, numbers looked at, set, refused; gives every answer but those of reveals."""
    answers: list[str] = []
    case = await world.report()
    for person, path in (
        ("p-office", "/v1/contacts"),
        ("p-ec01-head", "/v1/people/p-ec01-safety/contact"),
        ("p-office", f"/v1/hazards/{case['id']}"),
        ("p-ec01-safety", "/v1/me/notices"),
        ("p-ec01-safety", "/v1/me"),
        ("p-office", "/v1/posts"),
        ("p-oversight", "/v1/audit/access"),
    ):
        response = await world.get(person, path)
        assert response.status_code == 200, response.text
        answers.append(response.text)
    address = "/v1/people/p-ec01-safety/contact"
    for body in (
        {"mobile": NEW, "expected_version": 7},
        {"mobile": NUMBERS[0], "expected_version": 1},
        {"mobile": f"{NEW}9", "expected_version": 1},
        {"mobile": NEW, "expected_version": 1, "more": NEW},
        {"mobile": NEW, "expected_version": NEW},
        {"mobile": NEW, "expected_version": 1},
    ):
        response = await world.put("p-ec01-head", address, body)
        answers.append(response.text)
    assert response.status_code == 200, response.text
    answers.append((await world.post("p-office", f"{address}/reveal", {"reason": f"打{NEW}"})).text)
    answers.append((await world.get("p-office", f"/v1/people/{NEW}/contact")).text)
    answers.append((await world.get("p-office", "/v1/contacts", cursor=NEW)).text)
    revealed = await world.post("p-office", f"{address}/reveal", {"reason": "通知值班"})
    assert revealed.json()["mobile"] == NEW
    return answers, len(answers)


async def test_after_a_whole_story_no_number_stands_in_clear_anywhere(
    world: World, apart_stack: Devstack, capfd: pytest.CaptureFixture[str]
) -> None:
    with structlog.testing.capture_logs() as kept:
        answers, count = await told(world)
        shown = await pages(world)
    assert count > 10
    places = {
        "answers": "\n".join(answers),
        "pages of metrics": shown,
        "database": await dump(apart_stack),
        "histories": await histories(world),
        "logs of the servers": await logs(apart_stack),
        "log of the API": json.dumps(kept, default=str) + "".join(capfd.readouterr()),
    }
    assert {where: found_in(text) for where, text in places.items() if found_in(text)} == {}


async def test_a_number_that_is_planted_is_found(world: World, apart_stack: Devstack) -> None:
    body = {"unit_id": "ec01", "place": "门卫室", "category": "fire", "description": "灭火器过期"}
    # the one word of a client's that goes everywhere unread: the key of the request
    key = f"planted-{NUMBERS[0]}"
    reported = await world.post("p-team1a", "/v1/hazards", body, key)
    assert reported.status_code == 201, reported.text
    photo = await world.cite("p-team1a", "before_photo")
    await world.must("p-team1a", reported.json()["id"], "confirm", evidence=photo)
    assert NUMBERS[0] in await dump(apart_stack)
    assert NUMBERS[0] in await histories(world)


async def test_where_something_is_may_not_be_told_by_a_number(world: World) -> None:
    body = {
        "unit_id": "ec01",
        "place": f"门卫室{NUMBERS[0]}",
        "category": "fire",
        "description": "灭火器过期",
    }
    response = await world.post("p-team1a", "/v1/hazards", body)
    assert response.status_code == 422
    assert [(one["field"], one["code"]) for one in response.json()["errors"]] == [
        ("body.place", "number_in_text")
    ]
    assert not found_in(response.text)


async def test_what_is_told_of_a_case_may_hold_no_number(world: World) -> None:
    case = await world.report()
    response = await world.act(
        "p-team1a", case["id"], "note", note=f"联系{NUMBERS[0][:3]} {NUMBERS[0][3:7]} {NUMBERS[0][7:]}"
    )
    assert response.status_code == 422
    assert [one["code"] for one in response.json()["errors"]] == ["number_in_text"]
    assert not found_in(response.text)
