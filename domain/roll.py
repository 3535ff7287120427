"""The roll of all cases (案卷名册): which numbers were given, and one digest over the whole record.

Invariant: case numbers run from 1 to the year's last without a gap, because a number is taken in the transaction that
writes the first change; so a number that no case bears means that a case was removed.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

_NUMBER: Final = re.compile(r"YH-([0-9]{4})-([0-9]{6,12})")


@dataclass(frozen=True, kw_only=True)
class Closing:
    """What the last line of an export states: counts, the SHA-256 (hex) of all heads in order, each year's last number."""

    cases: int
    entries: int
    heads: str
    years: Mapping[int, int]


@dataclass(frozen=True, kw_only=True)
class Gap:
    """Numbers of a year, from ``first`` to ``last``, that no case bears."""

    year: int
    first: int
    last: int


class Roll:
    """Counts cases as they pass, in the order of their numbers."""

    def __init__(self) -> None:
        self.cases = 0
        self.entries = 0
        self._numbers: dict[int, set[int]] = {}
        self._heads = hashlib.sha256()

    def add(self, case_id: str, head: str, entries: int) -> None:
        """Count a case with its head (SHA-256 in hex) and the number of its entries."""
        self.cases += 1
        self.entries += entries
        self._heads.update(head.encode())
        if number := _NUMBER.fullmatch(case_id):
            self._numbers.setdefault(int(number[1]), set()).add(int(number[2]))

    def closing(self, years: Mapping[int, int]) -> Closing:
        """Close the roll; ``years`` is each year's last number, raised here to cases that came meanwhile."""
        return Closing(
            cases=self.cases, entries=self.entries, heads=self._heads.hexdigest(), years=self._raised(years)
        )

    def gaps(self, years: Mapping[int, int]) -> Iterator[Gap]:
        """The numbers that no case bears, up to each year's last number or the highest that was seen."""
        for year, last in sorted(self._raised(years).items()):
            expected = 1
            for number in [*sorted(self._numbers.get(year, ())), last + 1]:
                if number > expected:
                    yield Gap(year=year, first=expected, last=number - 1)
                expected = number + 1

    def beyond(self, years: Mapping[int, int]) -> list[int]:
        """The years in which a case bears a higher number than was ever given."""
        return [year for year, seen in sorted(self._numbers.items()) if max(seen) > years.get(year, 0)]

    def _raised(self, years: Mapping[int, int]) -> dict[int, int]:
        seen = {year: max(numbers) for year, numbers in self._numbers.items()}
        return {year: max(years.get(year, 0), seen.get(year, 0)) for year in years.keys() | seen.keys()}
