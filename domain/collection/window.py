"""The three instants of a collection (开启、到期、截止), and what a time of arrival means against them.

Invariant: a due instant is a stored instant with its zone, never a day that somebody has to interpret; where the notice's own
words are given, the weekday, the date and the time in them must be those of the instant.
Source: notice, section 5 (9月29日（星期四）11:30前); whether "前" includes the instant itself is the bureau's visible policy
(domain facts 1.3.1): here it does, and 10月8日前 includes that day where the instant is its end.
"""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta, timezone
from typing import Final

from domain.errors import Kind, Refused

WEEKDAYS: Final = "一二三四五六日"
LONGEST: Final = timedelta(days=366)

_DAY: Final = re.compile(r"(?:(\d{4})\s*年)?\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日")
_WEEKDAY: Final = re.compile(r"(?:星期|周|礼拜)([一二三四五六日天])")
_TIME: Final = re.compile(
    r"(下午|晚上|晚|中午)?\s*(?<!\d)(\d{1,2})\s*"
    r"(?:[:：](\d{2})(?!\d)|[时点](?:(\d{1,2})分|(半)|整)?(?=[前之以止，。；）)\s]|$))"
)
_MIDDAY: Final = 12
_MIDNIGHT: Final = 24


@dataclass(frozen=True, kw_only=True)
class Window:
    """When a collection opens, is due and is cut off (aware UTC).

    Attributes:
        grace_seconds: for how long after ``due_at`` an arrival still counts as on time.
        utc_offset_minutes: the zone in which the instants were named (China has no summer time).
        wording: the deadline in the words of the notice, for people; checked against ``due_at``.
    """

    opens_at: datetime
    due_at: datetime
    cut_off_at: datetime
    grace_seconds: int = 0
    utc_offset_minutes: int = 480
    wording: str | None = None

    def local(self, instant: datetime) -> datetime:
        """``instant`` in the zone in which the deadline was named."""
        return instant.astimezone(timezone(timedelta(minutes=self.utc_offset_minutes)))

    def spoken(self, instant: datetime) -> str:
        """``instant`` as people say it, with its weekday: 2022年9月29日（星期四）11:30."""
        local = self.local(instant)
        seconds = f":{local:%S}" if local.second else ""
        weekday = WEEKDAYS[local.weekday()]
        return f"{local.year}年{local.month}月{local.day}日（星期{weekday}）{local:%H:%M}{seconds}"

    def is_on_time(self, at: datetime, due_at: datetime | None = None) -> bool:
        """Whether an arrival at ``at`` is on time; ``due_at`` is that of a unit with an extension."""
        return at <= (due_at or self.due_at) + timedelta(seconds=self.grace_seconds)

    def late_minutes(self, at: datetime, due_at: datetime | None = None) -> int:
        """By how many minutes, each begun one counted, an arrival is late; 0 where it is on time."""
        if self.is_on_time(at, due_at):
            return 0
        late = at - (due_at or self.due_at)
        return -(-late // timedelta(minutes=1))


def check(window: Window, now: datetime) -> None:
    """Refuse a window that cannot be. Raises ``Refused`` with the field."""
    if window.due_at <= window.opens_at:
        raise _invalid("due_before_opening", "到期时刻须晚于开启时刻", "due_at")
    if window.cut_off_at < window.due_at + timedelta(seconds=window.grace_seconds):
        raise _invalid("cut_off_before_due", "截止时刻不得早于到期时刻（含宽限）", "cut_off_at")
    if window.cut_off_at <= now:
        raise _invalid("cut_off_in_past", "截止时刻已经过去", "cut_off_at")
    if window.cut_off_at - window.opens_at > LONGEST:
        raise _invalid("window_too_long", f"自开启至截止不得超过 {LONGEST.days} 日", "cut_off_at")
    if window.wording:
        _check_wording(window, window.wording)


def _check_wording(window: Window, wording: str) -> None:
    due, clock = window.local(window.due_at), _TIME.search(wording)
    hour, minute = _clock(clock) if clock else (due.hour, due.minute)
    days = [due - timedelta(days=hour // _MIDNIGHT)]
    if clock is None and due.time() == time():
        # a day that is named alone is over when the next one begins
        days.append(due - timedelta(days=1))
    faults = [fault for day in days if (fault := _of_day(window, wording, day))]
    if len(faults) == len(days):
        raise faults[0]
    if (hour % _MIDNIGHT, minute) != (due.hour, due.minute):
        raise _contradicts("due_time_mismatch", window, "时刻")


def _of_day(window: Window, wording: str, named: datetime) -> Refused | None:
    """What contradicts that the words name this local day."""
    if day := _DAY.search(wording):
        year = int(day[1] or named.year)
        if (year, int(day[2]), int(day[3])) != (named.year, named.month, named.day):
            return _contradicts("due_date_mismatch", window, "日期")
    weekday = _WEEKDAY.search(wording)
    if weekday and weekday[1].replace("天", "日") != WEEKDAYS[named.weekday()]:
        return _contradicts("weekday_mismatch", window, f"星期{weekday[1]}")
    return None


def _clock(said: re.Match[str]) -> tuple[int, int]:
    """Hour (24 is the end of the day) and minute as they are said: 11:30, 11时30分, 下午3点半, 晚上12点."""
    half, hour = said[1], int(said[2])
    if half and (hour < _MIDDAY if half != "中午" else hour < _MIDDAY - 1):
        hour += _MIDDAY
    elif half in ("晚上", "晚") and hour == _MIDDAY:
        hour = _MIDNIGHT
    return hour, 30 if said[5] else int(said[3] or said[4] or 0)


def _contradicts(code: str, window: Window, what: str) -> Refused:
    message = f"文字写明的{what}与到期时刻不符：到期时刻是{window.spoken(window.due_at)}"
    return _invalid(code, message, "wording")


def _invalid(code: str, message: str, field: str) -> Refused:
    return Refused(Kind.CONFLICT, code, message, field=field)
