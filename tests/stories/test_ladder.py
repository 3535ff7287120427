"""Nobody answers: who is told, in which order, at which instants, and that it never falls silent (bars E1, E7, E8)."""

import asyncio
import itertools
from datetime import datetime
from typing import Final

from tests.harness import World
from tests.stories import loop, ticks
from tests.stories.loop import DEPUTY, FINDER, HEAD, OFFICE, STAFF

LEADER: Final = "p-leader"

IN_FULL: Final = [
    "remind D10 08:30",
    "remind D14 08:30",
    "remind D15 08:30",
    "lapse D16 00:00",
    "escalate D16 17:30",
    "repeat D16 17:30",
    "escalate D17 17:30",
    "escalate D18 17:30",
    "repeat D18 17:30",
    "chase D21 17:30",
    "escalate D22 17:30",
    "chase D22 17:30",
    "repeat D24 17:30",
    "escalate D25 17:30",
    "chase D28 17:30",
    "repeat D36 17:30",
]
"""What becomes of a general hazard assigned on the Monday that nobody rectifies, by the sample's policy."""


async def test_with_nobody_answering_the_whole_ladder_is_climbed_in_order_and_on_time(
    world: World, monday: datetime
) -> None:
    number = await loop.to(world, "rectifying")
    await world.until(ticks.on(monday, 37), number)
    assert await ticks.history(world, number, monday) == IN_FULL
    told = {
        person: [
            (one["kind"], ticks.told(monday, one["due_at"])) for one in received if one["kind"] != "work"
        ]
        for person in (HEAD, loop.CHECKER, OFFICE, DEPUTY, LEADER)
        for received in [await ticks.inbox(world, person, number)]
    }
    assert told[HEAD] == [
        ("slip", "D16 00:00"),
        ("escalation", "D16 17:30"),
        ("repeat", "D16 17:30"),
        ("slip", "D18 17:30"),
        ("slip_unanswered", "D21 17:30"),
        ("slip_unanswered", "D22 17:30"),
        ("slip", "D25 17:30"),
        ("slip_unanswered", "D28 17:30"),
    ]
    assert told[loop.CHECKER] == [("escalation", "D17 17:30")]
    assert told[OFFICE] == [
        ("escalation", "D18 17:30"),
        ("repeat", "D18 17:30"),
        ("slip_unanswered", "D21 17:30"),
        ("slip_unanswered", "D22 17:30"),
        ("slip_unanswered", "D28 17:30"),
    ]
    assert told[DEPUTY] == [("escalation", "D22 17:30"), ("repeat", "D24 17:30")]
    assert told[LEADER] == [("escalation", "D25 17:30"), ("repeat", "D36 17:30")]


async def test_who_has_to_act_is_told_of_every_repeat(world: World, monday: datetime) -> None:
    number = await loop.to(world, "rectifying")
    await world.until(ticks.on(monday, 37), number)
    staff = [one for one in await ticks.inbox(world, STAFF, number) if one["kind"] in ("overdue", "repeat")]
    assert [ticks.told(monday, one["due_at"]) for one in staff] == [
        "D16 00:00",
        "D16 17:30",
        "D18 17:30",
        "D24 17:30",
        "D36 17:30",
    ]
    assert ["第4次催办" in one["text"] for one in staff] == [False] * 4 + [True]


async def test_the_ladder_reaches_upwards_only_from_where_the_case_waits(
    world: World, monday: datetime
) -> None:
    reported, verifying = await asyncio.gather(loop.to(world, "reported"), loop.to(world, "verifying"))
    await world.until(ticks.on(monday, 21), reported, verifying)
    by_post = {
        number: [
            line["changed"]["running"]["told"][-1]
            for line in await ticks.steps(world, number)
            if line["action"] in ("lapse", "escalate")
        ]
        for number in (reported, verifying)
    }
    assert by_post == {
        reported: ["team-1", "office", "deputy", "leader"],
        verifying: ["team-1", "office", "deputy", "leader"],
    }
    # the units are not told that somebody else is late
    assert "escalation" not in await ticks.kinds(world, HEAD, reported)
    assert await ticks.kinds(world, HEAD, verifying) == []


