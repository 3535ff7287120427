"""Stories of a hazard through the front door."""

from datetime import datetime

from tests.harness import World
from tests.stories import ticks


async def test_a_general_hazard_goes_from_discovery_to_closure(world: World) -> None:
    case = await world.report()
    assert case["stage"] == "reported"
    assert case["is_new"] is True
    number = case["id"]
    await world.must("p-team1a", number, "confirm")
    await world.must("p-office", number, "assign", post="ec01-safety")
    await world.must("p-ec01-safety", number, "start")
    after = await world.cite("p-ec01-safety", "after_photo")
    await world.must("p-ec01-safety", number, "submit", note="货架已移走", evidence=after)
    signed = await world.cite("p-team1a", "signature")
    closed = await world.must("p-team1a", number, "pass", note="现场复查合格", evidence=signed)
    assert closed["stage"] == "closed"
    assert closed["waiting_post"] is None
    assert await world.handle(number).result() == "已销号"


async def test_a_stage_that_is_not_left_in_time_is_flagged_overdue(world: World, monday: datetime) -> None:
    number = (await world.report())["id"]
    await world.until(ticks.on(monday, 2, "17:30"), number)
    lines = (await world.get("p-office", f"/v1/hazards/{number}/timeline")).json()["items"]
    assert [line["action"] for line in lines] == ["report", "remind", "remind", "lapse"]
    assert (await world.see(number))["overdue"] is True
