"""The timeline as one self-contained page: a picture with a lane for each case, and the table below it.

Invariant: nothing is loaded from elsewhere, and what a scenario says is escaped.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader

from deploy.rehearsal.scenario import LOCAL, Scenario
from deploy.rehearsal.timeline import Kind, Line, spoken

LEFT: Final = 240
WIDTH: Final = 1040
LANE: Final = 30
_TOP: Final = 56
_MOST_MARKS: Final = 16

COLOURS: Final = {
    Kind.OPENED: "#2563eb",
    Kind.ACT: "#64748b",
    Kind.REFUSED: "#a21caf",
    Kind.SUBMITTED: "#0d9488",
    Kind.REMINDER: "#0891b2",
    Kind.OVERDUE: "#d97706",
    Kind.ESCALATION: "#ea580c",
    Kind.SLIP: "#dc2626",
    Kind.CUTOFF: "#111827",
    Kind.BULLETIN: "#7c3aed",
    Kind.CORRECTION: "#9333ea",
    Kind.SUCCESSION: "#4d7c0f",
    Kind.OUTAGE: "#000000",
    Kind.CLOSED: "#16a34a",
}

_PAGES: Final = Environment(
    loader=FileSystemLoader(Path(__file__).parent), autoescape=True, trim_blocks=True, lstrip_blocks=True
)


@dataclass(frozen=True, kw_only=True)
class Mark:
    """One line in the picture."""

    x: float
    y: float
    colour: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Lane:
    """The lane of a case, or of what is about none."""

    name: str
    about: str
    y: float
    since: float
    until: float


def page(scenario: Scenario, lines: Sequence[Line], skipped: timedelta) -> str:
    """The whole page (HTML)."""
    span = _Span(scenario.starts, max((line.at for line in lines), default=scenario.last))
    cases = list(dict.fromkeys(line.case or "" for line in lines))
    rows = {case: _TOP + LANE * (number + 0.5) for number, case in enumerate(sorted(cases))}
    return _PAGES.get_template("page.html.j2").render(
        name=scenario.name,
        lines=lines,
        spoken=spoken,
        colours=COLOURS,
        kinds=[kind for kind in Kind if any(line.kind is kind for line in lines)],
        lanes=[_lane(case, y, lines, span) for case, y in rows.items()],
        marks=[_mark(line, rows[line.case or ""], span) for line in lines],
        days=list(span.days()),
        left=LEFT,
        width=LEFT + WIDTH + 40,
        height=_TOP + LANE * len(rows) + 16,
        skipped=skipped.days,
    )


@dataclass(frozen=True)
class _Span:
    """From which instant to which the picture goes."""

    first: datetime
    last: datetime

    def x(self, at: datetime) -> float:
        whole = max((self.last - self.first).total_seconds(), 1)
        return round(LEFT + WIDTH * (at - self.first).total_seconds() / whole, 1)

    def days(self) -> list[tuple[float, str]]:
        """Some midnights, where a line is drawn."""
        first = self.first.astimezone(LOCAL).replace(hour=0, minute=0) + timedelta(days=1)
        count = max((self.last - first).days + 1, 0)
        every = max(1, -(-count // _MOST_MARKS))
        days = [first + timedelta(days=number) for number in range(0, count, every)]
        return [(self.x(day), f"{day.month}月{day.day}日") for day in days]


def _lane(case: str, y: float, lines: Sequence[Line], span: _Span) -> Lane:
    own = [line for line in lines if (line.case or "") == case]
    units = {line.unit for line in own if line.unit}
    about = units.pop() if len(units) == 1 else ""
    return Lane(
        name=case or "组织与环境", about=about, y=y, since=span.x(own[0].at), until=span.x(own[-1].at)
    )


def _mark(line: Line, y: float, span: _Span) -> Mark:
    text = f"{spoken(line.at)} {line.kind.label} {line.post or ''} {line.person or ''}\n{line.text}"
    return Mark(x=span.x(line.at), y=y, colour=COLOURS[line.kind], text=text)
