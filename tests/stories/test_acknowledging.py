"""Taking an overdue matter in hand: the ladder rests, and comes back where nothing moves (bar E1)."""

import asyncio
import uuid
from datetime import datetime

from tests.harness import Json, World
from tests.stories import loop, ticks
from tests.stories.loop import CHECKER, HEAD, OFFICE, STAFF


async def _taken_note(world: World, person: str, number: str, kind: str = "escalation") -> Json:
    """The person acknowledges the last notice of this kind."""
    notice = [one for one in await ticks.inbox(world, person, number) if one["kind"] == kind][-1]
    response = await world.post(person, f"/v1/me/notices/{notice['id']}/ack", None)
    assert response.status_code == 200, response.text
    noted: Json = response.json()
    return noted


async def _climbed_to_the_head(world: World, monday: datetime, cases: int = 1) -> list[str]:
    """Late cases of which the head of the unit was told on D16 17:30; it is D17 10:00."""
    numbers = [await loop.to(world, "assigned") for _ in range(cases)]
    await world.until(ticks.on(monday, 17, "10:00"), *numbers)
    return numbers


async def test_an_acknowledgement_stops_the_ladder_and_without_progress_it_is_armed_again(
    world: World, monday: datetime
) -> None:
    (number,) = await _climbed_to_the_head(world, monday)
    noted = await _taken_note(world, HEAD, number)
    assert ticks.told(monday, noted["acknowledged_at"]) == "D17 10:00"
    case = await world.see(number)
    assert (case["next_step"]["kind"], ticks.told(monday, case["next_step"]["at"])) == ("rearm", "D21 17:30")
    await world.until(ticks.on(monday, 23, "17:30"), number)
    assert (await ticks.history(world, number, monday))[4:] == [
        "escalate D16 17:30",
        "repeat D16 17:30",
        "rearm D21 17:30",
        "chase D21 17:30",
        "escalate D22 17:30",
        "escalate D23 17:30",
        "repeat D23 17:30",
    ]
    for person in (STAFF, HEAD):
        assert (await ticks.kinds(world, person, number)).count("rearmed") == 1
    assert await ticks.kinds(world, CHECKER, number) == ["work", "escalation"]


async def test_an_acknowledgement_a_moment_before_a_rung_keeps_it_from_being_taken(
    world: World, monday: datetime
) -> None:
    (number,) = await _climbed_to_the_head(world, monday)
    await world.wind(ticks.on(monday, 17, "17:29") - world.clock(), number)
    taken = await loop.do(world, HEAD, number, "acknowledge")
    seq = taken["seq"]
    await world.until(ticks.on(monday, 18, "17:00"), number)
    assert (await world.see(number))["seq"] == seq
    assert "escalation" not in await ticks.kinds(world, CHECKER, number)


async def test_progress_while_it_rests_is_not_answered_by_an_alarm(world: World, monday: datetime) -> None:
    started, submitted = await _climbed_to_the_head(world, monday, cases=2)
    for number in (started, submitted):
        await _taken_note(world, HEAD, number)
    await world.until(ticks.on(monday, 18, "10:00"), started, submitted)
    await loop.do(world, STAFF, started, "start")
    for action in ("start", "submit"):
        await loop.do(world, STAFF, submitted, action)
    await world.until(ticks.on(monday, 22, "17:30"), started, submitted)
    # a step forward under the same limit: still late, so the ladder goes on from that step
    assert [one for one in (await ticks.history(world, started, monday))[6:] if "chase" not in one] == [
        "escalate D21 10:00",
        "escalate D22 10:00",
        "repeat D22 10:00",
    ]
    # handed in: the limit is over with all that hung on it
    assert [one for one in (await ticks.history(world, submitted, monday))[6:] if "chase" not in one] == [
        "remind D22 08:30"
    ]


async def test_a_second_acknowledgement_is_refused_by_name(world: World, monday: datetime) -> None:
    (number,) = await _climbed_to_the_head(world, monday)
    await loop.do(world, HEAD, number, "acknowledge")
    refused = [await loop.try_(world, person, number, "acknowledge") for person in (HEAD, STAFF, OFFICE)]
    assert [(status, told["code"]) for status, told in refused] == [
        (409, "already_acknowledged"),
        (409, "ladder_rests"),
        (403, "not_told"),
    ]
    await world.until(ticks.on(monday, 21, "17:31"), number)
    status, told = await loop.try_(world, HEAD, number, "acknowledge")
    assert (status, told["code"]) == (409, "already_acknowledged")
    # armed again, it can be taken in hand by somebody who was told and has not done so
    await loop.do(world, STAFF, number, "acknowledge")
    await world.until(ticks.on(monday, 23, "17:00"), number)
    assert (await ticks.history(world, number, monday))[-2:] == ["rearm D21 17:30", "chase D21 17:30"]


