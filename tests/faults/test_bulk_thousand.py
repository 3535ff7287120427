"""Bar A5 at its full size: one act on a thousand hazards of real processes, with the API killed in the middle of it."""

import asyncio
import time
from functools import partial
from typing import Final

import httpx
import psutil

from services.api.routers import bulk
from tests.api.live import Json, Live
from tests.faults import cases
from tests.harness import World
from tests.stack import eventually

DONE: Final = 980
BARE: Final = 15
"""Items without the photo that confirming them needs: they are skipped."""

UNKNOWN: Final = 5
AT_ONCE: Final = 6

ACTS: Final = """
SELECT case_id, count(*) AS acts FROM changes WHERE action = 'confirm' AND case_id = ANY ($1) GROUP BY case_id
"""
TOLD: Final = "SELECT kind, post_id, text FROM notices WHERE case_id = ANY ($1) AND seq = 2 ORDER BY post_id"
CONFIRMED: Final = "SELECT count(*) FROM hazards WHERE id = ANY ($1) AND stage = 'confirmed'"


async def _reported(live: Live, name: str, count: int, *kinds: str) -> list[str]:
    evidence = [{"file_id": await live.upload(cases.FINDER), "kind": kind} for kind in kinds]
    room = asyncio.Semaphore(AT_ONCE)

    async def one(key: str) -> str | None:
        answer = await live.report(key=key, place=key, evidence=evidence)
        assert answer.status_code in (200, 201, 202, 503), answer.text
        return None if answer.status_code == 503 else str(answer.json()["id"])

    async def until_there(key: str) -> str:
        async with room:
            return await eventually(partial(one, key))

    return list(await asyncio.gather(*(until_there(f"{name}-{n}") for n in range(count))))


async def _confirm(live: Live, hazards: list[str]) -> httpx.Response:
    body = {"hazards": hazards, "act": {"level": "general"}}
    return await live.http.post(
        "/v1/hazards/bulk/confirm",
        headers=live.headers(cases.FINDER, "bulk-thousand"),
        json=body,
        timeout=bulk.PATIENCE + 10,
    )


async def _killed_in_the_middle(live: Live, world: World, hazards: list[str]) -> None:
    """Begin the bulk, and kill the API when a part of it is done."""
    sent = asyncio.create_task(_confirm(live, hazards))

    async def begun() -> bool:
        async with world.database.connection() as connection:
            return bool(await connection.fetchval(CONFIRMED, hazards) > 40)

    await eventually(begun)
    psutil.Process(live.child("api").pid).kill()
    (broken,) = await asyncio.gather(sent, return_exceptions=True)
    assert isinstance(broken, httpx.TransportError)


async def _finished(live: Live, hazards: list[str]) -> Json:
    """Send the same again, as a client does that is told to come back, until it is answered."""

    async def answered() -> Json | None:
        try:
            answer = await _confirm(live, hazards)
        except httpx.TransportError:
            return None
        if answer.status_code == 503:
            assert answer.headers["retry-after"]
            return None
        assert answer.status_code == 200, answer.text
        told: Json = answer.json()
        return told

    return await eventually(answered, within=400)


async def test_a_bulk_of_a_thousand_survives_the_api_and_answers_for_each_item_once(
    live: Live, world: World
) -> None:
    bare, known = await _reported(live, "bare", BARE), await _reported(live, "whole", DONE, "before_photo")
    hazards = [*bare, *known, *(f"YH-1999-{n:06}" for n in range(UNKNOWN))]
    assert len(hazards) == bulk.MOST
    began = time.monotonic()
    await _killed_in_the_middle(live, world, hazards)
    told = await _finished(live, hazards)
    took = time.monotonic() - began
    assert (told["ok"], told["skipped"]) == (DONE, BARE + UNKNOWN)
    assert [item["hazard_id"] for item in told["items"]] == hazards
    codes = ["evidence_missing"] * BARE + [None] * DONE + ["hazard_unknown"] * UNKNOWN
    assert [item["code"] for item in told["items"]] == codes
    assert all(item["reason"] for item in told["items"] if item["code"])
    assert (await _confirm(live, hazards)).json() == told
    async with world.database.connection() as connection:
        acts = {row["case_id"]: row["acts"] for row in await connection.fetch(ACTS, known)}
        digests = [dict(row) for row in await connection.fetch(TOLD, known)]
    assert acts == dict.fromkeys(known, 1)
    assert [(one["kind"], one["post_id"]) for one in digests] == [("digest", "office")]
    assert f"{DONE}件" in digests[0]["text"]
    print(f"bulk of {len(hazards)}: {took:.1f} s, {DONE / took:.0f} acts a second, the API killed once")
