"""The instants of a collection, and the words of the notice against them."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from domain.collection import window as windows
from domain.collection.window import Window
from domain.errors import Refused
from tests.domain.collections import CUT_OFF, DUE, LOCAL, OPENS, WINDOW


def test_the_notice_s_deadline_is_the_instant_that_the_facts_name() -> None:
    assert DUE.isoformat() == "2022-09-29T03:30:00+00:00"
    assert WINDOW.spoken(DUE) == "2022年9月29日（星期四）11:30"
    windows.check(WINDOW, OPENS)


@pytest.mark.parametrize(
    "wording",
    [
        "9月29日（星期四）11:30前",
        "2022年9月29日（周四）11：30前",
        "9月29日前",
        "星期四11:30前",
        "9 月 29 日（礼拜四）",
        "9月29日（星期四）上午11:30前",
        "9月29日11时30分前",
        "9月29日上午11点半前",
        "按通知要求，落实3点要求",
    ],
)
def test_words_that_agree_with_the_instant_are_accepted(wording: str) -> None:
    windows.check(replace(WINDOW, wording=wording), OPENS)


@pytest.mark.parametrize(
    ("wording", "code"),
    [
        ("9月29日（星期五）11:30前", "weekday_mismatch"),
        ("9月29日（周日）11:30前", "weekday_mismatch"),
        ("9月28日（星期四）11:30前", "due_date_mismatch"),
        ("2023年9月29日（星期四）11:30前", "due_date_mismatch"),
        ("9月29日（星期四）12:30前", "due_time_mismatch"),
        ("9月29日（星期四）11时前", "due_time_mismatch"),
        ("9月29日（星期四）晚上11:30前", "due_time_mismatch"),
    ],
)
def test_words_that_contradict_the_instant_are_refused_with_what_the_instant_is(
    wording: str, code: str
) -> None:
    with pytest.raises(Refused) as refused:
        windows.check(replace(WINDOW, wording=wording), OPENS)
    assert refused.value.code == code
    assert refused.value.details["field"] == "wording"
    assert "2022年9月29日（星期四）11:30" in refused.value.message


def test_the_eighth_of_october_named_as_a_date_includes_that_day() -> None:
    due = datetime(2022, 10, 8, 23, 59, 59, tzinfo=LOCAL)
    window = Window(opens_at=OPENS, due_at=due, cut_off_at=due, wording="10月8日前")
    windows.check(window, OPENS)
    assert window.is_on_time(datetime(2022, 10, 8, 18, 0, tzinfo=LOCAL))
    assert not window.is_on_time(datetime(2022, 10, 9, 0, 0, tzinfo=LOCAL))


@pytest.mark.parametrize(
    ("hour", "wording"),
    [
        (15, "9月29日下午3:00前"),
        (15, "9月29日（星期四）下午3时前"),
        (13, "9月29日中午1点前"),
        (12, "9月29日中午12:00前"),
        (24, "9月29日（星期四）24:00前"),
        (24, "9月29日（星期四）晚上12点前"),
        (24, "9月29日（星期四）前"),
        (24, "9月30日（星期五）0:00前"),
    ],
)
def test_an_afternoon_and_the_end_of_a_day_are_named_as_people_name_them(hour: int, wording: str) -> None:
    due = datetime(2022, 9, 29, tzinfo=LOCAL) + timedelta(hours=hour)
    windows.check(Window(opens_at=OPENS, due_at=due, cut_off_at=due, wording=wording), OPENS)


@pytest.mark.parametrize("wording", ["9月30日24:00前", "9月29日0:00前", "9月28日前", "9月29日（星期五）前"])
def test_the_end_of_a_day_is_not_that_of_another(wording: str) -> None:
    due = datetime(2022, 9, 30, tzinfo=LOCAL)
    with pytest.raises(Refused, match="mismatch"):
        windows.check(Window(opens_at=OPENS, due_at=due, cut_off_at=due, wording=wording), OPENS)


@pytest.mark.parametrize(
    ("window", "code", "field"),
    [
        (replace(WINDOW, due_at=OPENS), "due_before_opening", "due_at"),
        (replace(WINDOW, cut_off_at=DUE - timedelta(seconds=1)), "cut_off_before_due", "cut_off_at"),
        (replace(WINDOW, cut_off_at=DUE, grace_seconds=60), "cut_off_before_due", "cut_off_at"),
        (replace(WINDOW, cut_off_at=OPENS + timedelta(days=367)), "window_too_long", "cut_off_at"),
    ],
)
def test_a_window_that_cannot_be_is_refused_with_the_field(window: Window, code: str, field: str) -> None:
    with pytest.raises(Refused) as refused:
        windows.check(window, OPENS)
    assert (refused.value.code, refused.value.details["field"]) == (code, field)


def test_a_window_that_is_over_is_refused() -> None:
    with pytest.raises(Refused, match="cut_off_in_past"):
        windows.check(WINDOW, CUT_OFF)
