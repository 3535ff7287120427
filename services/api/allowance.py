"""How much one person may ask for: a bucket of tokens each, filled steadily, emptied by every report, upload and command.

Invariant: over any stretch of ``t`` seconds nobody gets more than ``burst + rate * t`` requests through this process;
a bucket that is full again is forgotten, so the memory is bounded by who asked lately.
"""

import math
import time
from collections.abc import Callable
from typing import Final

from services.api.problems import ComeBack

_SWEPT_AT: Final = 1000
"""Buckets above which those that are full again are looked for."""


class Allowance:
    """``rate`` requests a second, ``burst`` at once; ``clock`` gives seconds that only grow."""

    def __init__(self, *, rate: float, burst: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._burst = burst
        self._clock = clock
        self._full_at: dict[str, float] = {}
        self._sweep_at = _SWEPT_AT

    def take(self, person: str) -> None:
        """Take one token of this person's. Raises ``ComeBack`` with the seconds until there is one again."""
        now = self._clock()
        # a bucket is known by when it will be full: each token taken puts that off
        full_at = max(self._full_at.get(person, now), now) + 1 / self._rate
        late = full_at - now - self._burst / self._rate
        if late > 0:
            raise ComeBack("too_many_requests", seconds=math.ceil(late))
        self._full_at[person] = full_at
        if len(self._full_at) > self._sweep_at:
            self._sweep(now)

    def _sweep(self, now: float) -> None:
        self._full_at = {person: at for person, at in self._full_at.items() if at > now}
        self._sweep_at = max(_SWEPT_AT, 2 * len(self._full_at))
