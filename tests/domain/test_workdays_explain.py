"""What a due date is explained with, word by word, and that the documentation shows the same."""

from datetime import timedelta

from domain import workdays
from domain.workdays import Limit, Pause, Segment, Unit
from tests.domain import workdays_picture as picture
from tests.domain.workdays_oracle import LOCAL
from tests.domain.workdays_table import CALENDAR, NOTICES, local

NONE = timedelta()
HOURS = Limit(unit=Unit.WORKING_HOURS, amount=5)


def told(segments: tuple[Segment, ...]) -> list[tuple[str, str, float, str]]:
    """Each segment as from, to, hours used, why."""
    return [
        (
            piece.since.astimezone(LOCAL).strftime("%m-%d %H:%M"),
            piece.until.astimezone(LOCAL).strftime("%m-%d %H:%M"),
            piece.amount / timedelta(hours=1),
            piece.why,
        )
        for piece in segments
    ]


def test_hours_are_told_with_lunch_night_and_weekend() -> None:
    assert told(workdays.explain(CALENDAR, local("2026-03-13 11:00"), HOURS)) == [
        ("03-13 11:00", "03-13 12:00", 1, "工作日"),
        ("03-13 12:00", "03-13 14:30", 0, "午休"),
        ("03-13 14:30", "03-13 17:30", 3, "工作日"),
        ("03-13 17:30", "03-14 00:00", 0, "非工作时间"),
        ("03-14 00:00", "03-16 00:00", 0, "周末休息"),
        ("03-16 00:00", "03-16 08:30", 0, "非工作时间"),
        ("03-16 08:30", "03-16 09:30", 1, "工作日"),
    ]


def test_days_are_told_with_the_holiday_the_make_up_day_and_their_notice() -> None:
    segments = workdays.explain(CALENDAR, local("2022-09-29 11:30"), picture.LIMIT)
    assert told(segments) == [
        ("09-29 11:30", "09-30 00:00", 0, "开始的当日不计入"),
        ("09-30 00:00", "10-01 00:00", 6.5, "工作日"),
        ("10-01 00:00", "10-08 00:00", 0, "国庆节放假"),
        ("10-08 00:00", "10-09 17:30", 13, "工作日（国庆节调休上班）"),
    ]
    assert [piece.source for piece in segments] == [
        "《民法典》第二百零一条第一款",
        "",
        NOTICES[2022],
        NOTICES[2022],
    ]


def test_a_last_day_that_moves_is_told_with_the_article() -> None:
    limit = Limit(unit=Unit.CALENDAR_DAYS, amount=7)
    segments = workdays.explain(CALENDAR, local("2022-09-28 16:00"), limit)
    assert told(segments)[1:] == [
        ("09-29 00:00", "10-06 00:00", 7 * 24, "自然日"),
        ("10-06 00:00", "10-09 00:00", 0, "最后一日10月5日为国庆节放假，顺延至下一工作日10月8日"),
    ]
    assert segments[-1].source == f"《民法典》第二百零三条第一款；{NOTICES[2022]}"


def test_a_pause_is_told_with_its_reason_and_its_document() -> None:
    pause = Pause(
        since=local("2026-03-17 10:00"),
        until=local("2026-03-18 10:00"),
        reason="等待部件",
        source_doc="暂停令1",
    )
    limit = Limit(unit=Unit.WORKING_DAYS, amount=1)
    segments = workdays.explain(CALENDAR, local("2026-03-16 10:00"), limit, [pause])
    assert told(segments)[1:] == [
        ("03-17 00:00", "03-17 10:00", 1.5, "工作日"),
        ("03-17 10:00", "03-18 10:00", 0, "暂停计时：等待部件"),
        ("03-18 10:00", "03-18 17:30", 5, "工作日"),
    ]
    assert segments[2].source == "暂停令1"


def test_a_year_without_a_plan_is_told() -> None:
    limit = Limit(unit=Unit.WORKING_DAYS, amount=2)
    whys = [piece.why for piece in workdays.explain(CALENDAR, local("2026-12-30 10:00"), limit)]
    assert whys == ["开始的当日不计入", "工作日", "工作日（2027年放假安排未载入，暂按周历）"]


def test_a_named_date_is_one_segment_that_says_why_it_does_not_move() -> None:
    limit = Limit(unit=Unit.NAMED_DATE, on="2022-10-01")
    (piece,) = workdays.explain(CALENDAR, local("2022-09-29 11:30"), limit)
    assert (piece.counted, piece.amount) == (True, timedelta(days=2, hours=12, minutes=30))
    assert "不因节假日顺延" in piece.why


def test_the_page_and_its_picture_show_what_the_code_explains() -> None:
    assert picture.PICTURE.read_text(encoding="utf-8") == picture.svg(), (
        "run python -m tests.domain.workdays_picture"
    )
    assert picture.PAGE.read_text(encoding="utf-8") == picture.page()
