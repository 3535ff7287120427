"""Sealing: what is sealed opens with its key, in its place, and in no other way."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.sealing import Sealer, Unopened, key_id_of
from services import keys

PLACE = "contact_numbers.sealed:person/p-office"
OLD, NEW = os.urandom(32), os.urandom(32)


@given(st.text(max_size=60))
def test_what_is_sealed_opens_in_its_place(text: str) -> None:
    sealer = Sealer({"a": OLD}, "a")
    assert sealer.open(sealer.seal(text, place=PLACE), place=PLACE) == text


def test_the_same_text_is_never_sealed_twice_to_the_same_value() -> None:
    sealer = Sealer({"a": OLD}, "a")
    assert len({sealer.seal("13800000001", place=PLACE) for _ in range(50)}) == 50


def test_a_value_moved_to_another_row_does_not_open() -> None:
    sealer = Sealer({"a": OLD}, "a")
    with pytest.raises(Unopened, match="in its place"):
        sealer.open(sealer.seal("13800000001", place=PLACE), place=f"{PLACE}2")


def test_a_value_with_any_bit_changed_does_not_open_and_is_not_quoted() -> None:
    sealer = Sealer({"a": OLD}, "a")
    sealed = sealer.seal("13800000001", place=PLACE)
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        with pytest.raises(Unopened) as unopened:
            sealer.open(bytes(changed), place=PLACE)
        assert "13800000001" not in str(unopened.value)


@pytest.mark.parametrize("value", [b"", b"\x01", b"\x01\x05ab", b"\x02\x01a" + b"0" * 40, b"\x01\x01a"])
def test_what_is_no_sealed_value_is_said_to_be_none(value: bytes) -> None:
    with pytest.raises(Unopened):
        Sealer({"a": OLD}, "a").open(value, place=PLACE)


def test_after_a_rotation_old_and_new_values_open_until_the_old_key_is_gone() -> None:
    sealed = Sealer({"a": OLD}, "a").seal("13800000001", place=PLACE)
    both = Sealer({"b": NEW, "a": OLD}, "b")
    assert both.open(sealed, place=PLACE) == "13800000001"
    assert key_id_of(both.seal("x", place=PLACE)) == "b"
    with pytest.raises(Unopened, match="key a, which is not among the keys") as lost:
        Sealer({"b": NEW}, "b").open(sealed, place=PLACE)
    assert lost.value.key_id == "a"


def test_a_key_of_the_same_name_but_other_bytes_opens_nothing() -> None:
    sealed = Sealer({"a": OLD}, "a").seal("13800000001", place=PLACE)
    with pytest.raises(Unopened):
        Sealer({"a": NEW}, "a").open(sealed, place=PLACE)


def test_a_blind_index_is_equal_for_equal_texts_of_one_column_only() -> None:
    sealer, both = Sealer({"a": OLD}, "a"), Sealer({"b": NEW, "a": OLD}, "b")
    index = sealer.blind("13800000001", place="people.mobile")
    assert index == sealer.blind("13800000001", place="people.mobile")
    assert index != sealer.blind("13800000002", place="people.mobile")
    assert index != sealer.blind("13800000001", place="posts.mobile")
    assert index in both.blinds("13800000001", place="people.mobile")
    assert (
        both.blind("13800000001", place="people.mobile")
        == both.blinds("13800000001", place="people.mobile")[0]
    )


def test_a_ring_reads_back_what_it_wrote_with_the_first_key_current() -> None:
    ring = keys.Ring(keys={"2026b": NEW, "2026a": OLD})
    assert keys.read(ring.text()).keys == ring.keys
    assert keys.read(ring.text().replace(",", "\n")).sealer().current == "2026b"
    assert "2026a" not in repr(ring)


@pytest.mark.parametrize("text", ["", "k1", "k1:xyz", "k1:AAAA", "a b:" + "A" * 43 + "=", "{0},{0}", ":{1}"])
def test_a_text_that_is_no_list_of_keys_is_refused_and_not_quoted(text: str) -> None:
    one = keys.Ring(keys={"a": OLD}).text()
    told = text.format(one, one[2:])
    with pytest.raises(ValueError, match="key") as refused:
        keys.read(told)
    assert not told or told not in str(refused.value)
