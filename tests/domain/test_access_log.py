"""The chain of the access log: whatever is done to it, the first bad row is named."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import access_log
from domain.access_log import Access

BEGUN = datetime(2026, 11, 24, 1, tzinfo=UTC)


def chain(length: int) -> list[Access]:
    rows: list[Access] = []
    for seq in range(1, length + 1):
        row = Access(
            seq=seq,
            at=BEGUN + timedelta(minutes=seq),
            kind="reveal",
            outcome="ok",
            person_id=f"p-{seq}",
            post_id=None,
            on_behalf_of=None,
            subject="people/p-office",
            channel="api",
            request_id=None,
            reason="核对值班",
            prev=rows[-1].hash if rows else access_log.GENESIS,
            hash="",
        )
        rows.append(replace(row, hash=access_log.digest(row)))
    return rows


def _verify(rows: list[Access], whole: list[Access]) -> int | None:
    flaw = access_log.verify(rows, seq=whole[-1].seq, head=whole[-1].hash)
    return flaw.seq if flaw else None


def test_a_sound_log_has_no_flaw() -> None:
    assert _verify(chain(9), chain(9)) is None
    assert access_log.verify([], seq=0, head=access_log.GENESIS) is None


@given(
    st.integers(1, 9),
    st.sampled_from(["reason", "person_id", "subject", "outcome", "kind", "channel", "request_id"]),
)
def test_an_edited_row_is_named_whatever_was_edited(at: int, field: str) -> None:
    rows = chain(9)
    rows[at - 1] = replace(rows[at - 1], **{field: "other"})  # type: ignore[arg-type]
    assert _verify(rows, chain(9)) == at


@given(st.integers(1, 9))
def test_an_edited_row_with_its_hash_made_to_fit_shows_at_the_next_or_at_the_end(at: int) -> None:
    rows = chain(9)
    edited = replace(rows[at - 1], reason="another")
    rows[at - 1] = replace(edited, hash=access_log.digest(edited))
    assert _verify(rows, chain(9)) == min(at + 1, 9)


@given(st.integers(1, 9))
def test_a_deleted_row_is_named(at: int) -> None:
    assert _verify([row for row in chain(9) if row.seq != at], chain(9)) == at


@given(st.integers(1, 8))
def test_swapped_rows_are_named_by_the_first(at: int) -> None:
    rows = chain(9)
    rows[at - 1], rows[at] = rows[at], rows[at - 1]
    assert _verify(rows, chain(9)) == at


@given(st.integers(1, 8))
def test_rows_that_exchanged_their_contents_are_named_by_the_first(at: int) -> None:
    rows = chain(9)
    rows[at - 1], rows[at] = replace(rows[at], seq=at), replace(rows[at - 1], seq=at + 1)
    assert _verify(rows, chain(9)) == at


@pytest.mark.parametrize("field", ["seq", "at"])
def test_an_instant_and_a_number_are_covered_too(field: str) -> None:
    rows = chain(3)
    told = {"at": rows[1].at + timedelta(microseconds=1)} if field == "at" else {"seq": 7}
    rows[1] = replace(rows[1], **told)
    assert _verify(rows, chain(3)) == 2
