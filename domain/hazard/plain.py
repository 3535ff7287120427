"""How a case counts that was opened under plain days, before there were clocks: calendar days per stage, flagged once.

Invariant: such a case keeps the terms it was opened under; only an operator brings it under newer ones (时限重算).
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from domain.hazard.shapes import Case
from domain.hazard.words import Stage
from domain.terms import ReopenClock, Terms

Fields = dict[str, Any]


def applies(terms: Terms) -> bool:
    """Whether these are terms of plain days."""
    return not terms.limits and not terms.category_limits


def entered(case: Case, to: Stage, now: datetime) -> Fields:
    """What entering stage ``to`` does to the due instant of a case that has its new level already."""
    due_at = case.terms.plain_due(case.level, to, now) if to.is_open else None
    return {"due_at": due_at, "overdue": False}


def regraded(case: Case, level: str, now: datetime) -> Fields:
    """The due instant under another level, from the original start."""
    due_at = continued(case) or case.terms.plain_due(level, case.stage.value, case.stage_since)
    fields: Fields = {"due_at": due_at, "overdue": case.overdue and due_at is not None and due_at <= now}
    if case.stage is Stage.RECTIFYING:
        fields["rounds"] = (*case.rounds[:-1], replace(case.rounds[-1], due_at=due_at))
    return fields


def continued(case: Case) -> datetime | None:
    """The limit that a reopened case goes on with (反销号续用原时限) until it is submitted again, if any."""
    this = [round_ for round_ in case.rounds if round_.cycle == case.cycle]
    earlier = case.rounds[: len(case.rounds) - len(this)]
    if case.clock is not ReopenClock.CONTINUE or not earlier or any(round_.submitted_at for round_ in this):
        return None
    return earlier[-1].due_at
