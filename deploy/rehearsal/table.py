"""The timeline as a table for people, and the line that follows the rehearsal while it runs.

Invariant: what a scenario says is text, never a markup for the screen.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from deploy.rehearsal.scenario import Scenario
from deploy.rehearsal.timeline import INBOX, Kind, Line, spoken

_STYLES = {
    Kind.REFUSED: "magenta",
    Kind.REMINDER: "cyan",
    Kind.OVERDUE: "yellow",
    Kind.ESCALATION: "yellow",
    Kind.SLIP: "red",
    Kind.CUTOFF: "bold",
    Kind.BULLETIN: "bold",
    Kind.OUTAGE: "red",
    Kind.CLOSED: "green",
}


class Show(Protocol):
    """What is told of each instant."""

    def __call__(self, at: datetime, lines: int) -> None:
        """It is ``at`` (aware), and the timeline has so many lines."""


def table(name: str, lines: Iterable[Line]) -> Table:
    """The timeline, one row a line; who acts or is told stands before what is said."""
    made = Table(title=name, title_justify="left")
    for heading in ("时间", "事项", "案号"):
        made.add_column(heading, no_wrap=True)
    made.add_column("内容", overflow="fold")
    for one in lines:
        row = (spoken(one.at), one.kind.label, one.case or "", _told(one))
        made.add_row(*(Text(cell) for cell in row), style=_STYLES.get(one.kind))
    return made


def _told(line: Line) -> str:
    who = f"{line.post}（{line.person or '空缺'}）" if line.post else ""
    arrow = "→ " if line.channel == INBOX else ""
    return f"{arrow}{who} {line.said}".strip()


@contextmanager
def followed(console: Console, scenario: Scenario) -> Iterator[Show]:
    """A line on the screen that goes along with the scenario's time; nothing where there is no screen."""
    whole = (scenario.last - scenario.starts).total_seconds()
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[lines]} 条"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(spoken(scenario.starts), total=whole, lines=0)

        def show(at: datetime, lines: int) -> None:
            done = (at - scenario.starts).total_seconds()
            progress.update(task, completed=done, description=spoken(at), lines=lines)

        yield show
