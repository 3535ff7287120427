"""A short run, the same every time, of the property-based client; ``python -m tests.api.fuzzing`` is the long one."""

import asyncio
from functools import partial
from typing import Final

from tests.api import fuzzing
from tests.api.live import Live

ALIKE: Final = (
    "^(confirm|dismiss|merge|regrade|reassign|start|lift_supervision|suspend_use|resume_use|return|control|submit"
    "|pass|close)_hazard$"
)
"""Actions whose body has the form of another's, or of a part of another's."""

ENDING: Final = "^sign_out_everywhere$"
"""What would void the very token that the fuzzer shows."""


SLOWEST: Final = 30
"""Seconds that an answer may take beside the other tests: one that hangs takes longer."""


async def test_the_fuzzer_finds_nothing(live: Live) -> None:
    fuzz = partial(fuzzing.fuzz, live, slowest=SLOWEST)
    edges, walks = await asyncio.gather(
        fuzz("p-office", examples=1, phases="examples,coverage", leave_out=f"{ALIKE}|{ENDING}"),
        fuzz("p-team1a", examples=2, phases="fuzzing,stateful", leave_out=ENDING),
    )
    assert edges.code == 0, edges.screen
    assert walks.code == 0, walks.screen
    assert {200, 201, 400, 401, 404, 405, 409, 415, 422} <= set(edges.statuses)
    assert {200, 201, 403, 409} <= set(walks.statuses)
    assert edges.statuses.total() + walks.statuses.total() > 1_000
