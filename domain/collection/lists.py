"""The list of a collection: how each unit stands, how many stand how, and the list as it was frozen.

Invariant: every unit is on it exactly once, so the counts always add up; a frozen list is known by its hash.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any

from domain.collection.shapes import Submission
from domain.collection.window import Window
from domain.collection.words import Outcome


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What a unit is on the list, with what it rests on: one line of the frozen list.

    ``late_minutes`` is given for a late one, ``received_at`` and ``version`` for whoever submitted, ``due_at`` is the instant
    that bound this unit, ``basis`` the reason of its extension or exemption, ``submission_hash`` that of the version judged.
    """

    unit_id: str
    unit_name: str
    outcome: Outcome
    due_at: datetime
    version: int = 0
    received_at: datetime | None = None
    late_minutes: int | None = None
    returns: int = 0
    basis: str | None = None
    submission_hash: str | None = None


@dataclass(frozen=True, kw_only=True)
class Counts:
    """How many units are what: ``expected`` is the sum of the others, at any instant."""

    on_time: int = 0
    late: int = 0
    missing: int = 0
    exempt: int = 0
    defective: int = 0

    @property
    def expected(self) -> int:
        """Every unit on the list."""
        return self.on_time + self.late + self.missing + self.exempt + self.defective

    @property
    def due(self) -> int:
        """应报: every unit that is not exempt."""
        return self.expected - self.exempt

    @property
    def received(self) -> int:
        """已报: on time or late, and not defective."""
        return self.on_time + self.late

    @classmethod
    def of(cls, outcomes: Iterable[Outcome]) -> "Counts":
        """Counted from the outcomes of all units."""
        found = dict.fromkeys(Outcome, 0)
        for outcome in outcomes:
            found[outcome] += 1
        return cls(**{outcome.value: number for outcome, number in found.items()})


@dataclass(frozen=True, kw_only=True)
class Frozen:
    """The list of a collection as it was frozen, once, at cut-off: what a bulletin is made from.

    Attributes:
        standings: every unit of the list, by its id.
        hash: SHA-256 (hex) over everything else here.
    """

    collection_id: str
    title: str
    kind: str
    kind_label: str
    basis: str
    district: str
    window: Window
    contact_post: str
    contact_phone: str
    frozen_at: datetime
    counts: Counts
    standings: tuple[Standing, ...]
    hash: str = ""

    def named(self, outcome: Outcome) -> tuple[Standing, ...]:
        """The units with this outcome, by their ids."""
        return tuple(one for one in self.standings if one.outcome is outcome)


def digest(value: Submission | Frozen) -> str:
    """SHA-256 (hex) over the canonical text of a submission or a frozen list, its own hash left out."""
    opened = {each.name: getattr(value, each.name) for each in fields(value) if each.name != "hash"}
    text = json.dumps(opened, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_primitive)
    return hashlib.sha256(text.encode()).hexdigest()


def _primitive(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    return {each.name: getattr(value, each.name) for each in fields(value)}
