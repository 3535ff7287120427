"""A series of collections (周期收集): one a period, with an explicit rule for days off and for what was missed.

Invariant: which day gets a collection is the calendar's and the rule's to say, never the engine's; a day that gets none is noted
with the reason, and a day is decided once.
Source: notice, section 4 (日报告、零报告); domain facts 2.11, 3.1 (调休 make-up days are working days).
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from domain.collection.opening import Audience
from domain.collection.window import Window
from domain.errors import Kind, Refused
from domain.workdays import Calendar


class Cadence(StrEnum):
    """How often."""

    DAILY = "daily"
    QUARTERLY = "quarterly"

    @property
    def label(self) -> str:
        """The term that people use."""
        return {Cadence.DAILY: "每日", Cadence.QUARTERLY: "每季度"}[self]


class DaysOff(StrEnum):
    """What becomes of a day that is not worked."""

    KEEP = "keep"
    SKIP = "skip"
    NEXT = "next"

    @property
    def label(self) -> str:
        """The term that people use."""
        return {
            DaysOff.KEEP: "节假日照常",
            DaysOff.SKIP: "节假日不收，调休上班日照收",
            DaysOff.NEXT: "遇节假日顺延至下一个工作日",
        }[self]


class CatchUp(StrEnum):
    """What becomes of a period whose instant passed while the system was away."""

    OPEN = "open"
    SKIP = "skip"

    @property
    def label(self) -> str:
        """The term that people use."""
        return {CatchUp.OPEN: "恢复后补开尚未截止的", CatchUp.SKIP: "恢复后不补开，注明缺漏"}[self]


@dataclass(frozen=True, kw_only=True)
class Series:
    """What is collected again and again.

    Attributes:
        opens: local time of day at which a collection opens.
        due_minutes: from the opening to the due instant; ``cut_off_minutes`` from there to the cut-off.
        first: the first local day (ISO) that may get one.
    """

    id: str
    kind: str
    title: str
    basis: str
    district: str
    cadence: Cadence
    days_off: DaysOff
    catch_up: CatchUp
    opens: str
    due_minutes: int
    cut_off_minutes: int
    audience: Audience
    contact_post: str
    contact_phone: str
    created_by: str
    created_post: str
    region: str
    first: str
    active: bool = True
    utc_offset_minutes: int = 480

    @property
    def opening(self) -> time:
        """The local time of day at which a collection opens."""
        return time.fromisoformat(self.opens)


def check(series: Series) -> None:
    """Refuse a series that cannot be. Raises ``Refused`` with the field."""
    longest = timedelta(days=1 if series.cadence is Cadence.DAILY else 80)
    window = timedelta(minutes=series.due_minutes + series.cut_off_minutes)
    if window > longest:
        message = f"{series.cadence.label}的收集，自开启至截止不得超过 {longest.days} 日"
        raise Refused(Kind.CONFLICT, "window_too_long", message, field="cut_off_minutes")
    if series.cadence is Cadence.DAILY and series.days_off is DaysOff.NEXT:
        message = "每日的收集遇节假日只能照常或不收"
        raise Refused(Kind.CONFLICT, "days_off_invalid", message, field="days_off")
    if series.cadence is Cadence.QUARTERLY and series.days_off is DaysOff.SKIP:
        message = "元旦、国庆节总在季度首日，每季度的收集遇节假日只能照常或顺延"
        raise Refused(Kind.CONFLICT, "days_off_invalid", message, field="days_off")


def period(series: Series, day: date) -> str:
    """The period that a collection of ``day`` is of: ``2026-02-14``, or ``2026-Q1`` for the quarter that has ended."""
    if series.cadence is Cadence.DAILY:
        return day.isoformat()
    ended = day - timedelta(days=day.day)
    return f"{ended.year}-Q{(ended.month + 2) // 3}"


def skipped(series: Series, calendar: Calendar, day: date) -> str | None:
    """Why ``day`` gets no collection, in Chinese, or ``None`` where it gets one."""
    if day.isoformat() < series.first:
        return "早于起始日期"
    if series.days_off is DaysOff.SKIP and not calendar.works(day):
        row = calendar.days.get(day.isoformat())
        return f"{row.name or row.kind.label}放假" if row else "周末"
    return None


def window(series: Series, calendar: Calendar, day: date) -> Window:
    """When the collection of ``day`` opens, is due and is cut off; a due day off moves to the next working day where that is the rule."""
    opening_day = day
    while series.days_off is DaysOff.NEXT and not calendar.works(opening_day):
        opening_day += timedelta(days=1)
    opens = calendar.midnight(opening_day) + timedelta(
        hours=series.opening.hour, minutes=series.opening.minute
    )
    due = opens + timedelta(minutes=series.due_minutes)
    if series.days_off is DaysOff.NEXT:
        while not calendar.works(calendar.local_day(due)):
            due += timedelta(days=1)
    return Window(
        opens_at=opens,
        due_at=due,
        cut_off_at=due + timedelta(minutes=series.cut_off_minutes),
        utc_offset_minutes=series.utc_offset_minutes,
    )


def title(series: Series, of: str) -> str:
    """The title of the collection of a period."""
    return f"{series.title}（{of.replace('-Q', '年第')}季度）" if "-Q" in of else f"{series.title}（{of}）"


def missed(series: Series, calendar: Calendar, day: date, now: datetime) -> str | None:
    """Why the collection of ``day`` is not opened at ``now``, though the day is due: it came too late."""
    due = window(series, calendar, day)
    late = now - due.opens_at > timedelta(minutes=10)
    if now >= due.cut_off_at:
        return "系统恢复时已过截止时刻"
    return "系统恢复较迟，按规则不补开" if late and series.catch_up is CatchUp.SKIP else None
