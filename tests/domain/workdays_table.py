"""The official days of 2022 to 2026 as the State Council's notices give them, typed from the notices by hand."""

from datetime import date, datetime, timedelta

from domain.workdays import Calendar, Day, DayKind
from tests.domain.workdays_oracle import LOCAL

OFF = {
    2022: "01-01..01-03 01-31..02-06 04-03..04-05 04-30..05-04 06-03..06-05 09-10..09-12 10-01..10-07 12-31..12-31",
    2023: "01-01..01-02 01-21..01-27 04-05..04-05 04-29..05-03 06-22..06-24 09-29..10-06",
    2024: "01-01..01-01 02-10..02-17 04-04..04-06 05-01..05-05 06-10..06-10 09-15..09-17 10-01..10-07",
    2025: "01-01..01-01 01-28..02-04 04-04..04-06 05-01..05-05 05-31..06-02 10-01..10-08",
    2026: "01-01..01-03 02-15..02-23 04-04..04-06 05-01..05-05 06-19..06-21 09-25..09-27 10-01..10-07",
}
MADE_UP = {
    2022: "01-29 01-30 04-02 04-24 05-07 10-08 10-09",
    2023: "01-28 01-29 04-23 05-06 06-25 10-07 10-08",
    2024: "02-04 02-18 04-07 04-28 05-11 09-14 09-29 10-12",
    2025: "01-26 02-08 04-27 09-28 10-11",
    2026: "01-04 02-14 02-28 05-09 09-20 10-10",
}
NOTICES = {
    2022: "国办发明电〔2021〕11号",
    2023: "国办发明电〔2022〕16号",
    2024: "国办发明电〔2023〕7号",
    2025: "国办发明电〔2024〕12号",
    2026: "国办发明电〔2025〕7号",
}
NAMES = {1: "元旦", 2: "春节", 4: "清明", 5: "劳动节", 6: "端午", 9: "中秋", 10: "国庆节", 12: "元旦"}


def local(text: str) -> datetime:
    """``2022-09-29 11:30`` or ``2022-10-08 24:00:00``, local."""
    day, clock = text.split()
    hours, minutes, *seconds = (int(part) for part in clock.split(":"))
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), LOCAL) + timedelta(
        hours=hours, minutes=minutes, seconds=sum(seconds)
    )


def _days() -> dict[str, Day]:
    days: dict[str, Day] = {}
    for year, spans in OFF.items():
        for span in spans.split():
            day, last = (date.fromisoformat(f"{year}-{part}") for part in span.split(".."))
            while day <= last:
                days[day.isoformat()] = _day(DayKind.HOLIDAY, day)
                day += timedelta(days=1)
        for text in MADE_UP[year].split():
            day = date.fromisoformat(f"{year}-{text}")
            days[day.isoformat()] = _day(DayKind.MAKE_UP, day)
    return days


def _day(kind: DayKind, day: date) -> Day:
    return Day(
        kind=kind, name=NAMES[day.month if day.month != 1 or day.day < 5 else 2], source_doc=NOTICES[day.year]
    )


CALENDAR = Calendar(region="CN", version="1", official_years=tuple(OFF), days=_days())