async def test_a_major_hazard_climbs_by_hours_and_is_red_the_day_after_next(
    world: World, monday: datetime
) -> None:
    number = await loop.to(world, "reported", major=True)
    await world.until(ticks.on(monday, 3, "15:31"), number)
    taken = [one for one in await ticks.history(world, number, monday) if not one.startswith("repeat")]
    assert taken == [
        "lapse D0 15:30",
        "escalate D1 15:30",
        "chase D1 17:30",
        "escalate D2 15:30",
        "chase D3 10:30",
        "escalate D3 15:30",
    ]
    case = await world.see(number)
    assert [(one["colour"], one["post_id"]) for one in case["slips"]] == [
        ("yellow", "team-1"),
        ("red", "team-1"),
    ]
    assert [one["urgent"] for one in await ticks.inbox(world, LEADER, number)] == [True, True]


async def test_repeats_thin_out_and_never_end(world: World, monday: datetime) -> None:
    number = await loop.to(world, "rectifying")
    await world.until(ticks.on(monday, 200), number)
    repeats = [line for line in await ticks.steps(world, number) if line["action"] == "repeat"]
    at = [ticks.instant(line["due_at"]) for line in repeats]
    gaps = [(later - earlier).days for earlier, later in itertools.pairwise(at)]
    # 1, 2, 4, 8, 16 and then always 20 working days: at most 28 days with their weekends
    assert gaps == [2, 6, 12, 22, 28, 28, 28, 28, 28]
    assert ticks.instant((await world.see(number))["next_step"]["at"]) > world.clock()


async def test_what_was_escalated_stays_on_the_list_of_everybody_who_was_told(
    world: World, monday: datetime
) -> None:
    number = await loop.to(world, "rectifying")

    async def listed(person: str) -> bool:
        return number in {one["id"] for one in await world.whole(person, "/v1/me/work")}

    above = (HEAD, loop.CHECKER, OFFICE, DEPUTY, LEADER)
    await world.until(ticks.on(monday, 17, "17:00"), number)
    assert [await listed(person) for person in (STAFF, *above)] == [True, True, False, False, False, False]
    await world.until(ticks.on(monday, 25, "17:30"), number)
    assert [await listed(person) for person in (STAFF, *above)] == [True] * 6
    (notice,) = [one for one in await ticks.inbox(world, LEADER, number) if one["kind"] == "escalation"]
    assert (await world.post(LEADER, f"/v1/me/notices/{notice['id']}/ack", None)).status_code == 200
    # taking note silences the ladder for a while and takes nothing off a list
    assert [await listed(person) for person in (STAFF, *above)] == [True] * 6
    await loop.do(world, STAFF, number, "submit")
    assert [await listed(person) for person in (STAFF, HEAD, loop.CHECKER, OFFICE)] == [
        False,
        False,
        True,
        False,
    ]


async def test_the_colour_deepens_with_the_ladder_and_ends_with_the_lateness(
    world: World, monday: datetime
) -> None:
    number = (await world.report(FINDER, unit="ec02"))["id"]
    await loop.do(world, FINDER, number, "confirm")
    await loop.do(world, OFFICE, number, "assign", post="ec02-safety")

    async def found(colour: str) -> bool:
        listed = await world.whole(OFFICE, "/v1/hazards", colour=colour, unit="ec02")
        return number in {one["id"] for one in listed}

    colours = []
    for day in (15, 16, 18, 25):
        await world.until(ticks.on(monday, day, "17:31"), number)
        colours.append([colour for colour in ("blue", "yellow", "red") if await found(colour)])
    assert colours == [[], ["blue"], ["yellow"], ["red"]]
    for action in ("start", "submit"):
        case = await loop.do(world, "p-ec02-safety", number, action)
    assert (case["colour"], await found("red")) == (None, False)
