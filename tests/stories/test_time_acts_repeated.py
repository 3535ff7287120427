"""The acts on time repeated with their key: one change, the first answer again (bar I1)."""

import asyncio
import uuid
from datetime import datetime

import pytest

from tests.harness import World
from tests.stories import loop, ticks
from tests.stories.loop import DEPUTY, HEAD, OFFICE, STAFF


async def _repeated(world: World, person: str, number: str, action: str, **more: str) -> None:
    """The same key and body answers the same once more and changes nothing; another body is refused."""
    path, key = f"/v1/hazards/{number}/actions/{action}", uuid.uuid4().hex
    body = await loop.body(world, person, action, **more)
    answers = await asyncio.gather(*(world.post(person, path, body, key) for _ in range(3)))
    first = next(answer for answer in answers if answer.status_code == 200)
    again = await world.post(person, path, body, key)
    assert (again.status_code, again.headers["idempotency-replayed"]) == (200, "true")
    assert again.json()["seq"] == first.json()["seq"] == (await world.see(number))["seq"]
    changed = "reason" if "reason" in body else "note"
    other = await world.post(person, path, body | {changed: "另一份内容"}, key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused"), action


async def test_acts_on_time_are_done_once_under_one_key(world: World, monday: datetime) -> None:
    number = await loop.to(world, "assigned")
    first, later = (ticks.on(monday, days).date().isoformat() for days in (20, 25))
    for person, action, more in (
        (OFFICE, "pause", {}),
        (DEPUTY, "resume", {}),
        (OFFICE, "defer", {"until": first}),
        (DEPUTY, "resume", {}),
        (STAFF, "extend", {"until": first}),
        (OFFICE, "deny_extension", {}),
        (STAFF, "extend", {"until": later}),
        (DEPUTY, "grant_extension", {}),
    ):
        await _repeated(world, person, number, action, **more)
    done = [line["action"] for line in await loop.timeline(world, number)]
    assert done[3:] == [
        "pause",
        "resume",
        "defer",
        "resume",
        "extend",
        "deny_extension",
        "extend",
        "grant_extension",
    ]


async def test_an_acknowledgement_and_an_answer_are_done_once_under_one_key(
    world: World, monday: datetime
) -> None:
    number = await loop.to(world, "assigned")
    await world.until(ticks.on(monday, 16, "10:00"), number)
    await _repeated(world, STAFF, number, "acknowledge")
    await _repeated(world, HEAD, number, "reply", slip=(await world.see(number))["slips"][0]["serial"])
    done = [line["action"] for line in await loop.timeline(world, number)]
    assert done[-3:] == ["lapse", "acknowledge", "reply"]


@pytest.mark.parametrize(
    ("person", "action"),
    [
        (STAFF, "extend"),
        (OFFICE, "defer"),
        (HEAD, "reply"),
        (STAFF, "acknowledge"),
        (OFFICE, "grant_extension"),
    ],
)
async def test_an_unknown_field_is_refused_by_name(
    world: World, monday: datetime, person: str, action: str
) -> None:
    number = await loop.to(world, "assigned")
    before = await world.see(number)
    until = ticks.on(monday, 20).date().isoformat()
    more = {"until": until} if action in ("extend", "defer") else {}
    more |= {"slip": "DB-2026-000001-01"} if action == "reply" else {}
    status, told = await loop.try_(world, person, number, action, post="deputy", **more)
    assert (status, told["errors"][0]["code"]) == (422, "extra_forbidden")
    assert await world.see(number) == before


async def test_two_decisions_at_once_leave_one(world: World, monday: datetime) -> None:
    number = await loop.to(world, "assigned")
    await loop.do(world, STAFF, number, "extend", until=ticks.on(monday, 25).date().isoformat())
    answers = await asyncio.gather(
        *(world.act(person, number, "grant_extension") for person in (OFFICE, DEPUTY)),
        *(world.act(person, number, "deny_extension", reason="可先行清理") for person in (OFFICE, DEPUTY)),
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    refused = {answer.json()["code"] for answer in answers if answer.status_code == 409}
    assert refused == {"no_extension_pending"}
    (extension,) = (await world.see(number))["extensions"]
    assert extension["decision"] in ("granted", "denied")


async def test_two_posts_that_take_it_in_hand_at_once_leave_one(world: World, monday: datetime) -> None:
    number = await loop.to(world, "assigned")
    await world.until(ticks.on(monday, 17, "09:00"), number)
    answers = await asyncio.gather(
        *(world.act(person, number, "acknowledge") for person in (STAFF, HEAD) for _ in range(2))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    refused = {answer.json()["code"] for answer in answers if answer.status_code == 409}
    assert refused <= {"ladder_rests", "already_acknowledged"}
