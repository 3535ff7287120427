"""The duty roster (值班表): 24 hours, with a dedicated person and a leader in charge (带班) at every minute.

Invariant: the validator lists everything that is wrong, each with the field it is about; a roster without a finding has no
uncovered minute, nobody in two places, a leader for every shift and a number for every person.
Source: notice, section 5 (24小时专人值班和领导带班；值班表需留单位固定电话和值班人员手机号); domain facts 2.7.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from domain import phones
from domain.errors import Refused


@dataclass(frozen=True, kw_only=True)
class Duty:
    """Somebody on a shift; ``mobile`` is eleven digits, or empty where none was given or it is none."""

    name: str
    mobile: str


@dataclass(frozen=True, kw_only=True)
class Shift:
    """One shift (aware UTC): who is on duty, and which leader is in charge."""

    number: int
    starts_at: datetime
    ends_at: datetime
    person: Duty
    leader: Duty


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that is wrong: its place in the form, a stable code, and a sentence that quotes no number."""

    field: str
    code: str
    message: str


def read(content: Mapping[str, Any]) -> tuple[tuple[Shift, ...], str, list[Finding]]:
    """The shifts of a form that fits the schema, the unit's landline, and what was wrong with numbers and times."""
    found: list[Finding] = []
    landline = _number(phones.landline, str(content.get("landline", "")), "landline", found)
    shifts = []
    for number, row in enumerate(content.get("shifts", ())):
        at = f"shifts.{number}"
        starts, ends = (_instant(row[name], f"{at}.{name}", found) for name in ("starts_at", "ends_at"))
        if starts is None or ends is None:
            continue
        person, leader = (_duty(row.get(who) or {}, f"{at}.{who}", found) for who in ("duty", "leader"))
        shifts.append(Shift(number=number, starts_at=starts, ends_at=ends, person=person, leader=leader))
    return tuple(shifts), landline, found


def check(
    shifts: Sequence[Shift], covers: tuple[datetime, datetime], spoken: Callable[[datetime], str]
) -> list[Finding]:
    """Everything that is wrong with the shifts against the span that has to be covered."""
    found = [one for shift in shifts for one in _of_shift(shift)]
    sound = sorted(
        (shift for shift in shifts if shift.starts_at < shift.ends_at), key=lambda one: one.starts_at
    )
    found += _gaps(sound, covers, spoken)
    found += _twice(sound, spoken)
    return found


def masked(content: Mapping[str, Any]) -> dict[str, Any]:
    """The form with every mobile number masked, for the record and for whoever reads it."""
    shifts = [
        dict(row)
        | {who: _masked(row[who]) for who in ("duty", "leader") if isinstance(row.get(who), Mapping)}
        for row in content.get("shifts", ())
    ]
    return dict(content) | {"shifts": shifts}


def _masked(duty: Mapping[str, Any]) -> dict[str, Any]:
    number = str(duty.get("mobile", ""))
    return dict(duty) | ({"mobile": phones.masked(number)} if number else {})


def _of_shift(shift: Shift) -> Iterator[Finding]:
    at = f"shifts.{shift.number}"
    if shift.starts_at >= shift.ends_at:
        yield Finding(field=f"{at}.ends_at", code="shift_ends_first", message="下班时刻须晚于上班时刻")
    if not shift.person.name.strip():
        yield Finding(field=f"{at}.duty.name", code="duty_missing", message="没有值班人员")
    if not shift.leader.name.strip():
        yield Finding(field=f"{at}.leader.name", code="leader_missing", message="没有带班领导")


def _gaps(
    shifts: Sequence[Shift], covers: tuple[datetime, datetime], spoken: Callable[[datetime], str]
) -> Iterator[Finding]:
    reached, last = covers
    for shift in shifts:
        if reached < min(shift.starts_at, last):
            yield _gap(reached, min(shift.starts_at, last), spoken)
        reached = max(reached, shift.ends_at)
    if reached < last:
        yield _gap(reached, last, spoken)


def _gap(since: datetime, until: datetime, spoken: Callable[[datetime], str]) -> Finding:
    minutes = -(-(until - since) // timedelta(minutes=1))
    message = f"{spoken(since)}至{spoken(until)}无人值班，共 {minutes} 分钟"
    return Finding(field="shifts", code="uncovered", message=message)


def _twice(shifts: Sequence[Shift], spoken: Callable[[datetime], str]) -> Iterator[Finding]:
    """Somebody on duty in two shifts at once, or on duty and leader in charge at once."""
    for place, shift in enumerate(shifts):
        if _same(shift.person, shift.leader):
            message = "带班领导与值班人员不得为同一人"
            yield Finding(field=f"shifts.{shift.number}.leader", code="double_booked", message=message)
        for other in shifts[place + 1 :]:
            if other.starts_at >= shift.ends_at:
                break
            if (
                _same(shift.person, other.person)
                or _same(shift.person, other.leader)
                or _same(shift.leader, other.person)
            ):
                message = f"与第 {shift.number + 1} 班重叠，{spoken(other.starts_at)}起同一人须同时值两个班"
                yield Finding(field=f"shifts.{other.number}.duty", code="double_booked", message=message)


def _same(one: Duty, other: Duty) -> bool:
    if one.mobile and other.mobile:
        return one.mobile == other.mobile
    return bool(one.name.strip()) and one.name.strip() == other.name.strip()


def _duty(row: Mapping[str, Any], at: str, found: list[Finding]) -> Duty:
    name, given = str(row.get("name", "")), str(row.get("mobile", ""))
    if not given.strip():
        if name.strip():
            found.append(Finding(field=f"{at}.mobile", code="mobile_missing", message="没有手机号"))
        return Duty(name=name, mobile="")
    return Duty(name=name, mobile=_number(phones.mobile, given, f"{at}.mobile", found))


def _number(reading: Callable[..., str], text: str, field: str, found: list[Finding]) -> str:
    try:
        return reading(text, field=field)
    except Refused as refused:
        found.append(Finding(field=field, code=refused.code, message=refused.message))
        return ""


def _instant(text: Any, field: str, found: list[Finding]) -> datetime | None:
    try:
        at = datetime.fromisoformat(str(text))
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        message = "时刻须带时区，如 2022-09-30T08:00:00+08:00"
        found.append(Finding(field=field, code="instant_invalid", message=message))
        return None
    return at.astimezone(UTC)
