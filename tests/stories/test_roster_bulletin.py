"""The notice's section 5 to its end: the roster is cut off, those late or missing are named, one is proved on time, one comes late."""

from datetime import datetime, timedelta

from tests.collections import acts
from tests.documents import papers
from tests.harness import Json, World
from tests.stack import eventually
from tests.stories import bulletins as story

LEAD = timedelta(hours=2, minutes=30)
HOUR = timedelta(hours=1)


async def _is(world: World, number: str, phase: str) -> bool:
    return bool((await acts.status(world, number))["phase"] == phase)


async def _drafts(world: World, number: str) -> list[Json]:
    answer = await world.get(story.OFFICE, "/v1/bulletins", collection=number, kind="bulletin")
    assert answer.status_code == 200, answer.text
    found: list[Json] = answer.json()["items"]
    return found


async def _drafted(world: World, number: str) -> bool:
    return len(await _drafts(world, number)) == 1


async def _cut_off(world: World, monday: datetime) -> Json:
    """A roster whose due instant is 11:30: seven on time, one late, one defective; two never came. Its draft."""
    due = monday + LEAD
    roster = await acts.roster(world, monday, LEAD)
    number = roster["id"]
    await eventually(lambda: _is(world, number, "open"))
    for unit in ("ec01", "ec02", "ec03", "ec06", "fu01"):
        await acts.send_roster(world, unit, roster)
    await acts.must(world, number, "return", unit_id="ec03", reasons=["没有加盖公章"])
    await world.until(due, number)
    await eventually(lambda: _is(world, number, "late"))
    await acts.send_roster(world, "ec05", roster)
    await world.until(due + HOUR, number)
    await eventually(lambda: _is(world, number, "ended"))
    await eventually(lambda: _drafted(world, number))
    return (await _drafts(world, number))[0]


async def test_from_the_cut_off_of_the_roster_to_the_correction_and_the_supplement(
    world: World, monday: datetime
) -> None:
    draft = await _cut_off(world, monday)
    counts = draft["counts"]
    assert (counts["on_time"], counts["late"], counts["missing"], counts["defective"]) == (4, 1, 3, 1)
    assert draft["drafted_post"] is None, "the clock drafted it"
    number = draft["id"]
    await story.do(
        world, story.OFFICE, number, "decide", unit_id="ec03", named=True, reason="没有加盖公章，截止前未补正"
    )
    await story.signed(world, number)
    issued = await story.do(world, story.OFFICE, number, "issue")
    text = papers.words(papers.texts(await story.download(world, number, "pdf", "p-su01-head")))
    assert "示例区民政局关于假期值班表报送情况的通报" in text
    assert "迟报的单位：北镇敬老院（示例）（迟报1分钟）" in text
    assert "11:30前报送值班表" in text
    for person in (acts.MOBILES["duty"], acts.MOBILES["leader"], "值班员"):
        assert person not in text

    due = monday + LEAD
    proof = await world.cite(story.OFFICE, "screenshot")
    unit = {"unit_id": "su01", "outcome": "on_time", "received_at": acts.iso(due - timedelta(minutes=3))}
    unit["reason"] = "经核实，工作群中已于11:27报送"
    correction = await story.do(world, story.OFFICE, number, "correct", units=[unit], evidence=proof)
    await story.signed(world, correction["id"])
    corrected = await story.do(world, story.OFFICE, correction["id"], "issue")

    await world.wind(timedelta(days=1))
    units = [{"unit_id": "ec04", "received_at": world.clock().isoformat(), "reason": "已补报值班表"}]
    await world.wind(timedelta(minutes=5))
    supplement = await story.do(world, story.OFFICE, number, "supplement", units=units)
    await story.signed(world, supplement["id"])
    supplemented = await story.do(world, story.OFFICE, supplement["id"], "issue")

    after = await story.see(world, number)
    assert after["state"] == "supplemented"
    assert after["amended_by"] == [corrected["number"], supplemented["number"]]
    assert len({issued["number"], corrected["number"], supplemented["number"]}) == 3
    assert (supplemented["counts"]["on_time"], supplemented["counts"]["missing"]) == (5, 1)
    assert papers.words(papers.texts(await story.download(world, number, "pdf"))) == text, (
        "the old text stays"
    )
    listed = await world.get("p-su01-head", "/v1/bulletins", about=number)
    assert [one["kind"] for one in listed.json()["items"]] == ["supplement", "correction"]
