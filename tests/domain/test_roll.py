"""The roll of cases: a number that no case bears is found, whatever was removed."""

import hashlib

from domain.roll import Closing, Gap, Roll

HEADS = {f"YH-2026-{number:06d}": f"{number:064x}" for number in range(1, 8)} | {"YH-2027-000001": "f" * 64}


def _roll(without: tuple[str, ...] = ()) -> Roll:
    roll = Roll()
    for case_id, head in HEADS.items():
        if case_id not in without:
            roll.add(case_id, head, 3)
    return roll


def test_the_closing_counts_and_digests_everything_in_order() -> None:
    digest = hashlib.sha256("".join(HEADS.values()).encode()).hexdigest()
    assert _roll().closing({2026: 7, 2027: 1}) == Closing(
        cases=8, entries=24, heads=digest, years={2026: 7, 2027: 1}
    )


def test_a_roll_without_gaps_misses_nothing() -> None:
    assert list(_roll().gaps({2026: 7, 2027: 1})) == []
    assert list(Roll().gaps({})) == []


def test_any_missing_number_is_found_and_neighbours_are_one_gap() -> None:
    years = {2026: 7, 2027: 1}
    for number in range(1, 8):
        gone = f"YH-2026-{number:06d}"
        assert list(_roll((gone,)).gaps(years)) == [Gap(year=2026, first=number, last=number)]
    both = ("YH-2026-000006", "YH-2026-000007", "YH-2027-000001")
    assert list(_roll(both).gaps(years)) == [
        Gap(year=2026, first=6, last=7),
        Gap(year=2027, first=1, last=1),
    ]
    assert list(Roll().gaps({2026: 10**9})) == [Gap(year=2026, first=1, last=10**9)]


def test_a_case_that_came_meanwhile_raises_its_years_last_number() -> None:
    roll = _roll()
    assert roll.closing({2026: 6}).years == {2026: 7, 2027: 1}
    assert list(roll.gaps({2026: 6})) == []
    assert roll.beyond({2026: 6}) == [2026, 2027]
    assert roll.beyond({2026: 7, 2027: 1}) == []


def test_two_cases_in_the_other_order_have_another_digest() -> None:
    one, other = Roll(), Roll()
    one.add("YH-2026-000001", "a" * 64, 1)
    one.add("YH-2026-000002", "b" * 64, 1)
    other.add("YH-2026-000002", "b" * 64, 1)
    other.add("YH-2026-000001", "a" * 64, 1)
    assert one.closing({}) != other.closing({})
