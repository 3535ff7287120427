"""What the clock did and told, as a story reads it: steps, notices, and instants of the story's own weeks."""

from datetime import datetime, timedelta
from typing import Final

from tests.harness import LOCAL, Json, World
from tests.stories import loop

DAY: Final = timedelta(days=1)
PUNCTUAL: Final = timedelta(seconds=60)


def on(monday: datetime, days: int, clock: str = "00:00") -> datetime:
    """The instant ``days`` days after the Monday at a local time of day."""
    hour, minute = map(int, clock.split(":"))
    return monday.replace(hour=hour, minute=minute) + days * DAY


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def told(monday: datetime, text: str | None) -> str | None:
    """An instant as ``D16 17:30``: the day counted from the Monday, and the local time of day."""
    if text is None:
        return None
    local = instant(text).astimezone(LOCAL)
    return f"D{(local.date() - monday.date()).days} {local:%H:%M}"


async def steps(world: World, number: str) -> list[Json]:
    """What the clock did, in the order of the record; each step within a minute of its instant."""
    lines = [line for line in await loop.timeline(world, number, limit=100) if line["channel"] == "engine"]
    for line in lines:
        assert timedelta() <= instant(line["at"]) - instant(line["due_at"]) <= PUNCTUAL, line
    return lines


async def history(world: World, number: str, monday: datetime) -> list[str]:
    """The clock's steps as ``lapse D16 00:00``, by the instant at which each was due."""
    return [f"{line['action']} {told(monday, line['due_at'])}" for line in await steps(world, number)]


async def inbox(world: World, person: str, number: str | None = None) -> list[Json]:
    """What the person's posts were told of a case by now, the oldest first."""
    found = await world.whole(person, "/v1/me/notices")
    return [one for one in reversed(found) if number in (None, one["hazard_id"])]


async def kinds(world: World, person: str, number: str) -> list[str]:
    """Why the person's posts were told of a case, the oldest first."""
    return [one["kind"] for one in await inbox(world, person, number)]


async def deadline(world: World, number: str, person: str = loop.OFFICE) -> Json:
    response = await world.get(person, f"/v1/hazards/{number}/deadline")
    assert response.status_code == 200, response.text
    page: Json = response.json()
    return page
