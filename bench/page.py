"""Making the page: each benchmark's tables between its two marks in ``docs/benchmarks.md``, and the plot beside it."""

import re
from collections.abc import Sequence
from pathlib import Path

from bench import plot, results
from bench.measure import Spread
from bench.results import Ratio, Result

PAGE = Path("docs/benchmarks.md")
PLOT = Path("docs/images/benchmarks.svg")

MOST_ACROSS = 6
"""A table with more columns of figures than this is turned round."""

NAMES = {
    "rate": "operations a second",
    "cpu_ms": "CPU per operation",
    "p50_ms": "p50",
    "p95_ms": "p95",
    "p99_ms": "p99",
}


def as_text(result: Result) -> str:
    """A few lines for the screen."""
    lines = [f"{result.id} {result.title}: {result.rounds} rounds of {result.per_round}"]
    lines += [
        f"  {one.what} / {one.against}: {_spread(one.value)}{one.unit} {_goal(one)}" for one in result.ratios
    ]
    for side, figures in result.sides.items():
        shown = ", ".join(f"{name} {_spread(value)}" for name, value in figures.items())
        lines.append(f"  [{side}] {shown}")
    return "\n".join([*lines, *(f"  {note}" for note in result.notes)])


def render(folder: Path = results.FOLDER, page: Path = PAGE, picture: Path = PLOT) -> None:
    """Put every result of ``folder`` into the page and draw all ratios."""
    found = [results.read(file) for file in sorted(folder.glob("B*.json"), key=_number)]
    text = page.read_text(encoding="utf-8")
    for result in found:
        text = _between(text, result.id, as_tables(result))
    page.write_text(text, encoding="utf-8")
    picture.write_text(plot.drawn(found), encoding="utf-8")


def as_tables(result: Result) -> str:
    """Two tables in Markdown: the ratios with their goals, then the figures of each side."""
    lines = [f"{result.rounds} rounds; in each round and on each side {result.per_round}.", ""]
    lines += [
        "| ours against | figure | median | least – greatest | goal | met |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    lines += [_ratio_row(one) for one in result.ratios]
    figures = _across(result) if len(result.sides) <= MOST_ACROSS else _down(result)
    return "\n".join([*lines, "", *figures, *(f"\n{note}" for note in result.notes)])


def _across(result: Result) -> list[str]:
    """The figures of each side, one column a side."""
    sides = list(result.sides)
    names = list(dict.fromkeys(name for side in sides for name in result.sides[side]))
    lines = [f"| figure | {' | '.join(sides)} |", f"| --- |{' --- |' * len(sides)}"]
    for name in names:
        cells = [_spread(found) if (found := result.sides[side].get(name)) else "" for side in sides]
        lines.append(f"| {_named(name)} | {' | '.join(cells)} |")
    return lines


def _down(result: Result) -> list[str]:
    """The figures that matter of each side, one row a side, where there are many."""
    names = ("p50_ms", "p95_ms", "cpu_ms")
    lines = [f"| side | {' | '.join(map(_named, names))} |", f"| --- |{' --- |' * len(names)}"]
    for side, figures in result.sides.items():
        lines.append(f"| {side} | {' | '.join(_spread(figures[name]) for name in names)} |")
    return lines


def _ratio_row(one: Ratio) -> str:
    value = one.value
    met = {True: "yes", False: "**no**", None: ""}[one.met]
    spans = f"{_number_text(value.low)} – {_number_text(value.high)}"
    what = _named(one.what).removesuffix(", ms")
    return f"| {one.against} | {what} | **{_number_text(value.median)}{one.unit}** | {spans} | {_goal(one)} | {met} |"


def _goal(one: Ratio) -> str:
    if one.goal is None:
        return ""
    return f"{'≥' if one.at_least else '≤'} {_number_text(one.goal)}{one.unit}"


def _named(name: str) -> str:
    if name.startswith("cpu_ms "):
        return f"— of which {name.removeprefix('cpu_ms ')}, ms"
    unit = ", ms" if name.endswith("_ms") else ""
    return NAMES.get(name, name) + unit


def _spread(value: Spread) -> str:
    return f"{_number_text(value.median)} ({_number_text(value.low)} – {_number_text(value.high)})"


def _number_text(value: float) -> str:
    """Three significant figures, without an exponent."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}" if value else "0"


def _between(text: str, mark: str, content: str) -> str:
    pattern = re.compile(rf"(<!-- {mark} -->\n).*?(<!-- /{mark} -->)", re.DOTALL)
    return pattern.sub(lambda found: f"{found[1]}{content}\n{found[2]}", text)


def _number(file: Path) -> int:
    return int(re.sub(r"\D", "", file.stem) or 0)


def goals(found: Sequence[Result]) -> list[tuple[str, Ratio]]:
    """Every ratio that has a goal, with the benchmark's name."""
    return [(result.id, one) for result in found for one in result.ratios if one.goal is not None]
