"""Who is named in a bulletin: the frozen list, as people decided on it and as later rulings changed it.

Invariant: late and missing units are named as the list has them; one with defective material only after a person decided so.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from domain.bulletin.shapes import Bulletin, Decision, Ruling
from domain.collection import Counts, Frozen, Outcome, Standing


@dataclass(frozen=True, kw_only=True)
class Naming:
    """The units of each list of a bulletin, in the order of the list."""

    late: tuple[Standing, ...] = ()
    missing: tuple[Standing, ...] = ()
    defective: tuple[Standing, ...] = ()
    adjusted: tuple[Standing, ...] = ()


def naming(standings: Iterable[Standing], decisions: Iterable[Decision]) -> Naming:
    """Who is named; ``adjusted`` are those whose time was changed or who were exempted, for the bulletin's basis."""
    named = {one.unit_id for one in decisions if one.named}
    found: dict[Outcome, list[Standing]] = {outcome: [] for outcome in Outcome}
    adjusted: list[Standing] = []
    for one in standings:
        found[one.outcome].append(one)
        if one.basis is not None:
            adjusted.append(one)
    return Naming(
        late=tuple(found[Outcome.LATE]),
        missing=tuple(found[Outcome.MISSING]),
        defective=tuple(one for one in found[Outcome.DEFECTIVE] if one.unit_id in named),
        adjusted=tuple(adjusted),
    )


def ruled(standings: Iterable[Standing], rulings: Iterable[Ruling]) -> tuple[Standing, ...]:
    """The list as rulings changed it, the last one of a unit counting."""
    last = {one.unit_id: one for one in rulings}
    return tuple(_ruled(one, last.get(one.unit_id)) for one in standings)


def _ruled(standing: Standing, ruling: Ruling | None) -> Standing:
    if ruling is None:
        return standing
    return replace(
        standing,
        outcome=ruling.becomes,
        received_at=ruling.received_at or standing.received_at,
        late_minutes=ruling.late_minutes,
    )


def counts(standings: Iterable[Standing]) -> Counts:
    """What a list comes to."""
    return Counts.of(one.outcome for one in standings)


def rate(counted: Counts) -> str:
    """按时率 in per cent: on time ÷ due, exempt ones left out; "—" where nobody was due."""
    return f"{counted.on_time / counted.due * 100:.1f}%" if counted.due else "—"


def standings_of(frozen: Frozen, bulletin: Bulletin) -> tuple[Standing, ...]:
    """The list as this bulletin has it: with the rulings that were issued about it."""
    return ruled(frozen.standings, bulletin.rulings)


def by_unit(standings: Iterable[Standing]) -> Mapping[str, Standing]:
    """The list by unit."""
    return {one.unit_id: one for one in standings}
