"""The hash chain: whatever is done to it, the first bad entry is named (bar U2); alone it gives the state (U1)."""

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import timedelta
from functools import cache
from typing import Any

import pytest

from domain import audit, hazard
from domain.audit import Entry, Flaw
from domain.hazard import Case
from tests.domain import cases
from tests.domain.cases import DAY, INSPECTOR, OFFICE, STAFF, T0

STEPS = (
    ("confirm", INSPECTOR),
    ("assign", OFFICE),
    ("start", STAFF),
    ("submit", STAFF),
    ("return", INSPECTOR),
    ("submit", STAFF),
    ("pass", INSPECTOR),
    ("reopen", OFFICE),
)


@cache
def _chain() -> tuple[tuple[Entry, ...], Case]:
    change = cases.opened()
    entries = [change.entry]
    for number, (action, by) in enumerate(STEPS, 1):
        if action == "assign":
            taken = hazard.step(change.case, T0 + DAY)
            assert taken is not None
            change = taken
            entries.append(change.entry)
        done = hazard.apply(change.case, cases.command(action, by), T0 + number * DAY)
        assert done is not None
        change = done
        entries.append(change.entry)
    return tuple(entries), change.case


def _flaw(entries: list[Entry], *, head: str | None = None, seq: int | None = None) -> Flaw | None:
    _, case = _chain()
    return audit.verify(case.id, entries, head=head or case.head, seq=seq or case.seq)


def _other(value: Any) -> Iterator[Any]:
    """Values that differ from ``value`` as little as a forger would like."""
    if value is None or isinstance(value, str):
        yield f"{value or ''}x"
        yield "" if value is None else None
    elif isinstance(value, int):
        yield value + 1
    elif isinstance(value, tuple):
        yield (*value, {"kind": "other", "file_id": "f-x", "sha256": "0"})
        yield from (value[1:],) if value else ()
    elif isinstance(value, dict):
        yield value | {"stage": "closed", "overdue_count": 99}
        yield from ({name: value[name] for name in value if name != gone} for gone in value)
    else:
        yield value + timedelta(microseconds=1)


def test_a_sound_chain_has_no_flaw() -> None:
    entries, case = _chain()
    assert len(entries) == case.seq == 10
    assert _flaw(list(entries)) is None


@pytest.mark.parametrize("field", [field.name for field in fields(Entry)])
def test_any_edit_of_any_field_of_any_entry_is_found_where_it_is(field: str) -> None:
    entries, _ = _chain()
    for place, entry in enumerate(entries):
        edits = [other for other in _other(getattr(entry, field)) if other != getattr(entry, field)]
        assert edits
        for other in edits:
            forged = replace(entry, **{field: other})
            flaw = _flaw([*entries[:place], forged, *entries[place + 1 :]])
            assert flaw is not None, (entry.seq, other)
            assert flaw.seq == entry.seq


def test_an_edit_that_is_sealed_again_is_found_at_the_next_entry_or_the_head() -> None:
    entries, case = _chain()
    for place, entry in enumerate(entries):
        forged = audit.seal(replace(entry, reason="改写"))
        flaw = _flaw([*entries[:place], forged, *entries[place + 1 :]])
        assert flaw is not None
        assert flaw.seq == min(entry.seq + 1, case.seq)


def test_a_deleted_entry_is_named() -> None:
    entries, _ = _chain()
    for place, entry in enumerate(entries):
        flaw = _flaw([*entries[:place], *entries[place + 1 :]])
        assert flaw is not None
        assert flaw.seq == entry.seq


def test_any_two_entries_that_were_swapped_are_found_at_the_first() -> None:
    entries, _ = _chain()
    for one in range(len(entries)):
        for other in range(one + 1, len(entries)):
            swapped = list(entries)
            swapped[one], swapped[other] = swapped[other], swapped[one]
            flaw = _flaw(swapped)
            assert flaw is not None
            assert flaw.seq == one + 1


def test_swapped_contents_under_the_old_numbers_are_found_at_the_first() -> None:
    entries, _ = _chain()
    for one in range(len(entries) - 1):
        pair = entries[one : one + 2]
        forged = [replace(pair[1], seq=one + 1), replace(pair[0], seq=one + 2)]
        flaw = _flaw([*entries[:one], *forged, *entries[one + 2 :]])
        assert flaw is not None
        assert flaw.seq == one + 1


def test_an_inserted_entry_is_found_where_it_stands() -> None:
    entries, _ = _chain()
    for place, entry in enumerate(entries):
        for inserted in (entry, audit.seal(replace(entry, note="补记", prev=entry.prev))):
            flaw = _flaw([*entries[:place], inserted, *entries[place:]])
            assert flaw is not None
            assert flaw.seq in (entry.seq, entry.seq + 1)


def test_an_entry_of_another_case_is_found() -> None:
    entries, _ = _chain()
    flaw = _flaw([audit.seal(replace(entries[0], case_id="YH-2026-000009")), *entries[1:]])
    assert flaw is not None
    assert flaw.seq == 1


def test_a_snapshot_that_states_another_head_or_length_is_found() -> None:
    entries, case = _chain()
    assert _flaw(list(entries), head="f" * 64) == Flaw(
        case_id=case.id, seq=case.seq, why="末条哈希与案卷所载不符"
    )
    longer = _flaw(list(entries), seq=case.seq + 1)
    assert longer is not None
    assert longer.seq == case.seq + 1
    shorter = _flaw(list(entries), seq=case.seq - 1)
    assert shorter is not None


def test_a_chain_that_lost_its_end_or_all_is_found() -> None:
    entries, _ = _chain()
    for kept in (0, 1, len(entries) - 1):
        flaw = _flaw(list(entries[:kept]))
        assert flaw is not None
        assert flaw.seq == kept + 1


def test_a_case_without_any_entry_is_a_flaw_even_where_its_row_says_so() -> None:
    _, case = _chain()
    flaw = audit.verify(case.id, [], head=audit.GENESIS, seq=0)
    assert flaw is not None
    assert flaw.seq == 1


def test_the_record_alone_gives_the_state_after_every_entry() -> None:
    entries, case = _chain()
    assert audit.rebuild(entries) == audit.plain(case)
    assert audit.rebuild(entries[:1])["stage"] == "reported"


def test_what_is_not_a_value_has_no_plain_form() -> None:
    with pytest.raises(TypeError):
        audit.plain(object())
