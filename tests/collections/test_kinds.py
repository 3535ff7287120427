"""The other kinds: a rectification report of the inspected units, read receipts, statistics; and what a kind decides."""

from datetime import datetime, timedelta

from tests.collections import acts
from tests.collections.acts import OFFICE
from tests.harness import Json, World
from tests.stack import eventually

HOUR = timedelta(hours=1)


async def _is(world: World, number: str, phase: str) -> bool:
    return bool((await acts.status(world, number))["phase"] == phase)


async def test_only_inspected_units_report_and_on_hazards_of_their_own(
    world: World, monday: datetime
) -> None:
    mine = await world.report("p-team1a", "ec01")
    other = await world.report("p-team1a", "ec02")
    audience = {
        "units": ["ec01", "ec02"],
        "inspected_from": mine["reported_at"][:10],
        "words": "被列入实地检查的机构",
    }
    made = await acts.create(
        world, monday, HOUR * 2, kind="rectification_report", title="整改报告", audience=audience
    )
    number = made["id"]
    assert (made["expected"], made["audience"]) == (2, "被列入实地检查的机构")
    assert (await acts.hand_in(world, "ec03", number, content={})).status_code == 404
    report = await world.cite("p-ec01-safety", "report")
    foreign = await _report(world, number, other["id"], report)
    assert (foreign.status_code, foreign.json()["field"]) == (409, "content.hazards")
    done = await _report(world, number, mine["id"], report)
    assert done.status_code == 201, done.text
    assert done.json()["content"]["hazards"][0]["id"] == mine["id"]


async def _report(world: World, number: str, hazard: str, evidence: list[Json]):  # type: ignore[no-untyped-def]
    content = {"summary": "已全部整改", "hazards": [{"id": hazard, "state": "done", "measures": "已清理"}]}
    return await acts.hand_in(world, "ec01", number, content=content, evidence=evidence)


async def test_a_notice_is_read_by_all_and_nobody_is_chased(world: World, monday: datetime) -> None:
    made = await acts.create(
        world, monday, HOUR * 4, kind="read_receipt", title="通报阅知", subject="示例民通〔2026〕1号"
    )
    number = made["id"]
    await eventually(lambda: _is(world, number, "open"))
    for unit in acts.UNITS:
        receipt = await acts.hand_in(world, unit, number, content={})
        assert receipt.status_code == 201, receipt.text
    await eventually(lambda: _is(world, number, "ended"))
    assert await acts.told(world, number, "collection_reminder") == {}
    assert made["subject"] == "示例民通〔2026〕1号"


async def test_statistics_are_numbers_and_zero_is_not_missing(world: World, monday: datetime) -> None:
    number = (await acts.create(world, monday, HOUR * 2, kind="statistics", title="三季度统计"))["id"]
    figures = {"self_checks": 3, "found": 2, "rectified": 2}
    filled = await acts.hand_in(world, "ec01", number, content=figures)
    assert (filled.status_code, filled.json()["is_zero"]) == (201, False)
    assert (await acts.zero(world, "ec02", number))["is_zero"]
    negative = await acts.hand_in(world, "ec03", number, content=figures | {"found": -1})
    (error,) = negative.json()["errors"]
    assert (error["field"], error["message"]) == ("body.content.found", "“发现隐患数”不能小于 0")
    status = await acts.status(world, number)
    assert (status["counts"]["received"], status["counts"]["missing"]) == (2, 7)
    assert status["counts"]["on_time_rate"] == "22.2%"


async def test_an_escalation_at_cut_off_tells_the_leader_and_no_bulletin_is_drafted(
    world: World, monday: datetime
) -> None:
    number = (await acts.create(world, monday, HOUR))["id"]
    await world.until(monday + HOUR * 2, number)
    await eventually(lambda: _is(world, number, "ended"))
    assert "leader" in await acts.told(world, number, "collection_ended")
    assert await world.whole(OFFICE, "/v1/bulletins", collection=number) == []


async def test_the_kinds_are_shown_with_their_forms(world: World) -> None:
    answer = await world.get("p-ec01-head", "/v1/collection-kinds")
    kinds = {one["code"]: one for one in answer.json()}
    assert set(kinds) >= {"duty_roster", "rectification_report", "daily_report", "read_receipt", "statistics"}
    assert kinds["duty_roster"]["evidence"] == ["signature", "seal", "scan"]
    assert kinds["duty_roster"]["form"]["properties"]["landline"]["title"] == "单位固定电话"
    assert kinds["duty_roster"]["seal_alternative"] == ["eseal"]
    assert {code for code, kind in kinds.items() if kind["urgent"]} == {"duty_roster", "daily_report"}
    assert {kind["counted"] for kind in kinds.values()} == {"first"}
