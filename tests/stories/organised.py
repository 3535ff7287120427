"""The organisation as the stories change it: through the API, as the office would."""

from typing import Any

from tests.harness import Json, World
from tests.stories import behind
from tests.stories.loop import OFFICE


async def version(world: World) -> int:
    answer = await world.get(OFFICE, "/v1/organisation")
    assert answer.status_code == 200, answer.text
    return int(answer.json()["version"])


async def edit(world: World, *, seen: int | None = None, takes: Json | None = None, **document: Any) -> Json:
    """A change that is made."""
    status, told = await try_(world, seen=seen, takes=takes, **document)
    assert status == 200, told
    return told


async def try_(
    world: World,
    *,
    by: str = OFFICE,
    seen: int | None = None,
    takes: Json | None = None,
    dry_run: bool = False,
    **document: Any,
) -> tuple[int, Json]:
    """Status and answer of a change."""
    body: Json = {"document": document, "reason": "人员变动", "takes": takes or {}}
    body["expected_version"] = await version(world) if seen is None else seen
    path = "/v1/organisation/edits" + ("?dry_run=true" if dry_run else "")
    answer = await world.post(by, path, body)
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
    told: Json = answer.json()
    return answer.status_code, told


async def covered_by(world: World, unit_id: str, team: str) -> str:
    """Another team covers a unit from now on; gives the order that takes its open cases along."""
    document = (await world.get(OFFICE, "/v1/organisation")).json()["document"]
    (unit,) = [one for one in document["units"] if one["id"] == unit_id]
    order_id = f"teams-{(await edit(world, units=[unit | {'team_post': team}]))['version']}"
    await behind.gateway(world).start_restamp(order_id)
    return order_id


def holder(post: str, person: str, **span: str) -> Json:
    return {"post_id": post, "person_id": person, **span}


def standing_in(post: str, absent: str, substitute: str, first: str, last: str) -> Json:
    return {
        "post_id": post,
        "absent_id": absent,
        "substitute_id": substitute,
        "first_day": first,
        "last_day": last,
    }
