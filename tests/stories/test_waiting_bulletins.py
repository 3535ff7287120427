"""A bulletin that waits is open work: the post that is to review, sign or issue it is not left to nobody."""

import re
from datetime import timedelta

from tests.harness import World
from tests.stories import bulletins, organised
from tests.stories.organised import holder

DIRECTOR = "general-office-head"
"""Who holds it directs the office."""

HOLDERS = "SELECT person_id FROM holders WHERE post_id = $1 AND valid_to > $2"


async def _lying(world: World, desk: str, post: str) -> int:
    """How much open work the refusal to leave a post to nobody names with it, when whoever holds ``desk`` is to leave."""
    async with world.database.connection() as connection:
        people = [row["person_id"] for row in await connection.fetch(HOLDERS, desk, world.clock())]
    ends = (world.clock() + timedelta(minutes=5)).isoformat()
    leaving = [holder(desk, person, valid_to=ends) for person in people]
    assert leaving
    status, told = await organised.try_(world, dry_run=True, holders=leaving)
    if status == 200 or told["code"] != "open_work_without_holder":
        return 0
    found = re.search(rf"{post}（(\d+) 件在办）", told["title"])
    return int(found[1]) if found else 0


async def test_a_bulletin_lies_with_the_post_that_it_waits_on(world: World) -> None:
    draft = await bulletins.drafted(world, await bulletins.listed(world))
    await bulletins.decided(world, draft["id"])
    to_sign, to_review = await _lying(world, "leader", "leader"), await _lying(world, DIRECTOR, "office")
    assert to_review >= 1
    await bulletins.do(world, bulletins.OFFICE, draft["id"], "review")
    assert await _lying(world, "leader", "leader") == to_sign + 1
    assert await _lying(world, DIRECTOR, "office") == to_review - 1
    await bulletins.do(world, bulletins.LEADER, draft["id"], "sign")
    assert await _lying(world, "leader", "leader") == to_sign
    assert await _lying(world, DIRECTOR, "office") == to_review
    await bulletins.do(world, bulletins.OFFICE, draft["id"], "issue")
    assert await _lying(world, DIRECTOR, "office") == to_review - 1
