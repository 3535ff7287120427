"""What the clock does to a collection, and when: opening, reminders, due instants, the cut-off.

Invariant: it is a pure reading of the collection; each step is taken once, and one whose lead is longer than the window, or
that an outage held up until it would be untrue or a repetition, is noted as such and never silently dropped.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from domain.collection import telling
from domain.collection.changes import CLOCK, Said, changed
from domain.collection.lists import Counts
from domain.collection.shapes import Change, Collection, Step, Telling
from domain.collection.telling import Timed
from domain.collection.words import END_EARLY, Phase, StepKind
from domain.notices import NoticeKind
from domain.workdays import Calendar

LATE_AFTER: Final = timedelta(seconds=60)
"""A step that is taken later than this is marked late."""


def next_step(collection: Collection) -> Step | None:
    """The earliest pending step, or ``None`` where the clock has nothing to do."""
    return min(pending(collection), key=lambda step: (step.at, step.kind.order, step.key), default=None)


def pending(collection: Collection) -> Iterator[Step]:
    """The steps that are not taken, in no order."""
    if not collection.phase.is_open:
        return
    window = collection.window
    if collection.opened_at is None:
        yield Step(kind=StepKind.OPEN, at=window.opens_at)
        return
    yield Step(kind=StepKind.CUT_OFF, at=window.cut_off_at)
    yield from (step for step in _around(collection) if step.key not in collection.done)


def around(collection: Collection, due_at: datetime, unit_id: str | None = None) -> Iterator[Step]:
    """The steps around one due instant: that of all, or that of a unit with an extension."""
    reminders = collection.kind.reminders
    for lead in reminders.before:
        at = due_at - timedelta(minutes=lead)
        yield Step(kind=StepKind.REMIND, at=at, lead=lead, unit_id=unit_id)
    grace = timedelta(seconds=collection.window.grace_seconds)
    yield Step(kind=StepKind.DUE, at=due_at + grace, unit_id=unit_id)
    for lead in reminders.after:
        at = due_at + timedelta(minutes=lead)
        if due_at + grace < at < collection.window.cut_off_at:
            yield Step(kind=StepKind.CHASE, at=at, lead=lead, unit_id=unit_id)


def _around(collection: Collection) -> Iterator[Step]:
    yield from around(collection, collection.window.due_at)
    for extension in collection.extensions:
        yield from around(collection, extension.due_at, extension.unit_id)


def take(collection: Collection, step: Step, now: datetime, calendar: Calendar) -> Change:
    """Take a step other than the cut-off at ``now``; what is not urgent leaves in the business hours of ``calendar``."""
    if step.kind is StepKind.OPEN:
        return _open(collection, step, now, calendar)
    after = replace(collection, done=(*collection.done, step.key))
    if step.kind is StepKind.DUE and step.unit_id is None:
        after = replace(after, phase=Phase.LATE)
    due_at = _due_of(collection, step)
    told = _timed(telling.reminded(collection, step, due_at), step, now, calendar)
    if why := _pointless(collection, step, due_at, now, told.leaves_at):
        return changed(collection, after, step.key, CLOCK, now, Said(due_at=step.at, note=why))
    return _tell(collection, after, step, now, told)


def _timed(told: Telling, step: Step, now: datetime, calendar: Calendar) -> Timed:
    return telling.timed(told, calendar, now, late=now - step.at > LATE_AFTER)


def _tell(
    collection: Collection, after: Collection, step: Step, now: datetime, told: Timed, note: str | None = None
) -> Change:
    late = "补办" if now - step.at > LATE_AFTER else None
    said = Said(due_at=step.at, note="；".join(one for one in (late, note, told.note) if one) or None)
    change = changed(collection, after, step.key, CLOCK, now, said, told.telling)
    return replace(change, leaves_at=told.leaves_at)


def _pointless(
    collection: Collection, step: Step, due_at: datetime, now: datetime, leaves_at: datetime
) -> str | None:
    """Why a step would say what is not true by now, or say it twice, and so tells nobody."""
    if now >= collection.window.cut_off_at:
        return "截止时刻已过，不再通知"
    if step.kind is StepKind.REMIND and now >= due_at:
        return "到期时刻已过，此次催报不再适用"
    if collection.opened_at is not None and collection.opened_at >= step.at:
        return "开启时已一并告知"
    if any(step.at < other.at <= leaves_at for other in _like(collection, step)):
        return "其后一次届时也已到时，只通知一次"
    return None


def _like(collection: Collection, step: Step) -> Iterator[Step]:
    """The steps that are left and would tell the same units as ``step``."""
    like = around(collection, _due_of(collection, step), step.unit_id)
    return (other for other in like if other.key not in collection.done)


def end(
    collection: Collection,
    counts: Counts,
    frozen_hash: str,
    now: datetime,
    calendar: Calendar,
    *,
    early: bool = False,
) -> Change:
    """Cut the collection off: its list is frozen under ``frozen_hash``, and who has to know is told."""
    after = replace(collection, phase=Phase.ENDED, ended_at=now, ended_early=early, frozen_hash=frozen_hash)
    sum_up = f"“{collection.title}”{'已收齐，提前截止' if early else '已截止，名单已固定'}：{spoken(counts)}"
    named = counts.late + counts.missing + counts.defective
    desks: list[tuple[str | None, NoticeKind, str]] = [(None, NoticeKind.COLLECTION_ENDED, sum_up)]
    if named and collection.kind.consequence.escalation:
        desks += [(desk, NoticeKind.COLLECTION_ENDED, sum_up) for desk in collection.kind.escalate_to]
    due_at = collection.window.cut_off_at
    said = Said(
        due_at=None if early else due_at,
        about={"counts": {name: getattr(counts, name) for name in _COUNTED}},
    )
    action = END_EARLY if early else StepKind.CUT_OFF.value
    change = changed(collection, after, action, CLOCK, now, said, desks=tuple(desks))
    if early:
        return change
    asked = now if now - due_at > LATE_AFTER else due_at
    return replace(change, leaves_at=telling.opening(calendar, asked, now))


_COUNTED: Final = ("on_time", "late", "missing", "exempt", "defective")


def spoken(counts: Counts) -> str:
    """The counts as a sentence, late ones among the received: 应报 41，已报 39，迟报 1，未报 2."""
    parts = [f"应报 {counts.due}", f"已报 {counts.received}", f"迟报 {counts.late}", f"未报 {counts.missing}"]
    parts += [f"材料不合格 {counts.defective}"] if counts.defective else []
    parts += [f"免报 {counts.exempt}"] if counts.exempt else []
    return "，".join(parts)


def _open(collection: Collection, step: Step, now: datetime, calendar: Calendar) -> Change:
    opened, window = replace(collection, phase=Phase.OPEN, opened_at=now), collection.window
    if now >= window.cut_off_at:
        said = Said(due_at=step.at, note="截止时刻已过，不再通知")
        return changed(collection, opened, step.key, CLOCK, now, said)
    passed = tuple(
        each.key for each in around(opened, window.due_at) if each.kind is StepKind.REMIND and each.at <= now
    )
    leads = "、".join(key.partition(":")[2] for key in passed)
    note = f"开启时距到期已不足 {leads} 分钟，相应催报不适用" if passed else None
    after = replace(opened, done=(*opened.done, *passed))
    told = _timed(telling.opened(collection, step, now), step, now, calendar)
    return _tell(collection, after, step, now, told, note)


def _due_of(collection: Collection, step: Step) -> datetime:
    own = {one.unit_id: one.due_at for one in collection.extensions}
    return own.get(step.unit_id or "", collection.window.due_at)
