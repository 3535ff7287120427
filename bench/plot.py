"""The plot: one bar per ratio that has a goal, least to greatest as a whisker, the goal as a tick. SVG written by hand."""

from collections.abc import Sequence
from html import escape
from math import log2

from bench.measure import Spread
from bench.results import Ratio, Result

_LEFT, _WIDTH, _ROW, _TOP = 300, 420, 26, 44
_LEAST, _GREATEST = 1 / 32, 32.0
_GOOD, _BAD, _INK, _PALE = "#2f7d4f", "#b4532a", "#333", "#ccc"


def drawn(found: Sequence[Result]) -> str:
    """All ratios with goals on one logarithmic axis; 1× is the floor itself, better is marked by colour."""
    rows = [(result.id, one) for result in found for one in result.ratios if one.goal and one.unit == "×"]
    height = _TOP + _ROW * len(rows) + 30
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_LEFT + _WIDTH + 90} {height}" '
        f'font-family="sans-serif" font-size="13" fill="{_INK}">',
        f'<rect width="100%" height="{height}" fill="white"/>',
        '<text x="10" y="20" font-size="15">Ours over the floor of the same run (log scale; tick: goal)</text>',
        *_axis(height),
        *(line for number, (name, one) in enumerate(rows) for line in _row(number, name, one)),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _axis(height: int) -> list[str]:
    lines = []
    for power in range(-5, 6):
        x = _x(2.0**power)
        colour = _INK if power == 0 else _PALE
        lines.append(f'<line x1="{x}" y1="{_TOP - 8}" x2="{x}" y2="{height - 24}" stroke="{colour}"/>')
        label = f"{2**power}" if power >= 0 else f"1/{2**-power}"
        lines.append(f'<text x="{x}" y="{height - 8}" text-anchor="middle" font-size="11">{label}×</text>')
    return lines


def _row(number: int, name: str, one: Ratio) -> list[str]:
    y = _TOP + _ROW * number + 8
    value: Spread = one.value
    colour = _GOOD if one.met else _BAD
    start, end = sorted((_x(1.0), _x(value.median)))
    low, high, goal = _x(value.low), _x(value.high), _x(one.goal or 1.0)
    label = escape(f"{name} {one.what.removesuffix('_ms')} / {one.against}")
    return [
        f'<text x="10" y="{y + 5}">{label}</text>',
        f'<rect x="{start}" y="{y - 6}" width="{max(1.0, end - start):.1f}" height="12" fill="{colour}" opacity="0.75"/>',
        f'<line x1="{low}" y1="{y}" x2="{high}" y2="{y}" stroke="{_INK}" stroke-width="1.5"/>',
        f'<line x1="{goal}" y1="{y - 9}" x2="{goal}" y2="{y + 9}" stroke="{_INK}" stroke-width="2.5"/>',
        f'<text x="{_LEFT + _WIDTH + 12}" y="{y + 5}" fill="{colour}">{value.median:.3g}×</text>',
    ]


def _x(value: float) -> float:
    inside = min(max(value, _LEAST), _GREATEST)
    share = (log2(inside) - log2(_LEAST)) / (log2(_GREATEST) - log2(_LEAST))
    return round(_LEFT + _WIDTH * share, 1)
