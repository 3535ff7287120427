"""The feed as another system reads it: CloudEvents, in order, and nothing of a unit that is not one's own."""

import json
from functools import partial
from typing import Any

from tests.harness import Json, World
from tests.stack import eventually
from tests.stories import loop

UNIT, OTHER_UNIT = "p-ec01-safety", "p-ec03-safety"


async def _all(world: World, person: str, **filters: Any) -> list[Json]:
    found: list[Json] = []
    cursor, more = "0", True
    while more:
        answer = await world.get(person, "/v1/events", cursor=cursor, **filters)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        found, cursor, more = found + page["items"], page["next"], page["more"]
    return found


async def test_a_loop_is_told_step_by_step_as_cloud_events_without_persons(world: World) -> None:
    begin = (await world.get(loop.OFFICE, "/v1/events", cursor="end")).json()["next"]
    case = await world.report()
    await world.must(loop.OFFICE, case["id"], "note", note="张三电话里说已知悉")
    page = (await world.get(loop.OFFICE, "/v1/events", cursor=begin, kind="hazard")).json()
    mine = [item for item in page["items"] if item["subject"] == case["id"]]
    assert [item["type"] for item in mine] == ["cn.bihuan.hazard.report", "cn.bihuan.hazard.note"]
    assert [item["sequence"] for item in mine] == ["1", "2"]
    first = mine[0]
    assert (first["specversion"], first["id"], first["source"]) == ("1.0", f"{case['id']}.1", "/v1/hazards")
    assert first["data"]["action_label"] == "发现上报"
    assert first["data"]["stage_label"] == "待核实"
    assert first["data"]["unit_name"]
    text = json.dumps(mine, ensure_ascii=False)
    assert "张三" not in text
    assert "person" not in text
    assert "安全出口" not in text
    again = (await world.get(loop.OFFICE, "/v1/events", cursor=page["next"], kind="hazard")).json()
    assert (again["items"], again["more"]) == ([], False)
    assert await eventually(partial(_stands_still, world))


async def _stands_still(world: World) -> bool:
    """Whether behind the last event there is none, and the cursor stays."""
    end = (await world.get(loop.OFFICE, "/v1/events", cursor="end")).json()["next"]
    page = (await world.get(loop.OFFICE, "/v1/events", cursor=end)).json()
    return (page["items"], page["next"], page["more"]) == ([], end, False)


async def test_a_unit_gets_its_own_events_and_not_a_trace_of_another(world: World) -> None:
    mine, theirs = await world.report(), await world.report("p-team2a", unit="ec03")
    seen = await _all(world, UNIT)
    assert {item["data"]["unit_id"] for item in seen} <= {"ec01", None}
    assert {item["data"]["unit_id"] for item in seen if item["source"] == "/v1/hazards"} == {"ec01"}
    assert mine["id"] in {item["subject"] for item in seen}
    assert theirs["id"] not in json.dumps(seen)
    others = await _all(world, OTHER_UNIT, kind="hazard")
    assert {item["data"]["unit_id"] for item in others} == {"ec03"}


async def test_what_concerns_others_is_passed_over_and_not_looked_through_again(world: World) -> None:
    begin = (await world.get(OTHER_UNIT, "/v1/events", cursor="end")).json()["next"]
    await world.report()
    answer = (await world.get(OTHER_UNIT, "/v1/events", cursor=begin, kind="hazard")).json()
    assert (answer["items"], answer["more"]) == ([], False)
    assert int(answer["next"]) > int(begin)
    case = await world.report("p-team2a", unit="ec03")
    page = (await world.get(OTHER_UNIT, "/v1/events", cursor=answer["next"], kind="hazard")).json()
    assert [item["subject"] for item in page["items"]] == [case["id"]]


async def test_a_cursor_that_was_never_given_is_refused_and_one_that_is_none_too(world: World) -> None:
    unknown = await world.get(loop.OFFICE, "/v1/events", cursor="99999999999999999")
    assert (unknown.status_code, unknown.json()["code"]) == (409, "cursor_unknown")
    for cursor in ("-1", "01", "abc", "", "1e3"):
        assert (await world.get(loop.OFFICE, "/v1/events", cursor=cursor)).status_code == 422
