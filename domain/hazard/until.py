"""Dates that an act names: the new last day of an extension, the day on which a deferral comes back.

Invariant: a date is refused by name before anything is decided; an extension is judged again when it is granted.
"""

from datetime import date, datetime, timedelta
from typing import Final

from domain import workdays
from domain.errors import Kind, Refused
from domain.hazard.clocks import calendar_of
from domain.hazard.shapes import Case, Command
from domain.hazard.words import Action
from domain.workdays import Limit, Unit

MOST_DEFERRED: Final = timedelta(days=366)
"""No deferral is longer: what rests for more than a year is to be decided anew."""


def check(case: Case, command: Command, now: datetime) -> None:
    """Refuse a date that cannot be. Raises ``Refused`` (``until_…``, ``extension_…``) with the field."""
    if command.action is Action.DEFER:
        _check_deferral(case, _day(command.until), now)
    elif command.action is Action.EXTEND:
        _check_extension(case, _day(command.until), now)
    elif command.action is Action.GRANT_EXTENSION and (asked := case.pending_extension) is not None:
        _check_extension(case, _day(asked.until), now)


def _check_deferral(case: Case, day: date, now: datetime) -> None:
    today = case.terms.local(now).date()
    if day <= today:
        raise _invalid("until_in_past", "暂缓日期须在今日之后")
    if day - today > MOST_DEFERRED:
        raise _invalid("until_too_far", f"暂缓不得超过 {MOST_DEFERRED.days} 日")


def _check_extension(case: Case, day: date, now: datetime) -> None:
    clock = case.running
    if clock is None or clock.due_at is None or clock.first_due_at is None:
        return
    if day - case.terms.local(now).date() > timedelta(days=workdays.MOST_DAYS):
        raise _invalid("until_too_far", "日期过于遥远")
    new = workdays.named(calendar_of(case.terms), Limit(unit=Unit.NAMED_DATE, on=day.isoformat())).at
    if new <= now:
        raise _invalid("until_in_past", "延期后的日期已经过去")
    if new <= clock.due_at:
        raise _invalid("extension_not_later", "延期后的日期须晚于现有时限")
    most = case.terms.extension_days.get(case.level)
    if most is None:
        raise Refused(Kind.CONFLICT, "extension_not_allowed", "该等级的隐患不得延期", field="until")
    first = case.terms.local(clock.first_due_at - timedelta(microseconds=1)).date()
    if (last := first + timedelta(days=most)) < day:
        message = f"延期累计不得超过原时限之后 {most} 日，最晚 {last.isoformat()}"
        raise Refused(Kind.CONFLICT, "extension_over_cap", message, field="until")


def _day(text: str | None) -> date:
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
        raise _invalid("until_invalid", "没有这一天，日期须写作 2026-10-08")
    return day


def _invalid(code: str, message: str) -> Refused:
    return Refused(Kind.CONFLICT, code, message, field="until")
