"""The picture of ``docs/clocks.md``: what the sample's policy does around a last day, as the rules foresee it.

``python -m tests.domain.ladder_picture`` draws it anew; a test compares.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter

from deploy.sample.district import DISTRICT
from domain import hazard
from domain.hazard import Change, StepKind
from domain.ladder import Colour
from domain.terms import Terms
from tests.domain import cases
from tests.domain.workdays_table import CALENDAR

PICTURE: Final = Path(__file__).parents[2] / "docs" / "images" / "ladder.svg"
START: Final = datetime(2026, 11, 2, 1, tzinfo=UTC)
AHEAD: Final = timedelta(days=75)
_COLOURS: Final = {None: "#90a4ae", Colour.BLUE: "#1565c0", Colour.YELLOW: "#f9a825", Colour.RED: "#c62828"}
_TITLES: Final = {
    "team": "督导组",
    "office": "办公室",
    "deputy": "副组长",
    "leader": "组长",
    "u1-head": "机构主要负责人",
    "u1-staff": "整改责任岗位",
}
LEFT, TOP, LINE, WIDTH = 20, 64, 26, 900


def terms() -> Terms:
    """The policy of the sample with the calendar of the notices."""
    sample: Any = DISTRICT["policies"][0]["terms"]
    return replace(TypeAdapter(Terms).validate_python(sample), calendar=CALENDAR)


def changes() -> Iterator[Change]:
    """A general hazard that is assigned on a Monday and that nobody touches."""
    case = cases.opened(terms=terms(), now=START).case
    for action, by in (("confirm", cases.INSPECTOR), ("assign", cases.OFFICE)):
        case = cases.act(case, action, by, START)
    return hazard.foresee(case, START + AHEAD)


def svg() -> str:
    """One line a step: when, what, whom it tells; the dot has the colour of the case."""
    shapes = [line for number, change in enumerate(changes()) for line in _line(number, change)]
    height = TOP + LINE * (len(shapes) // 2) + 10
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" font-size="14">',
            f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
            f'<text x="{LEFT}" y="34" fill="#212121" font-size="17">一般隐患 11月2日派发，限15个自然日，无人办理</text>',
            *shapes,
            "</svg>\n",
        ]
    )


def _line(number: int, change: Change) -> tuple[str, str]:
    down = TOP + number * LINE
    local = change.case.terms.local(change.entry.at)
    told = "、".join(dict.fromkeys(_TITLES[notice.post_id] for notice in change.notices))
    slip = next(
        (f"，{made.colour.label}督办单" for made in change.case.slips if made.at == change.entry.at), ""
    )
    served = slip if change.entry.action in (StepKind.LAPSE, StepKind.ESCALATE) else ""
    text = f"{local.month}月{local.day}日 {local:%H:%M}　{hazard.ACTION_LABELS[change.entry.action]}　→ {told}{served}"
    return (
        f'<circle cx="{LEFT + 8}" cy="{down - 5}" r="7" fill="{_COLOURS[change.case.colour]}"/>',
        f'<text x="{LEFT + 28}" y="{down}" fill="#212121">{text}</text>',
    )


if __name__ == "__main__":
    PICTURE.write_text(svg(), encoding="utf-8")
