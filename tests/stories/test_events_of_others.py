"""The feed tells of collections, of what units hand in, and of bulletins, each to those whom it concerns."""

from datetime import datetime, timedelta

from tests.collections import acts
from tests.harness import Json, World
from tests.stack import eventually
from tests.stories import bulletins as story
from tests.stories import loop


async def _since(world: World, cursor: str, kind: str, person: str = loop.OFFICE) -> list[Json]:
    answer = await world.get(person, "/v1/events", cursor=cursor, kind=kind)
    assert answer.status_code == 200, answer.text
    found: list[Json] = answer.json()["items"]
    return found


async def _end(world: World) -> str:
    return str((await world.get(loop.OFFICE, "/v1/events", cursor="end")).json()["next"])


async def test_a_collection_tells_of_its_steps_and_of_what_is_handed_in(
    world: World, monday: datetime
) -> None:
    begin = await _end(world)
    number = (await acts.create(world, monday, timedelta(hours=2)))["id"]

    async def opened() -> bool:
        return any(
            one["type"] == "cn.bihuan.collection.open" for one in await _since(world, begin, "collection")
        )

    await eventually(opened)
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
    for_unit = await _since(world, "0", "collection", "p-ec01-safety")
    assert f"{number}/ec01" in {one["subject"] for one in for_unit}
    assert {one["data"]["unit_id"] for one in for_unit} == {"ec01"}


async def test_a_bulletin_tells_of_its_steps_without_its_text(world: World) -> None:
    begin = await _end(world)
    draft = await story.drafted(world, await story.listed(world))
    await story.decided(world, draft["id"])
    found = [one for one in await _since(world, begin, "bulletin") if one["subject"] == draft["id"]]
    assert [one["type"] for one in found] == ["cn.bihuan.bulletin.draft", "cn.bihuan.bulletin.decide"]
    assert found[0]["data"]["state_label"] == "拟稿"
    assert "未加盖" not in str(found)
    assert draft["title"] not in str(found)
