"""A long case told in full: three rounds, an extension and the whole ladder, in the order of the record (bar S11)."""

from datetime import datetime
from typing import Final

from tests.harness import World
from tests.stories import loop, ticks
from tests.stories.loop import CHECKER, DEPUTY, FINDER, HEAD, OFFICE, STAFF

LIFE: Final = """
D0 09:00 report
D0 10:00 confirm
D0 11:00 assign
D1 09:00 start
D10 08:30 remind
D10 10:00 extend
D11 09:00 grant_extension
D22 08:30 remind
D24 08:30 remind
D25 08:30 remind
D25 16:00 submit
D28 09:00 return
D38 08:30 remind
D42 08:30 remind
D42 15:00 submit
D43 10:00 return
D53 08:30 remind
D57 08:30 remind
D58 08:30 remind
D59 00:00 lapse
D59 17:30 escalate
D59 17:30 repeat
D60 17:30 escalate
D63 17:30 escalate
D63 17:30 repeat
D64 17:30 chase
D65 17:30 escalate
D65 17:30 chase
D67 17:30 repeat
D70 17:30 escalate
D71 10:00 acknowledge
D71 17:30 chase
D73 17:30 rearm
D84 10:00 submit
D86 08:30 remind
D88 08:30 remind
D88 16:00 pass
"""

ACTS: Final = {
    "confirm": FINDER,
    "assign": OFFICE,
    "start": STAFF,
    "extend": STAFF,
    "grant_extension": DEPUTY,
    "submit": STAFF,
    "return": CHECKER,
    "acknowledge": "p-leader",
    "pass": CHECKER,
}


async def test_a_case_of_ninety_days_leaves_exactly_these_lines(world: World, monday: datetime) -> None:
    number = (await world.report(FINDER))["id"]
    for line in LIFE.strip().splitlines():
        day, clock, action = line.split()
        if action in ACTS:
            await world.until(ticks.on(monday, int(day[1:]), clock), number)
            more = {"until": ticks.on(monday, 25).date().isoformat()} if action == "extend" else {}
            await loop.do(world, ACTS[action], number, action, **more)
    lines = await loop.timeline(world, number)
    told = [f"{ticks.told(monday, line['due_at'] or line['at'])} {line['action']}" for line in lines]
    assert told == LIFE.strip().splitlines()
    await ticks.steps(world, number)
    case = await world.see(number)
    assert (case["stage"], len(case["rounds"]), case["overdue_count"], len(case["slips"])) == (
        "closed",
        3,
        1,
        3,
    )
    assert [one["verdict"] for one in case["rounds"]] == ["returned", "returned", "passed"]
    assert await world.handle(number).result() == "已销号"
    counted = (await world.handle(number).describe()).raw_description.workflow_execution_info
    # what bar B2 allows for a loop of six changes, for each change: 75 events and 18 transitions
    changes = len(lines)
    assert counted.history_length <= changes * 75 / 6
    assert counted.state_transition_count <= changes * 18 / 6


async def test_the_same_case_in_the_hands_of_somebody_quick_is_told_of_nothing(
    world: World, monday: datetime
) -> None:
    number = await loop.to(world, "rectifying")
    await world.until(ticks.on(monday, 4, "09:00"), number)
    await loop.do(world, HEAD, number, "submit")
    await world.until(ticks.on(monday, 7, "09:00"), number)
    await loop.do(world, CHECKER, number, "pass")
    assert await ticks.history(world, number, monday) == []
    assert await ticks.kinds(world, HEAD, number) == []
    assert set(await ticks.kinds(world, STAFF, number)) == {"work"}
