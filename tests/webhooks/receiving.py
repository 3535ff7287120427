"""What a receiver and an administrator of subscriptions do."""

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any, Final

from standardwebhooks.webhooks import Webhook

from tests.harness import Json, World
from tests.outgoing.receiver import Answerer, Receiver, Request, receiving
from tests.stack import free_ports
from workflows import webhook

OFFICE: Final = "p-office"


def free_port() -> int:
    """A port on which nobody listens, until a test does."""
    (port,) = free_ports(1)
    return port


async def subscribe(world: World, url: str, **more: Any) -> Json:
    body = {"name": "测试平台", "url": url, "kinds": ["hazard"]} | more
    answer = await world.post(OFFICE, "/v1/webhooks", body)
    assert answer.status_code == 201, answer.text
    made: Json = answer.json()
    return made


@asynccontextmanager
async def subscribed(world: World, url: str, **more: Any) -> AsyncIterator[Json]:
    """A subscription that is removed at the end, so that it hears nothing of other tests."""
    made = await subscribe(world, url, **more)
    try:
        yield made
    finally:
        assert (await do(world, made, "remove")).status_code == 200


async def do(world: World, hook: Json, action: str, **body: Any) -> Any:
    return await world.post(OFFICE, f"/v1/webhooks/{hook['id']}/{action}", body or None)


async def standing(world: World, hook: Json) -> Json:
    answer = await world.get(OFFICE, f"/v1/webhooks/{hook['id']}")
    assert answer.status_code == 200, answer.text
    seen: Json = answer.json()
    return seen


async def log(world: World, hook: Json, **filters: Any) -> list[Json]:
    """Every delivery, the oldest first."""
    found: list[Json] = []
    cursor: dict[str, str] = {}
    while True:
        answer = await world.get(OFFICE, f"/v1/webhooks/{hook['id']}/deliveries", **filters, **cursor)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        found += page["items"]
        if page["next"] is None:
            return found[::-1]
        cursor = {"cursor": page["next"]}


async def told(world: World, count: int, steps: int) -> dict[str, list[str]]:
    """So many cases with so many steps each, written by turns; the ids of their events, by case."""
    cases = [(await world.report())["id"] for _ in range(count)]
    for nth in range(steps - 1):
        for case in cases:
            await world.must(OFFICE, case, "note", note=f"第{nth}次反馈")
    return {case: [f"{case}.{seq}" for seq in range(1, steps + 1)] for case in cases}


def by_case(requests: Iterable[Request]) -> dict[str, list[str]]:
    """The message ids that came, by case and in the order in which they came."""
    found = defaultdict(list)
    for one in requests:
        found[subject_of(one)].append(one.headers["webhook-id"])
    return dict(found)


def subject_of(request: Request) -> str:
    return str(json.loads(request.body)["subject"])


def check_signatures(hook: Json, requests: Iterable[Request]) -> None:
    """Every message as a receiver's library sees it. Raises what the library raises."""
    for one in requests:
        body = Webhook(hook["secret"]).verify(one.body, one.headers)
        assert body["id"] == one.headers["webhook-id"]


def only(subjects: Iterable[str], answer: Answerer, otherwise: Answerer) -> Answerer:
    """Answer so for these cases, and otherwise for all others."""
    known = set(subjects)

    async def either(request: Request, writer: asyncio.StreamWriter) -> None:
        await (answer if subject_of(request) in known else otherwise)(request, writer)

    return either


async def pass_time(world: World, hook: Json, ahead: timedelta) -> datetime:
    """Let time pass for a subscription; gives its time then."""
    handle = world.client.get_workflow_handle(webhook.workflow_id(hook["id"]))
    async with asyncio.timeout(90):
        await world.skipper.fast_forward(handle, ahead)
    return await world.skipper.get_current_time(handle)


async def until(world: World, hook: Json, **wanted: Any) -> Json:
    """Wait until a subscription stands so."""
    async with asyncio.timeout(90):
        while True:
            seen = await standing(world, hook)
            if all(seen[name] == value for name, value in wanted.items()):
                return seen
            await asyncio.sleep(0.1)


__all__ = ["Receiver", "receiving"]


async def warned(world: World, hook: Json) -> dict[str, str]:
    """What is warned of about a subscription, by code."""
    answer = await world.get(OFFICE, "/v1/warnings")
    assert answer.status_code == 200, answer.text
    body = answer.json()
    items = body["items"] if isinstance(body, dict) else body
    return {one["code"]: one["message"] for one in items if one["about"] == hook["id"]}
