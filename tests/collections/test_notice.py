"""The notice's section 5 from end to end: the roster, its bulletin signed, then one unit proved on time and the correction issued."""

from datetime import datetime, timedelta
from typing import Any

from tests.collections import acts
from tests.collections.acts import OFFICE, iso
from tests.harness import Json, World
from tests.stack import eventually
from tests.stories import bulletins

LEAD = timedelta(days=2, hours=2, minutes=30)
NEW_HOLDER = "p-team2b"


async def _is(world: World, number: str, phase: str) -> bool:
    return bool((await acts.status(world, number))["phase"] == phase)


async def _taken(world: World, number: str, step: str) -> bool:
    return step in await acts.steps(world, number)


async def _seat(world: World, post: str, old: str, new: str) -> None:
    async with world.database.transaction() as connection:
        await connection.execute("DELETE FROM holders WHERE person_id = $1 AND post_id = $2", old, post)
        await connection.execute("INSERT INTO holders (person_id, post_id) VALUES ($1, $2)", new, post)


async def _inbox(world: World, person: str, number: str) -> list[str]:
    found = await world.whole(person, "/v1/me/notices")
    return [one["kind"] for one in found if one["id"].startswith(f"{number}.")]


async def _draft(world: World, number: str) -> Json | None:
    found = await world.whole(OFFICE, "/v1/bulletins", collection=number)
    return found[0] if found else None


async def test_from_the_roster_to_the_correction(world: World, monday: datetime) -> None:
    due = monday + LEAD
    made = await acts.roster(world, monday, LEAD)
    number = made["id"]
    await eventually(lambda: _is(world, number, "open"))
    for unit in ("ec01", "ec02", "ec04", "ec05", "ec06", "fu01", "fu02"):
        await acts.send_roster(world, unit, made)
    await acts.must(world, number, "return", unit_id="ec04", reasons=["没有加盖公章"])
    await world.until(due - timedelta(hours=25), number)
    await _seat(world, "su01-safety", "p-su01-safety", NEW_HOLDER)
    try:
        await world.until(due - timedelta(days=1), number)
        await eventually(lambda: _taken(world, number, "remind:1440"))
        reminded = await acts.told(world, number, "collection_reminder")
        assert set(reminded) == {"ec03-safety", "ec04-safety", "su01-safety"}
        assert "collection_reminder" in await _inbox(world, NEW_HOLDER, number)
        assert await _inbox(world, "p-su01-safety", number) == []
        for instant, step in ((due, "due"), (due + timedelta(hours=1), "cut_off")):
            await world.until(instant, number)
            await eventually(lambda step=step: _taken(world, number, step))  # type: ignore[misc]
    finally:
        await _seat(world, "su01-safety", NEW_HOLDER, "p-su01-safety")
    status = await acts.status(world, number)
    assert status["sentence"] == "应报 9，已报 6，迟报 0，未报 2，材料不合格 1"
    draft = await eventually(lambda: _draft(world, number))
    assert draft["state"] == "draft"
    assert await _issued(world, draft["id"])
    correction = await _corrected(world, draft["id"], due)
    assert correction["kind"] == "correction"
    assert (await bulletins.see(world, draft["id"]))["number"] is not None
    text = await bulletins.download(world, draft["id"], "docx")
    assert text[:2] == b"PK"


async def _issued(world: World, known_as: str) -> Json:
    await bulletins.do(
        world, OFFICE, known_as, "decide", unit_id="ec04", named=True, reason="未加盖公章，退回后未补正"
    )
    await bulletins.signed(world, known_as)
    first = await bulletins.do(world, OFFICE, known_as, "issue")
    again, _ = await bulletins.try_(world, OFFICE, known_as, "issue")
    assert (first["state"], again) == ("issued", 409)
    return first


async def _corrected(world: World, known_as: str, due: datetime) -> Json:
    proved: dict[str, Any] = {
        "unit_id": "su01",
        "outcome": "on_time",
        "received_at": iso(due - timedelta(minutes=10)),
        "reason": "经核实，工作群中已于期限内报送",
    }
    evidence = await world.cite(OFFICE, "other")
    correction = await bulletins.do(world, OFFICE, known_as, "correct", units=[proved], evidence=evidence)
    await bulletins.signed(world, correction["id"])
    return await bulletins.do(world, OFFICE, correction["id"], "issue")
