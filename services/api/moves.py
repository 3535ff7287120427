"""What newer days or a newer policy would move in the running cases: listed before anything is made.

Invariant: nothing is changed here; the list comes from the same functions that the cases are brought along by.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from pydantic import BaseModel, Field

from domain import hazard
from domain.errors import Temporary
from domain.hazard import Case, Moved
from domain.terms import Terms
from domain.workdays import Calendar
from services.api.deps import Services

MOST_LISTED: Final = 200
"""Moved cases that an answer lists; the count is of all."""


class MovedView(BaseModel):
    """A running case whose due date moves, or only becomes certain."""

    hazard_id: str = Field(description="案号")
    unit_name: str
    place: str
    due_before: datetime | None = Field(description="现在的到期时刻")
    due_after: datetime | None = Field(description="变动后的到期时刻")
    provisional_before: bool = Field(description="现在是否暂定")
    provisional_after: bool = Field(description="变动后是否暂定")
    date_changed: bool = Field(description="时限是否变动；仅由暂定变为确定的不通知")


class Moves(BaseModel):
    """What moves, and what happens to it."""

    moved_count: int = Field(description="时限变动的在办案数")
    moved: list[MovedView] = Field(description="变动的在办案，至多列出二百件")
    restamp: str | None = Field(description="逐案重算的任务编号；试算或不涉及在办案时为 null")


async def by_days(services: Services, calendars: Mapping[str, Calendar], now: datetime) -> list[Moved]:
    """What the running cases of these regions would have moved by these calendars."""

    def newer(case: Case) -> Terms | None:
        calendar = calendars.get(case.terms.region)
        return None if calendar is None else hazard.under_days(case, calendar, now)

    return [
        moved
        async for case in services.restamps.every_open_case()
        if (moved := _moved(case, newer(case), now))
    ]


async def by_policy(services: Services, policy: Terms, calendar: Calendar, now: datetime) -> list[Moved]:
    """What every running case of an older policy would have moved under ``policy``."""
    older = await services.restamps.older(policy.version, now)
    return [
        moved
        async for case in services.restamps.every_open_case()
        if case.terms.version in older
        and (moved := _moved(case, policy.stamped(calendar, case.reported_at, now), now))
    ]


async def started(services: Services, order_id: str) -> None:
    """Carry the order out now; if the engine is away the relay does it later."""
    try:
        await services.gateway.start_restamp(order_id)
    except Temporary:
        return


def view(moved: list[Moved], restamp: str | None) -> Moves:
    """The list as clients read it."""
    return Moves(moved_count=len(moved), moved=[_view(one) for one in moved[:MOST_LISTED]], restamp=restamp)


def _moved(case: Case, newer: Terms | None, now: datetime) -> Moved | None:
    return None if newer is None else hazard.moved(case, newer, now)


def _view(moved: Moved) -> MovedView:
    return MovedView(
        hazard_id=moved.case_id,
        unit_name=moved.unit_name,
        place=moved.place,
        due_before=moved.due_before,
        due_after=moved.due_after,
        provisional_before=moved.provisional_before,
        provisional_after=moved.provisional_after,
        date_changed=moved.date_changed,
    )
