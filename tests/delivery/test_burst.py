"""Five thousand matters are overdue at once: each recipient gets at most one message per window, and nothing is lost."""

import itertools
from collections import defaultdict
from dataclasses import replace
from datetime import timedelta

from domain.delivery import ChannelName
from tests.delivery.office import Office, dispatching

COUNT, SECONDS = 5000, 3.0


async def test_a_burst_of_5000_is_one_message_per_recipient_and_window(office: Office) -> None:
    posts = [f"ec0{number}-{kind}" for number in range(1, 4) for kind in ("safety", "head")]
    for post in posts:
        await office.reach(f"person:p-{post}", ChannelName.EMAIL, f"{post}@unit.example")
    told = office.settings.model_copy(update={"bundling_seconds": SECONDS})
    burst = replace(office, settings=told, handles={})
    cases: list[str] = []
    async with dispatching(burst, ChannelName.EMAIL):
        for post, share in itertools.islice(zip(itertools.cycle(posts), range(20), strict=False), 20):
            cases += await office.put(post, count=COUNT // 20)
            assert share < 20
        states = await office.settled(cases, within=180)
    assert len(states) == COUNT
    assert {state for *_, state in states} == {"sent"}
    at = defaultdict(list)
    for row in await office.attempts():
        at[row["contact_id"]].append(row["at"])
    assert len(at) == len(posts)
    for instants in at.values():
        gaps = [later - earlier for earlier, later in itertools.pairwise(instants)]
        assert all(gap >= timedelta(seconds=SECONDS) for gap in gaps)
    assert len(office.box.mails) == sum(map(len, at.values()))
    told_of = sum(text.count("【逾期】") for text in office.box.texts())
    assert told_of + sum(_counted(text) for text in office.box.texts()) == COUNT


def _counted(text: str) -> int:
    """How many a digest names only by their number."""
    last = text.splitlines()[-1]
    return int("".join(filter(str.isdigit, last))) if last.startswith("……另有") else 0
