"""What is told of a collection, which units of its list are meant, and when it leaves: pure texts to the posts of units.

Invariant: what is not urgent leaves in business hours, unless it would be pointless by then: it never waits beyond the instant
that it warns of. Either is noted in the change. Whether a unit is told depends on how it stands on the list and on nothing else.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from domain import workdays
from domain.collection.shapes import Collection, Member, Step, Telling
from domain.collection.words import StepKind
from domain.notices import NoticeKind
from domain.workdays import Calendar


def opened(collection: Collection, step: Step, now: datetime) -> Telling:
    """Every unit is asked, by whom and by when; after an outage longer than the window, what can still be done."""
    window, about = collection.window, f"“{collection.title}”（{collection.kind.label}）"
    asked, until = f"请于{window.spoken(window.due_at)}前报送{about}", window.due_at
    if now >= window.due_at:
        asked, until = f"{_overdue(collection, window.due_at)}，{_make_up(collection)}", window.cut_off_at
    return Telling(
        kind=NoticeKind.COLLECTION_OPENED,
        text=f"{asked}，依据：{collection.basis}。联系电话：{collection.contact_phone}",
        due_at=step.at,
        all_units=True,
        urgent=collection.kind.reminders.urgent,
        until=until,
    )


def reminded(collection: Collection, step: Step, due_at: datetime) -> Telling:
    """Who has something to submit is reminded, before or behind the due instant."""
    window, before = collection.window, step.kind is StepKind.REMIND
    kind = NoticeKind.COLLECTION_REMINDER if before else NoticeKind.COLLECTION_OVERDUE
    about = f"“{collection.title}”（{collection.kind.label}）"
    text = (
        f"贵单位尚未报送{about}，请于{window.spoken(due_at)}前报送"
        if before
        else f"{_overdue(collection, due_at)}，贵单位尚未报送或材料被退回，{_make_up(collection)}"
    )
    return Telling(
        kind=kind,
        text=text,
        due_at=step.at,
        unit_id=step.unit_id,
        urgent=collection.kind.reminders.urgent,
        until=due_at if before else window.cut_off_at,
    )


def is_told(telling: Telling, member: Member) -> bool:
    """Whether this unit is told: the one that is meant, or of all those that have something to submit, or simply all."""
    if telling.unit_id is not None:
        meant = member.unit_id == telling.unit_id
    else:
        meant = (telling.all_units or member.due_at is None) and not member.exempt
    return meant and (telling.all_units or member.counted_at is None or member.returned)


def cancelled(collection: Collection, reason: str | None, now: datetime) -> Telling | None:
    """Nobody need submit any more; before the opening nobody was asked, and nobody is told."""
    if collection.opened_at is None:
        return None
    return _decided(f"“{collection.title}”已撤销，不必报送：{reason}", now)


def extended(collection: Collection, unit_id: str, until: datetime, now: datetime) -> Telling:
    """One unit has more time."""
    return _decided(
        f"“{collection.title}”：贵单位的报送时限延至{collection.window.spoken(until)}", now, unit_id
    )


def exempted(collection: Collection, unit_id: str, reason: str | None, now: datetime) -> Telling:
    """One unit need not submit."""
    return _decided(f"“{collection.title}”：贵单位此次免报，理由：{reason}", now, unit_id)


def returned(collection: Collection, unit_id: str, reasons: Sequence[str], now: datetime) -> Telling:
    """What one unit submitted was found defective."""
    until = collection.window.spoken(collection.window.cut_off_at)
    text = f"“{collection.title}”：贵单位的材料不合格，已退回（{'；'.join(reasons)}），请于{until}前重新报送"
    return _decided(text, now, unit_id)


@dataclass(frozen=True, kw_only=True)
class Timed:
    """What is told, when it leaves (aware), and the note about it."""

    telling: Telling
    leaves_at: datetime
    note: str | None = None


def timed(telling: Telling, calendar: Calendar, now: datetime, *, late: bool) -> Timed:
    """What is told at ``now`` by the business calendar: at once, or when the next working day begins."""
    if telling.urgent:
        return Timed(telling=telling, leaves_at=now)
    leaves_at = opening(calendar, now if late else telling.due_at, now)
    if telling.until is not None and leaves_at >= telling.until:
        urgent, note = replace(telling, urgent=True), "非上班时间，等到上班已过时限，即时发出"
        return Timed(telling=urgent, leaves_at=now, note=note)
    note = f"非上班时间，待{calendar.local(leaves_at):%m月%d日%H:%M}上班时发出"
    return Timed(telling=telling, leaves_at=leaves_at, note=None if leaves_at == now else note)


def opening(calendar: Calendar, asked: datetime, now: datetime) -> datetime:
    """When what was taken at ``now`` and is judged by ``asked`` leaves: at once in business hours, else when they begin."""
    if workdays.within_business(calendar, asked):
        return now
    return workdays.next_opening(calendar, now).astimezone(UTC)


def _overdue(collection: Collection, due_at: datetime) -> str:
    return f"“{collection.title}”（{collection.kind.label}）已于{collection.window.spoken(due_at)}到期"


def _make_up(collection: Collection) -> str:
    return f"请于{collection.window.spoken(collection.window.cut_off_at)}截止前补报"


def _decided(text: str, now: datetime, unit_id: str | None = None) -> Telling:
    kind = NoticeKind.COLLECTION_DECIDED
    return Telling(kind=kind, text=text, due_at=now, unit_id=unit_id, all_units=True)
