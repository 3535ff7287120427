"""How a due date comes about, as ordered segments in Chinese.

Invariant: the segments cover the time from the start to the due instant without gap or overlap, and what the
counted ones used adds up to the limit, to the second.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Final

from domain.workdays import counting, deadlines
from domain.workdays.calendars import DAY, Calendar, DayKind
from domain.workdays.deadlines import Course
from domain.workdays.limits import DayEnd, Limit, Pause, Segment, Unit

_NONE: Final = timedelta()
_FIRST_DAY: Final = "《民法典》第二百零一条第一款"
_LAST_DAY: Final = "《民法典》第二百零三条第一款"
_DAY_END: Final = "《民法典》第二百零三条第二款"


@dataclass(frozen=True, kw_only=True)
class _Reading:
    """All that the segments of one limit depend on."""

    calendar: Calendar
    limit: Limit
    pauses: tuple[Pause, ...]
    course: Course


def explain(
    calendar: Calendar, start: datetime, limit: Limit, pauses: Iterable[Pause] = ()
) -> tuple[Segment, ...]:
    """The segments of ``limit`` from ``start`` (aware) to its due instant.

    Raises:
        Refused: as :func:`~domain.workdays.deadlines.due` does.
    """
    if limit.unit is Unit.NAMED_DATE:
        return (_named(deadlines.due(calendar, start, limit).at, start),)
    paused = tuple(pauses)
    reading = _Reading(
        calendar=calendar,
        limit=limit,
        pauses=paused,
        course=deadlines.course(calendar, start, limit, paused),
    )
    pieces = (_segment(reading, since, until) for since, until in pairwise(_cuts(reading, start)))
    return tuple(_merged(pieces))


def day_off(calendar: Calendar, day: date) -> tuple[str, str]:
    """Why a local day is off, in Chinese, and the document that says so."""
    exception = calendar.days.get(day.isoformat())
    if exception is not None and exception.kind is not DayKind.ORDINARY:
        return f"{exception.name}{exception.kind.label}", exception.source_doc
    return "周末休息" + _unofficial(calendar, day), ""


def _cuts(reading: _Reading, start: datetime) -> list[datetime]:
    """The instants at which the answer to "does this count?" may change, from the start to the due instant."""
    calendar, course = reading.calendar, reading.course
    end = course.due.at
    cuts = {start.astimezone(UTC), end, course.begin, course.used_up}
    for pause in reading.pauses:
        cuts |= {pause.since, pause.until}
    day, last = calendar.local_day(start), calendar.local_day(end)
    while day <= last:
        cuts.add(calendar.midnight(day))
        if reading.limit.unit is Unit.WORKING_HOURS:
            cuts.update(edge for span in counting.spans(calendar, day) for edge in span)
        day += DAY
    return sorted(cut for cut in cuts if start <= cut <= end)


def _segment(reading: _Reading, since: datetime, until: datetime) -> Segment:
    counted, why, source = _judge(reading, since, until)
    amount = counting.elapsed(reading.calendar, reading.limit.unit, since, until) if counted else _NONE
    return Segment(
        since=since.astimezone(UTC),
        until=until.astimezone(UTC),
        counted=counted,
        amount=amount,
        why=why,
        source=source,
    )


def _judge(reading: _Reading, since: datetime, until: datetime) -> tuple[bool, str, str]:
    """Whether a piece counts, why, and by which source; the piece lies on one day and on one side of every cut."""
    for pause in reading.pauses:
        if pause.since <= since < pause.until:
            return False, f"暂停计时：{pause.reason}", pause.source_doc
    if since < reading.course.begin:
        return False, "开始的当日不计入", _FIRST_DAY
    if since >= reading.course.used_up:
        return False, *_after(reading)
    if reading.limit.unit is Unit.CALENDAR_DAYS:
        return True, "自然日", ""
    return _working(reading, since, until)


def _working(reading: _Reading, since: datetime, until: datetime) -> tuple[bool, str, str]:
    calendar = reading.calendar
    day = calendar.local_day(since)
    if not calendar.works(day):
        return False, *day_off(calendar, day)
    if not counting.worked(calendar, since, until):
        return False, "午休" if _is_break(calendar, since, until) else "非工作时间", ""
    exception = calendar.days.get(day.isoformat())
    if exception is not None and exception.kind is DayKind.MAKE_UP:
        return True, f"工作日（{exception.name}{exception.kind.label}）", exception.source_doc
    return True, "工作日" + _unofficial(calendar, day), ""


def _after(reading: _Reading) -> tuple[str, str]:
    """Why time behind the last counted instant still belongs to the limit."""
    calendar, due = reading.calendar, reading.course.due
    day = calendar.local_day(reading.course.counted_to - timedelta(microseconds=1))
    if due.last_day != day and calendar.works(day):
        return f"计满时已过下班时间，截至下一工作日{_spoken(due.last_day)}", _DAY_END
    if due.last_day != day:
        off, document = day_off(calendar, day)
        why = f"最后一日{_spoken(day)}为{off}，顺延至下一工作日{_spoken(due.last_day)}"
        return why, _LAST_DAY + (f"；{document}" if document else "")
    closes = reading.limit.day_end is DayEnd.CLOSE
    return f"按日计算，截至当日{'下班时间' if closes else '二十四时'}", _DAY_END


def _named(at: datetime, start: datetime) -> Segment:
    return Segment(
        since=start.astimezone(UTC),
        until=at,
        counted=True,
        amount=at - start,
        why="指定日期：不是期间，不因节假日顺延，不因暂停变动",
        source="",
    )


def _merged(pieces: Iterable[Segment]) -> Iterator[Segment]:
    """Neighbours that say the same, as one."""
    held: Segment | None = None
    for piece in pieces:
        if held and (held.counted, held.why, held.source) == (piece.counted, piece.why, piece.source):
            held = Segment(
                since=held.since,
                until=piece.until,
                counted=held.counted,
                amount=held.amount + piece.amount,
                why=held.why,
                source=held.source,
            )
            continue
        if held:
            yield held
        held = piece
    if held:
        yield held


def _unofficial(calendar: Calendar, day: date) -> str:
    return "" if calendar.is_official(day) else f"（{day.year}年放假安排未载入，暂按周历）"


def _is_break(calendar: Calendar, since: datetime, until: datetime) -> bool:
    """Whether the piece lies between two spans of one day."""
    spans = counting.spans(calendar, calendar.local_day(since))
    return spans[0][1] <= since and until <= spans[-1][0]


def _spoken(day: date) -> str:
    return f"{day.month}月{day.day}日"
