"""The usual steps of a bulletin through HTTP."""

from datetime import datetime, timedelta
from typing import Any

from domain.collection import Frozen
from tests import frozen_lists
from tests.harness import Json, World

OFFICE, REVIEWER, LEADER, DEPUTY = "p-office", "p-welfare", "p-leader", "p-deputy"


async def listed(world: World, **outcomes: Any) -> Frozen:
    """A list that was frozen two hours ago."""
    due = (world.clock() - timedelta(hours=8)).replace(microsecond=0)
    return await frozen_lists.on_record(world.database, due, **outcomes)


async def drafted(world: World, frozen: Frozen, person: str = OFFICE) -> Json:
    answer = await world.post(person, "/v1/bulletins", {"collection_id": frozen.collection_id})
    assert answer.status_code in (200, 201), answer.text
    told: Json = answer.json()
    return told


async def try_(world: World, person: str, number: str, action: str, **body: Any) -> tuple[int, Json]:
    answer = await world.post(person, f"/v1/bulletins/{number}/actions/{action}", body)
    return answer.status_code, answer.json()


async def do(world: World, person: str, number: str, action: str, **body: Any) -> Json:
    status, told = await try_(world, person, number, action, **body)
    assert status == 200, told
    return told


async def decided(world: World, number: str, *, named: bool = True) -> Json:
    return await do(
        world, OFFICE, number, "decide", unit_id="ec04", named=named, reason="未加盖单位公章，退回后未补正"
    )


async def signed(world: World, number: str) -> Json:
    await do(world, OFFICE, number, "review")
    return await do(world, LEADER, number, "sign")


async def issued(world: World, frozen: Frozen) -> Json:
    """A bulletin on the list, drafted, decided, reviewed, signed and issued."""
    draft = await drafted(world, frozen)
    await decided(world, draft["id"])
    await signed(world, draft["id"])
    return await do(world, OFFICE, draft["id"], "issue")


async def see(world: World, number: str, person: str = OFFICE) -> Json:
    answer = await world.get(person, f"/v1/bulletins/{number}")
    assert answer.status_code == 200, answer.text
    told: Json = answer.json()
    return told


async def download(world: World, number: str, suffix: str, person: str = OFFICE) -> bytes:
    answer = await world.get(person, f"/v1/bulletins/{number}.{suffix}")
    assert answer.status_code == 200, answer.text
    return answer.content


async def readers(world: World, number: str, *, read: bool | None = None, person: str = OFFICE) -> list[str]:
    asked = {} if read is None else {"read": str(read).lower()}
    return [one["unit_id"] for one in await world.whole(person, f"/v1/bulletins/{number}/readers", **asked)]


async def inbox(world: World, person: str, number: str) -> list[Json]:
    """What a person was told of a bulletin, the last first."""
    return [one for one in await world.whole(person, "/v1/me/notices") if one["hazard_id"] == number]


def later(at: datetime, **by: int) -> str:
    return (at + timedelta(**by)).isoformat()
