"""What a benchmark found, as a value and as a JSON file.

Invariant: the file holds every figure that the page shows, so the page can be made again without running anything.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from bench.measure import Sample, Spread, ratio, spread, spreads

FOLDER = Path(".data/bench")


@dataclass(frozen=True, kw_only=True)
class Ratio:
    """One figure of ours over the floor's; ``goal`` is the bound, ``at_least`` says on which side of it is good."""

    what: str
    against: str
    value: Spread
    goal: float | None = None
    at_least: bool = False
    unit: str = "×"

    @property
    def met(self) -> bool | None:
        """Whether the median keeps to the goal; ``None`` where there is none."""
        if self.goal is None:
            return None
        return self.value.median >= self.goal if self.at_least else self.value.median <= self.goal


@dataclass(frozen=True, kw_only=True)
class Result:
    """Everything that one benchmark found; ``sides`` holds the spread of each figure of each side."""

    id: str
    title: str
    rounds: int
    per_round: str
    ratios: Sequence[Ratio]
    sides: Mapping[str, Mapping[str, Spread]]
    notes: Sequence[str] = field(default_factory=list)


def compared(
    samples: Mapping[str, Sequence[Sample]],
    floor: str,
    *wanted: tuple[str, float | None, bool],
    ours: str = "ours",
) -> list[Ratio]:
    """The ratios of ``ours`` to ``floor``, one per wanted (figure, goal, whether the goal is a least)."""
    return [
        Ratio(
            what=figure,
            against=floor,
            value=ratio(samples[ours], samples[floor], figure),
            goal=goal,
            at_least=at_least,
        )
        for figure, goal, at_least in wanted
    ]


def tables(samples: Mapping[str, Sequence[Sample]]) -> dict[str, dict[str, Spread]]:
    """The spreads of all sides."""
    return {name: spreads(list(of_side)) for name, of_side in samples.items()}


def save(result: Result, folder: Path = FOLDER) -> Path:
    """Write it as JSON; gives the file."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{result.id}.json"
    file.write_text(json.dumps(asdict(result), ensure_ascii=False, indent=1), encoding="utf-8")
    return file


def read(file: Path) -> Result:
    """What was written."""
    told = json.loads(file.read_text(encoding="utf-8"))
    ratios = [Ratio(**{**one, "value": Spread(**one["value"])}) for one in told.pop("ratios")]
    sides = {
        name: {figure: Spread(**values) for figure, values in figures.items()}
        for name, figures in told.pop("sides").items()
    }
    return Result(**told, ratios=ratios, sides=sides)


def alone(values: Sequence[float], what: str, against: str, goal: float | None, unit: str) -> Ratio:
    """A figure that is judged by itself, in ``unit``, not as a ratio."""
    return Ratio(what=what, against=against, value=spread(values), goal=goal, unit=unit)
