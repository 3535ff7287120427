"""Cursors across restores: what was read and is still so is gone on from; what is not is told, with where to go on."""

from collections.abc import Sequence

import pytest

from domain.errors import Refused
from domain.feed import Feed, History

FIRST = History(name="", since=0)
ONCE = [FIRST, History(name="aaaaaaaa", since=100)]


def _feed(last: int, histories: Sequence[History] = (FIRST,)) -> Feed:
    return Feed(last=last, histories=histories)


def _refused(feed: Feed, cursor: str) -> Refused:
    with pytest.raises(Refused) as told:
        feed.position(cursor)
    return told.value


def test_a_cursor_comes_back_as_the_position_that_it_was_made_from() -> None:
    for feed in (_feed(140), _feed(140, ONCE)):
        assert [feed.position(feed.cursor(one)) for one in (0, 7, 140)] == [0, 7, 140]
        assert (feed.position("0"), feed.position("end")) == (0, 140)


def test_what_was_read_before_the_backup_is_gone_on_from_after_the_restore() -> None:
    assert _feed(140, ONCE).position("100") == 100


@pytest.mark.parametrize("cursor", ["101", "140", "5000"])
def test_what_was_read_behind_the_backup_is_to_be_read_anew_from_there(cursor: str) -> None:
    refused = _refused(_feed(140, ONCE), cursor)
    assert refused.code == "cursor_of_another_history"
    assert refused.details["continue_from"] == "100.aaaaaaaa"


def test_after_two_restores_the_earlier_backup_counts() -> None:
    feed = _feed(200, [*ONCE, History(name="bbbbbbbb", since=60)])
    assert (feed.position("60"), feed.position("60.aaaaaaaa")) == (60, 60)
    for cursor in ("61", "61.aaaaaaaa", "130.aaaaaaaa"):
        assert _refused(feed, cursor).details["continue_from"] == "60.bbbbbbbb"


def test_a_history_that_the_restored_backup_never_had_is_read_from_the_beginning() -> None:
    assert _refused(_feed(140, ONCE), "90.cccccccc").details["continue_from"] == "0.aaaaaaaa"
    assert _feed(140, ONCE).position("0.aaaaaaaa") == 0


@pytest.mark.parametrize("cursor", ["141.aaaaaaaa", "99999999999999999.aaaaaaaa"])
def test_a_position_of_this_history_that_was_never_given_is_unknown(cursor: str) -> None:
    assert _refused(_feed(140, ONCE), cursor).code == "cursor_unknown"
