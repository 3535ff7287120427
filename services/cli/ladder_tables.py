"""What a policy says of a level, as a table: its limits, its ladder, and what goes with them.

Invariant: everything that decides about a case of the level is in the table, in words that people use.
"""

from collections.abc import Iterator
from typing import Final

from rich.table import Table

from domain.evidence import EvidenceKind
from domain.hazard import ACTION_LABELS
from domain.ladder import ClockKind, Ladder
from domain.terms import Terms
from domain.workdays import DayEnd, Limit, Unit

_ENDS: Final = {DayEnd.MIDNIGHT: "（末日至 24:00）", DayEnd.CLOSE: "（末日至下班）"}


def table(terms: Terms, level: str) -> Table:
    """The table of one level."""
    made = Table("事项", "时间", "颜色", title=f"政策 {terms.version} · 等级 {level}", title_justify="left")
    for name, limit in _limits(terms, level):
        made.add_row(name, spoken(limit))
    made.add_section()
    for told, after, colour in _ladder(terms.ladder(level)):
        made.add_row(told, after, colour)
    made.add_section()
    for name, time in _around(terms, level):
        made.add_row(name, time)
    return made


def notes(terms: Terms) -> Iterator[str]:
    """What a policy says of all levels: evidence, sensitive periods, and reopening."""
    for action, kinds in terms.evidence.items():
        yield f"{ACTION_LABELS[action]}须附：{'、'.join(EvidenceKind(kind).label for kind in kinds) or '无'}。"
    for period in terms.periods:
        yield f"{period.name}（{period.first} 至 {period.last}）到期的，督办间隔按 {period.percent}% 计。"
    yield f"销号后 {terms.reopen_days} 个自然日内可以反销号。"


def spoken(limit: Limit) -> str:
    """A limit as people say it, such as ``15 个自然日``."""
    if limit.unit is Unit.NAMED_DATE:
        clock = "" if limit.minute is None else f" {limit.minute // 60:02d}:{limit.minute % 60:02d}"
        return f"至 {limit.on}{clock}"
    return f"{limit.amount} 个{limit.unit.label}{_ENDS[limit.ends] if limit.ends else ''}"


def _limits(terms: Terms, level: str) -> Iterator[tuple[str, Limit]]:
    for kind in ClockKind:
        if (limit := terms.limit(kind, level, "")) is not None:
            yield kind.label, limit
        for category, by_level in terms.category_limits.items():
            if kind in by_level.get(level, {}):
                yield f"{kind.label}（类别 {category}）", by_level[level][kind]


def _ladder(ladder: Ladder) -> Iterator[tuple[str, str, str]]:
    yield "到期", "当时", ladder.colour.label
    for rung in ladder.rungs:
        yield rung.to.label, f"到期后 {spoken(rung.after)}", rung.colour.label if rung.colour else ""


def _around(terms: Terms, level: str) -> Iterator[tuple[str, str]]:
    ladder, most = terms.ladder(level), terms.extension_days.get(level)
    if ladder.reminders:
        leads = "、".join(f"前 {lead} 个工作日" if lead else "末日当日" for lead in ladder.reminders)
        yield "临期提醒", leads
    for colour, limit in ladder.replies.items():
        yield f"{colour.label}督办单回复", spoken(limit)
    yield "签收后暂停督办", spoken(ladder.acknowledged_for)
    yield "催办间隔至多", f"{ladder.longest_gap} 个工作日"
    yield "延期累计至多", "不得延期" if most is None else f"{most} 个自然日"
