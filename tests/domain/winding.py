"""Winding a case forward: what its clock does by itself until an instant, on time or late."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from domain import hazard
from domain.hazard import Case, Change, Clock
from domain.ladder import ClockKind
from domain.terms import Terms
from domain.workdays import Limit
from tests.domain.cases import TERMS

MOST_AT_ONCE: Final = 100
"""More steps than this in one go can only be a loop that does not advance."""


def wound(case: Case, until: datetime) -> tuple[Case, list[Change]]:
    """Every step up to ``until``, each at its own instant."""
    changes: list[Change] = []
    while (coming := hazard.next_step(case)) is not None and coming.at <= until:
        change = hazard.step(case, coming.at)
        assert change is not None
        assert len(changes) < MOST_AT_ONCE
        changes.append(change)
        case = change.case
    return case, changes


def wound_late(case: Case, now: datetime) -> tuple[Case, list[Change]]:
    """Every step whose instant has come, all of them taken at ``now``, as after an outage."""
    changes: list[Change] = []
    while (change := hazard.step(case, now)) is not None:
        assert len(changes) < MOST_AT_ONCE
        changes.append(change)
        case = change.case
    return case, changes


def after(case: Case, until: datetime) -> Case:
    """The case at ``until``."""
    return wound(case, until)[0]


def clock(case: Case) -> Clock:
    """The running clock of a case that has one."""
    assert case.running is not None
    return case.running


def pending(case: Case) -> tuple[str, datetime] | None:
    """What the clock does next, and when."""
    coming = hazard.next_step(case)
    return None if coming is None else (coming.kind.value, coming.at)


def limited(level: str = "general", *, terms: Terms = TERMS, **limits: Limit) -> Terms:
    """The terms with other limits for some clocks of a level: ``limited(respond=hours(24))``."""
    own = {ClockKind(kind): limit for kind, limit in limits.items()}
    return replace(terms, limits={**terms.limits, level: {**terms.limits[level], **own}})
