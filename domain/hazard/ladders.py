"""Whom the ladder reaches from where a case waits, and when its next rung and its next repeat are due.

Invariant: the ladder only reaches upwards: a rung that is not above the one who has to act is passed over. Delays are
working time; each is counted from the step before it, so what holds the ladder moves all that follows.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from domain import workdays
from domain.hazard.clocks import calendar_of
from domain.hazard.shapes import Case
from domain.hazard.timing import Clock
from domain.hazard.words import Stage
from domain.ladder import Addressee, Colour, Ladder, Rung
from domain.workdays import Calendar

_NONE: Final = timedelta()

_WAITING: Final[Mapping[Stage, Addressee]] = {
    Stage.REPORTED: Addressee.TEAM,
    Stage.CONFIRMED: Addressee.OFFICE,
    Stage.ASSIGNED: Addressee.RECTIFIER,
    Stage.RECTIFYING: Addressee.RECTIFIER,
    Stage.VERIFYING: Addressee.TEAM,
    Stage.AWAITING_CLOSURE: Addressee.DEPUTY,
}
"""Who somebody is on whom a stage waits."""


@dataclass(frozen=True, kw_only=True)
class Reached:
    """A rung that the ladder comes to: its place, whom it tells, and when (aware UTC)."""

    place: int
    rung: Rung
    post_id: str
    at: datetime


def ladder_of(case: Case) -> Ladder:
    """The ladder of a case."""
    return case.terms.ladder(case.level)


def post_of(case: Case, addressee: Addressee) -> str | None:
    """The post that somebody is to this case, or ``None`` where the organisation has none."""
    return {
        Addressee.RECTIFIER: case.responsible_post or case.unit_post,
        Addressee.UNIT_HEAD: case.head_post,
        Addressee.TEAM: case.team_post,
        Addressee.OFFICE: case.office_post,
        Addressee.DEPUTY: case.deputy_post,
        Addressee.LEADER: case.leader_post,
    }[addressee]


def next_rung(case: Case, clock: Clock) -> Reached | None:
    """The rung that comes next for a breached clock, or ``None`` at the top."""
    if clock.rung_from is None:
        return None
    for place, rung, post_id in _above(case, clock):
        calendar = calendar_of(case.terms)
        delay = _delay(calendar, rung) - _behind(calendar, case, clock)
        percent = case.terms.percent(date.fromisoformat(clock.last_day))
        at = workdays.add(calendar, clock.rung_from, max(_NONE, delay) * percent / 100)
        return Reached(place=place, rung=rung, post_id=post_id, at=at.astimezone(UTC))
    return None


def colour_at(case: Case, clock: Clock, reached: Reached) -> Colour | None:
    """The colour that a rung gives: the gravest of its own and of those passed over since the last one, if any."""
    passed = ladder_of(case).rungs[clock.rungs : reached.place + 1]
    return max((rung.colour for rung in passed if rung.colour), key=lambda one: one.rank, default=None)


def next_repeat(case: Case, clock: Clock) -> datetime | None:
    """When the one who has to act and the highest one told are told again: after 1, 2, 4, 8 … working days, for ever."""
    if clock.repeat_from is None:
        return None
    calendar = calendar_of(case.terms)
    gap = min(2 ** min(clock.repeats, 30), max(1, ladder_of(case).longest_gap))
    return workdays.add(calendar, clock.repeat_from, gap * calendar.hours.per_day).astimezone(UTC)


def _above(case: Case, clock: Clock) -> Iterator[tuple[int, Rung, str]]:
    waiting = _WAITING[case.stage]
    for place, rung in enumerate(ladder_of(case).rungs):
        post_id = post_of(case, rung.to)
        reached = place >= clock.rungs and rung.to.rank > waiting.rank
        if reached and post_id is not None and post_id != case.waiting_post:
            yield place, rung, post_id


def _behind(calendar: Calendar, case: Case, clock: Clock) -> timedelta:
    """The delay of the last rung behind, from which the next one counts on."""
    rungs = ladder_of(case).rungs
    return _delay(calendar, rungs[clock.rungs - 1]) if 0 < clock.rungs <= len(rungs) else _NONE


def _delay(calendar: Calendar, rung: Rung) -> timedelta:
    return workdays.total(calendar, rung.after)
