"""The in-app inbox: it belongs to the post, opens with the office, and is read page by page (bars E4, E5, A2)."""

from datetime import datetime

from tests.harness import World
from tests.stories import loop, ticks
from tests.stories.loop import DEPUTY, FINDER, HEAD, OFFICE, STAFF

NEW_DEPUTY = "p-team3b"


async def _seat(world: World, post: str, old: str, new: str) -> None:
    """Another holder of a post, as an administrator would enter it."""
    async with world.database.transaction() as connection:
        await connection.execute("DELETE FROM holders WHERE person_id = $1 AND post_id = $2", old, post)
        await connection.execute("INSERT INTO holders (person_id, post_id) VALUES ($1, $2)", new, post)


async def test_a_holder_replaced_a_minute_before_an_escalation_does_not_get_it_and_the_new_one_does(
    world: World, monday: datetime
) -> None:
    number = await loop.to(world, "assigned")
    await world.until(ticks.on(monday, 22, "17:29"), number)
    assert "escalation" not in await ticks.kinds(world, DEPUTY, number)
    await _seat(world, "deputy", DEPUTY, NEW_DEPUTY)
    try:
        await world.until(ticks.on(monday, 23, "08:30"), number)
        (escalated,) = await ticks.inbox(world, NEW_DEPUTY, number)
        assert (escalated["kind"], escalated["post_id"]) == ("escalation", "deputy")
        assert await ticks.inbox(world, DEPUTY, number) == []
        path = f"/v1/me/notices/{escalated['id']}/ack"
        assert (await world.post(DEPUTY, path, None)).status_code == 404
        assert (await world.post(NEW_DEPUTY, path, None)).status_code == 200
        assert number in {one["id"] for one in await world.whole(NEW_DEPUTY, "/v1/me/work")}
    finally:
        await _seat(world, "deputy", NEW_DEPUTY, DEPUTY)
    line = (await loop.timeline(world, number))[-1]
    assert (line["action"], line["changed"]["acknowledgement"]["post_id"]) == ("acknowledge", "deputy")
    # back in office, the old holder finds what the post was told meanwhile, and that note was taken of it
    (same,) = [one for one in await ticks.inbox(world, DEPUTY, number) if one["kind"] == "escalation"]
    assert same["acknowledged_at"] is not None


async def test_what_is_not_urgent_waits_for_the_opening_and_what_is_urgent_does_not(
    world: World, monday: datetime
) -> None:
    await world.until(ticks.on(monday, 3, "09:00"))
    # fifteen days after a Thursday end on a Friday at midnight
    general = await loop.to(world, "assigned")
    await world.until(ticks.on(monday, 18, "23:00"), general)
    major = await loop.to(world, "reported", major=True)
    await world.until(ticks.on(monday, 19, "00:00"), general, major)
    assert (await world.see(general))["overdue"] is True
    assert "overdue" not in await ticks.kinds(world, STAFF, general)
    assert await ticks.kinds(world, FINDER, major) == ["work"]
    await world.until(ticks.on(monday, 21, "08:29"))
    assert "overdue" not in await ticks.kinds(world, STAFF, general)
    await world.until(ticks.on(monday, 21, "08:30"))
    (late,) = [one for one in await ticks.inbox(world, STAFF, general) if one["kind"] == "overdue"]
    assert (ticks.told(monday, late["at"]), late["urgent"], late["late"]) == ("D19 00:00", False, False)


async def test_a_lapse_of_a_major_hazard_is_read_on_saturday_at_midnight(
    world: World, monday: datetime
) -> None:
    await world.until(ticks.on(monday, 2, "09:00"))
    number = await loop.to(world, "assigned", major=True)
    await world.until(ticks.on(monday, 33), number)
    (late,) = [one for one in await ticks.inbox(world, STAFF, number) if one["kind"] == "overdue"]
    assert (ticks.told(monday, late["at"]), late["urgent"]) == ("D33 00:00", True)
    assert "slip" in await ticks.kinds(world, HEAD, number)


async def test_the_inbox_is_read_page_by_page_without_a_gap_or_a_repetition(
    world: World, monday: datetime
) -> None:
    number = await loop.to(world, "rectifying")
    await world.until(ticks.on(monday, 37), number)
    whole = [one["id"] for one in await ticks.inbox(world, HEAD)]
    assert len(whole) == len(set(whole)) >= 8
    paged: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = (await world.get(HEAD, "/v1/me/notices", limit=3, **cursor)).json()
        paged += [one["id"] for one in page["items"]]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert paged == whole[::-1]
    ours = [one.split(".") for one in whole if one.startswith(number)]
    assert [int(seq) for _, seq, _ in ours] == sorted(int(seq) for _, seq, _ in ours)


async def test_what_was_taken_note_of_is_told_apart(world: World, monday: datetime) -> None:
    number = await loop.to(world, "rectifying")
    await world.until(ticks.on(monday, 14, "09:00"), number)
    first, second = [one for one in await ticks.inbox(world, STAFF, number) if one["kind"] == "reminder"]
    assert (await world.post(STAFF, f"/v1/me/notices/{first['id']}/ack", None)).status_code == 200

    async def listed(acknowledged: str) -> set[str]:
        return {one["id"] for one in await world.whole(STAFF, "/v1/me/notices", acknowledged=acknowledged)}

    assert {first["id"], second["id"]} & await listed("true") == {first["id"]}
    assert {first["id"], second["id"]} & await listed("false") == {second["id"]}
    assert (await world.get(STAFF, "/v1/me/notices", acknowledged="vielleicht")).status_code == 422


async def test_a_notice_of_another_post_or_one_that_has_not_left_does_not_exist(
    world: World, monday: datetime
) -> None:
    number = await loop.to(world, "assigned")
    (work,) = [one for one in await ticks.inbox(world, STAFF, number) if one["kind"] == "work"]
    for person in (HEAD, OFFICE, "p-ec02-safety"):
        told = await world.post(person, f"/v1/me/notices/{work['id']}/ack", None)
        assert (told.status_code, told.json()["code"]) == (404, "notice_unknown")
    await world.until(ticks.on(monday, 16), number)
    late = f"{number}.{(await world.see(number))['seq']}.1"
    assert (await world.post(STAFF, f"/v1/me/notices/{late}/ack", None)).status_code == 404
    await world.until(ticks.on(monday, 16, "08:30"))
    assert (await world.post(STAFF, f"/v1/me/notices/{late}/ack", None)).status_code == 200
    for malformed in ("x", f"{number}.1", f"{number}.99999999999.1", f"{number}.1.1%00", "1' OR '1'='1"):
        told = await world.post(STAFF, f"/v1/me/notices/{malformed}/ack", None)
        assert told.status_code in (404, 422), malformed


async def test_a_cursor_that_points_nowhere_shows_nothing_and_a_malformed_one_is_refused(
    world: World, monday: datetime
) -> None:
    page = await world.get(STAFF, "/v1/me/notices", cursor="YH-2026-999999.1.1")
    assert (page.status_code, page.json()) == (200, {"items": [], "next": None})
    for name, value in (("cursor", "abc"), ("limit", "0"), ("limit", "101"), ("acknowledged", "")):
        refused = await world.get(STAFF, "/v1/me/notices", **{name: value})
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, f"query.{name}")


async def test_a_colour_that_is_none_is_refused(world: World, monday: datetime) -> None:
    for value in ("green", "", "BLUE", "blue,red", "蓝"):
        refused = await world.get(OFFICE, "/v1/hazards", colour=value)
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "query.colour"), value
