"""The feed tells of collections, of what units hand in, and of bulletins, each to those whom it concerns."""

from datetime import datetime, timedelta

from tests.collections import acts
from tests.harness import Json, World
from tests.stack import eventually
from tests.stories import bulletins as story
from tests.stories import loop


async def _since(world: World, cursor: str, kind: str, person: str = loop.OFFICE) -> list[Json]:
    found: list[Json] = []
    more = True
    while more:
        answer = await world.get(person, "/v1/events", cursor=cursor, kind=kind)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        found, cursor, more = found + page["items"], page["next"], page["more"]
    return found


async def _end(world: World) -> str:
    return str((await world.get(loop.OFFICE, "/v1/events", cursor="end")).json()["next"])


async def test_a_collection_tells_of_its_steps_and_of_what_is_handed_in(
    world: World, monday: datetime
) -> None:
    begin = await _end(world)
    number = (await acts.create(world, monday, timedelta(hours=2)))["id"]

    await eventually(lambda: _opened(world, begin, number))
    await acts.zero(world, "ec01", number)
    await acts.decide(world, number, "accept", unit_id="ec01")
    found = await _since(world, begin, "collection")
    mine = [one for one in found if one["subject"] == number]
    assert [one["type"] for one in mine][:2] == ["cn.bihuan.collection.create", "cn.bihuan.collection.open"]
    assert (mine[0]["id"], mine[0]["source"]) == (f"{number}.1", "/v1/collections")
    assert (mine[0]["data"]["action_label"], mine[1]["data"]["phase_label"]) == ("新建收集", "收集中")
    handed_in = next(one for one in found if one["subject"] == f"{number}/ec01")
    assert (handed_in["type"], handed_in["data"]["action_label"]) == ("cn.bihuan.collection.submit", "报送")
    assert (handed_in["data"]["unit_id"], handed_in["data"]["is_zero"]) == ("ec01", True)


async def test_a_unit_hears_of_the_collections_that_ask_it_and_of_no_step_about_another(
    world: World, monday: datetime
) -> None:
    begin, asked = await _end(world), {"audience": {"units": ["ec01", "ec03"]}}
    number = (await acts.create(world, monday, timedelta(hours=2), **asked))["id"]
    await eventually(lambda: _opened(world, begin, number))
    until = acts.iso(monday + timedelta(hours=2, minutes=30))
    await acts.must(world, number, "extend", unit_id="ec01", until=until, reason="停电")
    await acts.zero(world, "ec01", number)
    await acts.must(world, number, "accept", unit_id="ec01")
    common = [(number, "create"), (number, "open")]
    own = [(number, "extend"), (f"{number}/ec01", "submit"), (f"{number}/ec01", "accept")]
    assert await _heard(world, begin, "p-ec01-safety", number) == common + own
    assert await _heard(world, begin, "p-ec03-safety", number) == common
    assert await _heard(world, begin, "p-ec04-safety", number) == []
    (extended,) = [
        one["data"]
        for one in await _since(world, begin, "collection", "p-ec01-safety")
        if (one["subject"], one["data"]["action"]) == (number, "extend")
    ]
    assert (extended["unit_id"], datetime.fromisoformat(extended["due_at"])) == (
        "ec01",
        datetime.fromisoformat(until),
    )


async def _opened(world: World, begin: str, number: str) -> bool:
    return (number, "open") in await _heard(world, begin, loop.OFFICE, number)


async def _heard(world: World, begin: str, person: str, number: str) -> list[tuple[str, str]]:
    """What was heard of a collection, and of what units did about it."""
    found = await _since(world, begin, "collection", person)
    return [
        (one["subject"], one["data"]["action"]) for one in found if one["subject"].partition("/")[0] == number
    ]


async def test_a_unit_hears_of_an_issued_bulletin_and_never_of_a_draft(world: World) -> None:
    begin = await _end(world)
    kept = await story.drafted(world, await story.listed(world))
    issued = await story.issued(world, await story.listed(world))
    await story.do(world, story.LEADER, issued["id"], "withdraw", reason="数据有误")
    for person in ("p-ec01-safety", "p-ec03-safety", "p-team1a"):
        heard = await _since(world, begin, "bulletin", person)
        assert kept["id"] not in {one["subject"] for one in heard}
        mine = [one for one in heard if one["subject"] == issued["id"]]
        assert [(one["subject"], one["data"]["action"]) for one in mine] == [
            (issued["id"], "issue"),
            (issued["id"], "withdraw"),
        ]
    seen = [one["subject"] for one in await _since(world, begin, "bulletin")]
    assert (seen.count(kept["id"]), seen.count(issued["id"])) == (1, 6)


async def test_a_bulletin_tells_of_its_steps_without_its_text(world: World) -> None:
    begin = await _end(world)
    draft = await story.drafted(world, await story.listed(world))
    await story.decided(world, draft["id"])
    found = [one for one in await _since(world, begin, "bulletin") if one["subject"] == draft["id"]]
    assert [one["type"] for one in found] == ["cn.bihuan.bulletin.draft", "cn.bihuan.bulletin.decide"]
    assert found[0]["data"]["state_label"] == "拟稿"
    assert "未加盖" not in str(found)
    assert draft["title"] not in str(found)
