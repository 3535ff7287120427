"""What will happen to a case if nobody acts: the coming steps of the clock, by the same functions that take them.

Invariant: nothing is changed; the case that is looked at stays as it is.
"""

from collections.abc import Iterator
from datetime import datetime

from domain.hazard.shapes import Case, Change
from domain.hazard.steps import step
from domain.hazard.timetable import next_step


def foresee(case: Case, until: datetime, most: int = 200) -> Iterator[Change]:
    """The coming changes of ``case`` up to ``until`` (aware), at most ``most``, each at its instant."""
    for _ in range(most):
        coming = next_step(case)
        if coming is None or coming.at > until:
            return
        change = step(case, coming.at)
        if change is None:
            return
        yield change
        case = change.case