async def test_who_takes_over_what_is_late_may_take_it_in_hand(world: World, monday: datetime) -> None:
    passed_on, confirmed = await loop.to(world, "assigned"), await loop.to(world, "reported")
    await world.until(ticks.on(monday, 2, "17:30"), confirmed)
    await loop.do(world, CHECKER, confirmed, "confirm")
    held = await loop.do(world, OFFICE, confirmed, "acknowledge")
    assert held["next_step"]["kind"] == "rearm"
    await world.until(ticks.on(monday, 16, "09:00"), passed_on)
    status, told = await loop.try_(world, HEAD, passed_on, "acknowledge")
    assert (status, told["code"]) == (403, "not_told")
    await loop.do(world, OFFICE, passed_on, "reassign")
    assert (await loop.do(world, HEAD, passed_on, "acknowledge"))["next_step"]["kind"] == "rearm"


async def test_a_pause_ends_an_acknowledgement_and_the_ladder_goes_on_with_time(
    world: World, monday: datetime
) -> None:
    (number,) = await _climbed_to_the_head(world, monday)
    await loop.do(world, HEAD, number, "acknowledge")
    await loop.do(world, OFFICE, number, "pause")
    await world.until(ticks.on(monday, 28, "10:00"), number)
    await loop.do(world, OFFICE, number, "resume")
    await world.until(ticks.on(monday, 29, "10:01"), number)
    taken = await ticks.history(world, number, monday)
    assert taken[-3:] == ["repeat D16 17:30", "chase D28 10:00", "escalate D29 10:00"]
    assert not any(one["late"] for one in await ticks.inbox(world, HEAD, number))


async def test_nothing_is_to_be_acknowledged_before_a_case_is_late_or_after_it_is_done(
    world: World, monday: datetime
) -> None:
    number = await loop.to(world, "assigned")
    for person in (STAFF, OFFICE):
        status, told = await loop.try_(world, person, number, "acknowledge")
        assert (status, told["code"]) == (409, "not_overdue")
    await world.until(ticks.on(monday, 16, "09:00"), number)
    for action in ("start", "submit"):
        await loop.do(world, STAFF, number, action)
    status, told = await loop.try_(world, STAFF, number, "acknowledge")
    assert (status, told["code"]) == (409, "not_overdue")


async def test_taking_note_of_a_reminder_holds_nothing(world: World, monday: datetime) -> None:
    number = await loop.to(world, "assigned")
    await world.until(ticks.on(monday, 15, "09:00"), number)
    noted = await _taken_note(world, STAFF, number, kind="reminder")
    assert noted["acknowledged_at"] is not None
    await world.until(ticks.on(monday, 16, "17:30"), number)
    assert (await ticks.history(world, number, monday))[-1] == "repeat D16 17:30"


async def test_taking_note_twice_or_of_a_case_that_is_over_is_answered_and_changes_nothing(
    world: World, monday: datetime
) -> None:
    (number,) = await _climbed_to_the_head(world, monday)
    noted = await _taken_note(world, HEAD, number)
    seq = (await world.see(number))["seq"]
    again = await _taken_note(world, HEAD, number)
    assert (again, (await world.see(number))["seq"]) == (noted, seq)
    for person, action in ((STAFF, "start"), (STAFF, "submit"), (CHECKER, "pass")):
        await loop.do(world, person, number, action)
    late = await _taken_note(world, STAFF, number, kind="overdue")
    assert late["acknowledged_at"] is not None
    assert (await world.see(number))["stage"] == "closed"


async def test_one_key_takes_note_once_and_of_one_notice_only(world: World, monday: datetime) -> None:
    (number,) = await _climbed_to_the_head(world, monday)
    first, other = [one for one in await ticks.inbox(world, STAFF, number) if one["kind"] != "work"][-2:]
    key = uuid.uuid4().hex
    path = f"/v1/me/notices/{first['id']}/ack"
    answers = await asyncio.gather(*(world.post(STAFF, path, None, key) for _ in range(5)))
    assert {answer.status_code for answer in answers} <= {200, 409}
    again = await world.post(STAFF, path, None, key)
    assert (again.status_code, again.headers["idempotency-replayed"]) == (200, "true")
    elsewhere = await world.post(STAFF, f"/v1/me/notices/{other['id']}/ack", None, key)
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (422, "idempotency_key_reused")
    lines = [line["action"] for line in await loop.timeline(world, number)]
    assert lines.count("acknowledge") == 1


async def test_who_holds_two_posts_that_were_told_acknowledges_by_the_one_of_the_notice(
    world: World, monday: datetime
) -> None:
    both, team = "p-fu01-head", "p-team4a"
    number = (await world.report(team, "fu01"))["id"]
    await loop.do(world, team, number, "confirm")
    await loop.do(world, team, number, "assign", post="fu01-safety")
    await world.until(ticks.on(monday, 18, "10:00"), number)
    told = [one for one in await ticks.inbox(world, both, number) if one["kind"] == "escalation"]
    notice = {one["post_id"]: one["id"] for one in told}["team-4"]
    response = await world.post(both, f"/v1/me/notices/{notice}/ack", None)
    assert response.status_code == 200, response.text
    assert (await world.see(number))["acknowledgement"]["post_id"] == "team-4"
