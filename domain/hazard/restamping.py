"""Bringing running cases under newer terms or days (时限重算): what would move, and the change that moves it.

Invariant: nothing reaches a running case but by such a change in its own history; what an extension granted stays. Orders
are carried out side by side, so one may reach a case after a later one: newer days never give way to older ones, nor a
newer policy to one that was wanted before it was in force.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from domain.hazard import clocks, plain
from domain.hazard.shapes import Case, Restamp
from domain.terms import Terms
from domain.workdays import Calendar


@dataclass(frozen=True, kw_only=True)
class Moved:
    """What newer terms do to the due instant of one case (aware UTC; ``None`` while none is running)."""

    case_id: str
    unit_name: str
    place: str
    due_before: datetime | None
    due_after: datetime | None
    provisional_before: bool
    provisional_after: bool

    @property
    def date_changed(self) -> bool:
        """Whether somebody has to be told."""
        return self.due_before != self.due_after


def brought(case: Case, newer: Restamp) -> Terms | None:
    """The terms under which the case goes on, or ``None`` where it stays as it is: done already, closed, or newer."""
    if newer.request_id in case.recent_requests or not case.stage.is_open:
        return None
    had, terms = case.terms, newer.terms
    if newer.team_post is not None:
        return None if newer.team_post == case.team_post else had
    if newer.days_only:
        if terms.region != had.region or _edition(terms) < _edition(had):
            return None
        return replace(had, calendar=terms.calendar)
    if newer.replaces is not None and had.version not in newer.replaces:
        return None
    if terms.region == had.region and _edition(terms) < _edition(had):
        return replace(terms, calendar=had.calendar)
    return terms


def restamped(case: Case, terms: Terms, now: datetime) -> Case:
    """The case under ``terms``; a limit that the terms set is taken anew, from its own start."""
    under = replace(case, terms=terms)
    if plain.applies(terms):
        return under
    running = case.running
    stays = running is not None and running.extended
    clock = (
        clocks.set_anew(running, terms, case.level, now) if running and stays else clocks.regraded(under, now)
    )
    changed: Mapping[str, Any] = clocks.summary(clock)
    after = replace(under, **changed)
    # what was late by plain days and still is was counted then
    still = running is None and case.overdue and after.due_at is not None and after.due_at <= now
    return replace(after, overdue=True) if still else after


def under_team(case: Case, team_post: str) -> Case:
    """The case under another team, which was told what the one before was told, and has its unanswered slips to answer."""

    def whose(post_id: str) -> str:
        return team_post if post_id == case.team_post else post_id

    running = case.running and replace(case.running, told=tuple(map(whose, case.running.told)))
    slips = tuple(one if one.replied_at else replace(one, post_id=whose(one.post_id)) for one in case.slips)
    return replace(case, team_post=team_post, running=running, slips=slips)


def moved(case: Case, terms: Terms, now: datetime) -> Moved | None:
    """What ``terms`` would move, or ``None`` where the due instant and its certainty stay."""
    after = restamped(case, terms, now)
    told = Moved(
        case_id=case.id,
        unit_name=case.unit_name,
        place=case.place,
        due_before=case.due_at,
        due_after=after.due_at,
        provisional_before=case.running is not None and case.running.provisional,
        provisional_after=after.running is not None and after.running.provisional,
    )
    same = not told.date_changed and told.provisional_before == told.provisional_after
    return None if same else told


def under_days(case: Case, calendar: Calendar, now: datetime) -> Terms | None:
    """The case's own terms with the days of ``calendar``, or ``None`` where it carries them already or counts none."""
    if plain.applies(case.terms):
        return None
    newer = case.terms.stamped(calendar, case.reported_at, now)
    return None if _days(newer) == _days(case.terms) else newer


def _edition(terms: Terms) -> tuple[int, ...]:
    """Which edition of a region's days the terms carry; it grows with every edit of the region or of one under it."""
    version = "" if terms.calendar is None else terms.calendar.version
    return tuple(int(part) for part in version.split("+") if part.isdecimal())


def _days(terms: Terms) -> object:
    """What a stamped calendar says, whatever its version and window."""
    calendar = terms.calendar
    return calendar and (calendar.days, calendar.official_years, calendar.hours)
