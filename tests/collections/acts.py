"""The usual steps of a collection through HTTP."""

from datetime import datetime, timedelta
from typing import Any, Final

from tests.harness import LOCAL, Json, World

OFFICE: Final = "p-office"
UNITS: Final = ("ec01", "ec02", "ec03", "ec04", "ec05", "ec06", "fu01", "fu02", "su01")
MOBILES: Final = {"duty": "13912345678", "leader": "13800001111"}


def iso(at: datetime) -> str:
    return at.astimezone(LOCAL).isoformat()


async def create(world: World, opens_at: datetime, due: timedelta, **more: Any) -> Json:
    """A collection that opens at an instant and is due ``due`` later, cut off an hour after that."""
    due_at = opens_at + due
    body = {
        "kind": "daily_report",
        "title": "日报告",
        "basis": "示例民发〔2026〕18号",
        "opens_at": iso(opens_at),
        "due_at": iso(due_at),
        "cut_off_at": iso(due_at + timedelta(hours=1)),
        "contact_post": "office",
        "contact_phone": "010-55550100",
    } | more
    response = await world.post(OFFICE, "/v1/collections", body)
    assert response.status_code == 201, response.text
    created: Json = response.json()
    if world.following:
        await world.follow(created["id"])
    return created


async def roster(world: World, opens_at: datetime, due: timedelta, days: int = 1, **more: Any) -> Json:
    first = opens_at + due + timedelta(days=1)
    covers = {"covers_from": iso(first), "covers_to": iso(first + timedelta(days=days))}
    return await create(world, opens_at, due, kind="duty_roster", title="假期值班表", **covers, **more)


def series(known_as: str, **more: Any) -> Json:
    """What a daily series from seven to nine o'clock is asked for with."""
    return {
        "id": known_as,
        "kind": "daily_report",
        "title": "日报告",
        "basis": "示例民发〔2026〕3号",
        "cadence": "daily",
        "days_off": "keep",
        "catch_up": "open",
        "opens": "07:00",
        "due_minutes": 120,
        "cut_off_minutes": 60,
        "contact_post": "office",
        "contact_phone": "010-55550100",
    } | more


def shifts(collection: Json, **more: Any) -> list[Json]:
    """One shift that covers all that has to be covered."""
    duty = {"name": "值班员（示例）", "mobile": MOBILES["duty"]}
    leader = {"name": "带班领导（示例）", "mobile": MOBILES["leader"]}
    whole = {"starts_at": collection["covers_from"], "ends_at": collection["covers_to"]}
    return [whole | {"duty": duty, "leader": leader} | more]


async def evidence(world: World, person: str) -> list[Json]:
    return await world.cite(person, "signature", "seal", "scan")


async def hand_in(world: World, unit: str, number: str, key: str | None = None, **body: Any) -> Any:
    """The answer to a submission of a unit, by its safety officer."""
    path = f"/v1/collections/{number}/submissions"
    return await world.post(f"p-{unit}-safety", path, {"unit_id": unit} | body, key)


async def zero(world: World, unit: str, number: str) -> Json:
    response = await hand_in(world, unit, number, is_zero=True)
    assert response.status_code == 201, response.text
    done: Json = response.json()
    return done


async def send_roster(world: World, unit: str, collection: Json, **more: Any) -> Json:
    person = f"p-{unit}-safety"
    content = {"landline": "010-55550101", "shifts": shifts(collection)}
    body = {"content": content, "evidence": await evidence(world, person)} | more
    response = await hand_in(world, unit, collection["id"], **body)
    assert response.status_code == 201, response.text
    done: Json = response.json()
    return done


async def decide(world: World, number: str, action: str, person: str = OFFICE, **body: Any) -> Any:
    return await world.post(person, f"/v1/collections/{number}/actions/{action}", body)


async def must(world: World, number: str, action: str, **body: Any) -> Json:
    response = await decide(world, number, action, **body)
    assert response.status_code == 200, response.text
    done: Json = response.json()
    return done


async def status(world: World, number: str) -> Json:
    response = await world.get(OFFICE, f"/v1/collections/{number}/status")
    assert response.status_code == 200, response.text
    seen: Json = response.json()
    return seen


async def standing(world: World, number: str, unit: str) -> Json:
    response = await world.get(OFFICE, f"/v1/collections/{number}/units", limit=100)
    return next(one for one in response.json()["items"] if one["unit_id"] == unit)


async def steps(world: World, number: str) -> list[str]:
    response = await world.get(OFFICE, f"/v1/collections/{number}/timeline", limit=100)
    assert response.status_code == 200, response.text
    return [one["action"] for one in response.json()["items"]]


async def told(world: World, number: str, kind: str) -> dict[str, int]:
    """How many notices of a kind each post got about a collection."""
    async with world.database.connection() as connection:
        rows = await connection.fetch(
            "SELECT post_id, count(*) AS n FROM notices WHERE case_id = $1 AND kind = $2 GROUP BY 1",
            number,
            kind,
        )
    return {row["post_id"]: row["n"] for row in rows}
