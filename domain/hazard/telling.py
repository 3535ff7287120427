"""Who is told what because of a change (通知): pure texts of a case, addressed to posts.

Invariant: a text names institution, place, limit and post, never a person. What people do is told at once; what the clock
does and is not urgent leaves in business hours.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from domain import workdays
from domain.audit import Entry
from domain.hazard.clocks import calendar_of
from domain.hazard.shapes import Case
from domain.hazard.timing import Clock, Extension, Slip
from domain.hazard.words import Decision
from domain.ladder import Addressee, Colour
from domain.notices import Notice, NoticeKind

LATE_AFTER: Final = timedelta(minutes=1)
"""A step taken later than this after its instant is marked late."""


@dataclass(frozen=True, kw_only=True)
class Told:
    """One thing to tell: why, to which post, and the sentence."""

    kind: NoticeKind
    post_id: str | None
    text: str


def notices(case: Case, entry: Entry, told: Iterable[Told]) -> tuple[Notice, ...]:
    """What was to be told as notices of the change ``entry``, after which the case is ``case``; each post once a kind."""
    at, due_at = entry.at, entry.due_at or entry.at
    urgent = case.major or case.colour is Colour.RED
    late = at - due_at > LATE_AFTER
    by_clock = entry.due_at is not None
    leaves_at = _opening(case, at if late else due_at, at) if by_clock and not urgent else at
    distinct = {(one.kind, one.post_id): one for one in told if one.post_id is not None}
    return tuple(
        Notice(
            id=f"{case.id}.{entry.seq}.{number}",
            case_id=case.id,
            seq=entry.seq,
            kind=one.kind,
            post_id=one.post_id or "",
            at=at,
            due_at=due_at,
            leaves_at=leaves_at,
            urgent=urgent,
            late=late,
            text=one.text,
        )
        for number, one in enumerate(distinct.values(), 1)
    )


def _opening(case: Case, asked: datetime, at: datetime) -> datetime:
    """When a step leaves that was taken at ``at`` and is judged by ``asked``: at once in business hours, else when they begin."""
    calendar = calendar_of(case.terms)
    return at if workdays.within_business(calendar, asked) else workdays.next_opening(calendar, at)


def work(case: Case) -> Told:
    """The case waits on somebody now."""
    due = f"，{spoken_limit(case)}" if case.due_at else ""
    return Told(
        kind=NoticeKind.WORK, post_id=case.waiting_post, text=f"{_about(case)}：{case.stage.label}{due}"
    )


def due_moved(case: Case, why: str) -> Told:
    """The due instant is another one."""
    text = f"{_about(case)}：{why}，{spoken_limit(case)}"
    return Told(kind=NoticeKind.DUE_MOVED, post_id=case.waiting_post, text=text)


def paused(case: Case, reason: str, until: datetime | None) -> Told:
    """Time stands still."""
    back = f"，{_spoken(case, until)}自动恢复" if until else ""
    text = f"{_about(case)}：暂停计时{back}，原因：{reason}"
    return Told(kind=NoticeKind.PAUSED, post_id=case.waiting_post, text=text)


def reminder(case: Case, lead: int) -> Told:
    """The last day comes near."""
    when = f"还有{lead}个工作日到期" if lead else "今日到期"
    text = f"{_about(case)}：{when}，{spoken_limit(case)}"
    return Told(kind=NoticeKind.REMINDER, post_id=case.waiting_post, text=text)


def overdue(case: Case) -> Told:
    """The due instant has passed."""
    text = f"{_about(case)}：“{case.stage.label}”已逾期，请立即办理"
    return Told(kind=NoticeKind.OVERDUE, post_id=case.waiting_post, text=text)


def escalation(case: Case, to: Addressee, post_id: str) -> Told:
    """The next one up is told."""
    text = f"{_about(case)}：“{case.stage.label}”逾期未办，提请{to.label}督办"
    return Told(kind=NoticeKind.ESCALATION, post_id=post_id, text=text)


def repeat(case: Case, number: int) -> Iterable[Told]:
    """Still late: the one who has to act, and the highest one told so far."""
    text = f"{_about(case)}：“{case.stage.label}”仍未办理，第{number}次催办"
    return _to_both(case, NoticeKind.REPEAT, text)


def rearmed(case: Case) -> Iterable[Told]:
    """Acknowledged, but nothing moved."""
    text = f"{_about(case)}：已签收但未见进展，恢复逐级督办"
    return _to_both(case, NoticeKind.REARMED, text)


def slip(case: Case, made: Slip) -> Told:
    """A supervision slip is served."""
    text = f"{made.colour.label}督办单 {made.serial}｜{_about(case)}：请于{_spoken(case, made.reply_due_at)}前回复"
    return Told(kind=NoticeKind.SLIP, post_id=made.post_id, text=text)


def slip_unanswered(case: Case, made: Slip) -> Iterable[Told]:
    """A supervision slip was not answered in time: its addressee, and the office that follows it up."""
    text = f"{made.colour.label}督办单 {made.serial}｜{_about(case)}：逾期未回复"
    for post_id in (made.post_id, case.office_post):
        yield Told(kind=NoticeKind.SLIP_UNANSWERED, post_id=post_id, text=text)


def extension_requested(case: Case, asked: Extension) -> Told:
    """Somebody asks for more time."""
    text = f"{_about(case)}：申请延期至{_day(asked.until)}，请审批。理由：{asked.reason}"
    return Told(kind=NoticeKind.EXTENSION_REQUESTED, post_id=case.office_post, text=text)


def extension_decided(case: Case, asked: Extension) -> Told:
    """What became of the request."""
    granted = asked.decision is Decision.GRANTED
    until = f"，时限改为{_day(asked.until)}" if granted else "，原时限不变"
    text = f"{_about(case)}：延期申请{asked.decision.label}{until}"
    return Told(kind=NoticeKind.EXTENSION_DECIDED, post_id=asked.requested_post, text=text)


def spoken_limit(case: Case) -> str:
    """The running limit as people say it, such as ``整改时限至10月8日24:00（暂定）``."""
    clock = case.running
    if clock is None:
        return "没有时限" if case.due_at is None else f"时限至{_spoken(case, case.due_at)}"
    if clock.due_at is None:
        return f"{clock.kind.label}暂停计时"
    return f"{clock.kind.label}至{_spoken_due(case, clock, clock.due_at)}{'（暂定）' if clock.provisional else ''}"


def _spoken_due(case: Case, clock: Clock, due_at: datetime) -> str:
    local = case.terms.local(due_at)
    if local.date().isoformat() != clock.last_day:
        return f"{_day(clock.last_day)}24:00"
    return f"{_day(clock.last_day)}{local:%H:%M}"


def _spoken(case: Case, instant: datetime) -> str:
    local = case.terms.local(instant)
    return f"{_day(local.date().isoformat())}{local:%H:%M}"


def _day(iso: str) -> str:
    day = date.fromisoformat(iso)
    return f"{day.year}年{day.month}月{day.day}日"


def _about(case: Case) -> str:
    return f"{case.id} {case.unit_name} {case.place}"


def _to_both(case: Case, kind: NoticeKind, text: str) -> Iterable[Told]:
    highest = case.running.told[-1:] if case.running else ()
    for post_id in (case.waiting_post, *highest):
        yield Told(kind=kind, post_id=post_id, text=text)
