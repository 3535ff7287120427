"""``bihuan rehearse``: a whole notice played in seconds, and what would be otherwise.

Invariant: a scenario that cannot be played is refused before anything starts; nothing of a running system is touched.
"""

import asyncio
import logging
import sys
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text
from temporalio.runtime import Runtime, TelemetryConfig

from deploy.processes import StackError
from deploy.rehearsal import changes, checks, comparing, district, page, reading, stage, table, variations
from deploy.rehearsal.player import Player
from deploy.rehearsal.scenario import Scenario
from deploy.rehearsal.timeline import Line, spoken
from deploy.rehearsal.variations import Variations


@dataclass(frozen=True, kw_only=True)
class Played:
    """A scenario after its rehearsal."""

    scenario: Scenario
    lines: list[Line]
    skipped: timedelta


def run(file: Path, otherwise: Variations, *, as_json: bool, html: Path | None) -> None:
    """Play ``file`` and print its timeline. Raises ``StackError`` for one that cannot be played."""
    if html is not None:
        _written(html, "")
    played = play(file, otherwise)
    if html is not None:
        _written(html, page.page(played.scenario, played.lines, played.skipped))
        print(f"已写入 {html}", file=sys.stderr)
    if as_json:
        for line in played.lines:
            print(line.as_json())
        return
    console = Console(highlight=False)
    console.print(table.table(played.scenario.name, played.lines))
    console.print(f"共 {len(played.lines)} 条，跳过 {played.skipped.days} 日。", markup=False)


def compare(before: Path, after: Path, otherwise: Variations) -> None:
    """Print what moves from one scenario (or kept ``--json`` timeline) to another. Raises ``StackError``."""
    if _is_kept(after) and otherwise != Variations():
        raise StackError(f"{after} 是已有的推演结果，--set、--without、--holiday 只用于第二个推演方案。")
    moved = comparing.moves(_lines(before, Variations()), _lines(after, otherwise))
    made = Table(
        Column("案号", no_wrap=True), Column("事项", no_wrap=True), title=f"{before.name} → {after.name}"
    )
    for column in ("岗位", "原", "现", "内容"):
        made.add_column(column, overflow="fold", min_width=len("2022-09-26"))
    for move in moved:
        line = move.line
        old, new = (_shown(one) for one in (move.before, move.after))
        row = (line.case or "", line.kind.label, line.post or "", old, new, line.said)
        made.add_row(*(Text(cell) for cell in row))
    console = Console(highlight=False)
    console.print(made if moved else "两次推演没有差别。")


def play(file: Path, otherwise: Variations) -> Played:
    """Play a scenario and give its timeline. Raises ``StackError``."""
    try:
        scenario, places = reading.read(file)
        document = district.document(scenario)
        variations.vary(document, otherwise)
        if found := list(checks.faults(scenario, places, document)):
            raise reading.BadScenario(file, found)
    except district.BadTerm as bad:
        fault = reading.Fault(line=places.of(("policy", bad.path)), reason=str(bad))
        raise StackError(str(reading.BadScenario(file, [fault]))) from bad
    except reading.BadScenario as bad:
        raise StackError(str(bad)) from bad
    except OSError as problem:
        raise StackError(f"推演方案 {file} 不能读取：{problem.strerror}。") from problem
    _hush()
    return asyncio.run(_play(scenario, document, otherwise))


def _hush() -> None:
    """What the parts say of themselves is no part of a rehearsal, least of all that an engine is away on purpose."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    logging.disable(logging.CRITICAL)
    Runtime.set_default(Runtime(telemetry=TelemetryConfig(logging=None)), error_if_already_set=False)


async def _play(scenario: Scenario, document: dict[str, Any], otherwise: Variations) -> Played:
    console = Console(stderr=True)
    async with stage.opened(scenario.starts, document) as scene:
        await changes.close_on(scene, otherwise.holidays)
        with table.followed(console, scenario) as show:
            lines = await Player(scene, scenario).play(show)
        return Played(scenario=scenario, lines=lines, skipped=scene.skipped)


def _is_kept(file: Path) -> bool:
    """Whether a file is a timeline that is there already, not a scenario."""
    return file.suffix in {".json", ".jsonl"}


def _lines(file: Path, otherwise: Variations) -> list[Line]:
    if not _is_kept(file):
        return play(file, otherwise).lines
    try:
        return [Line.of_json(text) for text in file.read_text(encoding="utf-8").splitlines() if text]
    except (OSError, ValueError, TypeError, KeyError) as problem:
        raise StackError(f"{file} 不是推演的 --json 输出。") from problem


def _shown(line: Line | None) -> str:
    if line is None:
        return "—"
    return f"{spoken(line.at)} {line.person or ''}".strip()


def _written(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as problem:
        raise StackError(f"{file} 不能写入：{problem.strerror}。") from problem
