"""Work that waits on a post with several holders is taken by one of them (签领, bar A1), and is free again for whoever succeeds."""

import asyncio
from collections import Counter

from tests.harness import World
from tests.stories import loop
from tests.stories.loop import CHECKER, FINDER, OFFICE

OTHER_TEAM = "p-team2a"


async def _claimed(world: World, by: str = FINDER) -> str:
    number: str = (await world.report(FINDER))["id"]
    assert (await world.must(by, number, "claim"))["claim"]["person_id"] == by
    return number


async def test_of_fifty_claims_at_once_one_succeeds_and_the_others_are_told_who_holds_it(
    world: World,
) -> None:
    number: str = (await world.report(FINDER))["id"]

    async def one(place: int) -> tuple[int, str | None]:
        answer = await world.act((FINDER, CHECKER)[place % 2], number, "claim")
        told = answer.json()
        assert answer.status_code == 200 or told["code"] == "claimed", told
        return answer.status_code, told.get("held_by")

    answers = Counter(await asyncio.gather(*(one(place) for place in range(50))))
    holder = (await world.see(number))["claim"]["person_id"]
    assert answers == {(200, None): 1, (409, holder): 49}
    lines = await loop.timeline(world, number)
    assert [line["action"] for line in lines] == ["report", "claim"]
    assert lines[1]["changed"]["claim"]["person_id"] == holder


async def test_what_one_has_claimed_another_does_not_move_on_but_may_speak_of(world: World) -> None:
    number = await _claimed(world)
    refused = await world.act(CHECKER, number, "confirm")
    assert (refused.status_code, refused.json()["code"]) == (409, "claimed")
    assert refused.json()["held_by"] == FINDER
    offered = {one["action"] for one in (await world.see(number, CHECKER))["allowed_actions"]}
    assert "confirm" not in offered
    assert "note" in offered
    await world.must(CHECKER, number, "note", note="同去现场")
    assert (await world.must(FINDER, number, "confirm"))["claim"] is None, "the stage is over, and its claim"


async def test_another_post_is_not_bound_by_a_claim(world: World) -> None:
    number = await _claimed(world)
    assert (await world.must(OFFICE, number, "confirm"))["stage"] == "confirmed"


async def test_a_claim_is_given_back_by_the_one_who_made_it_or_by_those_who_direct(world: World) -> None:
    number = await _claimed(world)
    refused = await world.act(CHECKER, number, "release")
    assert (refused.status_code, refused.json()["code"]) == (403, "not_claimant")
    assert (await world.must(FINDER, number, "release"))["claim"] is None
    await world.must(CHECKER, number, "claim")
    assert (await world.must(OFFICE, number, "release", note="公出"))["claim"] is None


async def test_a_claim_is_handed_over_to_another_holder_of_the_post_and_to_nobody_else(world: World) -> None:
    number = await _claimed(world)
    for stranger in (OTHER_TEAM, "p-ec01-safety", "p-unheard-of"):
        refused = await world.act(FINDER, number, "hand_over", successor=stranger)
        assert (refused.status_code, refused.json()["code"]) == (409, "successor_unknown")
    handed = await world.must(FINDER, number, "hand_over", successor=CHECKER)
    assert handed["claim"]["person_id"] == CHECKER
    refused = await world.act(FINDER, number, "confirm")
    assert refused.json()["held_by"] == CHECKER
    await world.must(CHECKER, number, "confirm")


async def test_whoever_judges_nothing_of_a_unit_neither_claims_that_work_nor_takes_it_over(
    world: World,
) -> None:
    both, team = "p-fu01-head", "p-team4a"
    number = (await world.report(team, "fu01"))["id"]
    refused = await world.act(both, number, "claim")
    assert (refused.status_code, refused.json()["code"]) == (403, "separation_of_duties")
    await world.must(team, number, "claim")
    refused = await world.act(team, number, "hand_over", successor=both)
    assert (refused.status_code, refused.json()["code"]) == (403, "separation_of_duties")


async def _hold(world: World, person: str, post: str, *, holds: bool) -> None:
    async with world.database.transaction() as connection:
        if holds:
            await connection.execute("INSERT INTO holders (person_id, post_id) VALUES ($1, $2)", person, post)
        else:
            await connection.execute(
                "DELETE FROM holders WHERE person_id = $1 AND post_id = $2", person, post
            )


async def test_a_claim_ends_when_its_holder_leaves_the_post(world: World) -> None:
    number = await _claimed(world)
    await _hold(world, FINDER, "team-1", holds=False)
    try:
        assert (await world.see(number))["claim"] is None
        assert (await world.see(number, CHECKER))["claim"] is None
        confirmed = await world.must(CHECKER, number, "confirm")
        assert confirmed["stage"] == "confirmed"
    finally:
        await _hold(world, FINDER, "team-1", holds=True)
    lines = await loop.timeline(world, number)
    assert lines[-1]["changed"]["claim"] is None, "the record says that it was free"


async def test_a_claim_of_a_former_holder_is_claimed_anew(world: World) -> None:
    number = await _claimed(world)
    await _hold(world, FINDER, "team-1", holds=False)
    try:
        claimed = await world.must(CHECKER, number, "claim")
        assert claimed["claim"]["person_id"] == CHECKER
    finally:
        await _hold(world, FINDER, "team-1", holds=True)
    refused = await world.act(FINDER, number, "confirm")
    assert refused.json()["held_by"] == CHECKER
