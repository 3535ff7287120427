"""What a policy must be before a case may run under it: without a gap, without a cycle, and heard by somebody.

Invariant: a policy that passes gives every level a limit for each clock, and a ladder that rises, never comes back to
one that it told, and ends with somebody who commands. A fault names the field by its path in the document (places in
arrays count from 0), never a value of it.
The notice names the chain of command (section 2) but no delays; what is refused here follows from that chain alone.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Final

from domain import policy_ladders, workdays
from domain.errors import Kind, Refused
from domain.evidence import EvidenceKind
from domain.hazard import Action
from domain.ladder import Addressee, ClockKind, Period
from domain.terms import Terms
from domain.workdays import Limit

MOST_DAYS: Final = workdays.MOST_DAYS
LONGEST: Final = 64
"""Characters of a name, in a path and as a code."""
_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_OFFSETS: Final = range(-720, 841)


def check(terms: Terms, levels: Iterable[str] | None = None, since: datetime | None = None) -> None:
    """Refuse a policy under which no case may run.

    ``levels`` are the codes of the levels that cases can have, ``since`` (aware) is when the policy takes effect.

    Raises:
        Refused: the first of :func:`faults`: ``policy_gap``, ``policy_invalid``, ``ladder_reaches_nobody``,
            ``ladder_cycle``, ``ladder_not_rising`` or ``limit_in_past``, with the path of the field.
    """
    for fault in faults(terms, levels, since):
        raise fault


def faults(
    terms: Terms, levels: Iterable[str] | None = None, since: datetime | None = None
) -> Iterator[Refused]:
    """Everything that is wrong with a policy, as the refusals that it earns."""
    yield from _whole(terms)
    yield from _limits(terms, levels or ())
    yield from _category_limits(terms)
    if since is not None:
        yield from _past(terms, terms.local(since).date())
    for level in (*terms.limits, *(one for one in terms.ladders if one not in terms.limits)):
        yield from _ladder(terms, level)
    yield from _extensions(terms)
    for number, period in enumerate(terms.periods):
        yield from _period(f"periods.{number}", period)
    yield from _evidence(terms)


def path(*parts: object) -> str:
    """A field by its path; a name that does not fit into a line of text is left out of it."""
    words = [str(part) for part in parts]
    return ".".join(word if word.isprintable() and 0 < len(word) <= LONGEST else "…" for word in words)


def unreachable(terms: Terms, posts_present: frozenset[Addressee]) -> tuple[str, ...]:
    """The levels whose ladder finds no post at all in an organisation that has only these addressees."""
    return tuple(
        level
        for level, ladder in terms.ladders.items()
        if not any(rung.to in posts_present for rung in ladder.rungs)
    )


def _whole(terms: Terms) -> Iterator[Refused]:
    for name, text in (("version", terms.version), ("region", terms.region)):
        if not text.strip():
            yield _invalid(name, "不得为空")
    if terms.utc_offset_minutes not in _OFFSETS:
        yield _invalid("utc_offset_minutes", f"须在 {_OFFSETS[0]} 至 {_OFFSETS[-1]} 分钟之间")
    if not 0 <= terms.reopen_days <= MOST_DAYS:
        yield _invalid("reopen_days", f"须在 0 至 {MOST_DAYS} 之间")
    if terms.calendar is not None:
        yield _invalid("calendar", "政策不带日历，日历在立案时写入")
    if terms.days:
        yield _invalid("days", "按阶段计日只用于旧案，新政策须写 limits")


def _limits(terms: Terms, levels: Iterable[str]) -> Iterator[Refused]:
    if not terms.limits:
        yield _gap("limits", "一个时限也没有")
        return
    for level, limits in terms.limits.items():
        if not _CODE.fullmatch(level):
            yield _invalid("limits", "等级代码须由字母、数字、点、下划线和连字符组成，至多 64 字")
        for kind in ClockKind:
            if kind not in limits:
                yield _gap(path("limits", level, kind), f"缺少{kind.label}")
    for level in levels:
        if level not in terms.limits:
            yield _gap(f"limits.{level}", "该等级没有时限")


def _category_limits(terms: Terms) -> Iterator[Refused]:
    for category, by_level in terms.category_limits.items():
        if not _CODE.fullmatch(category):
            yield _invalid("category_limits", "类别代码须由字母、数字、点、下划线和连字符组成，至多 64 字")
        for level in by_level:
            if level not in terms.limits:
                yield _invalid(path("category_limits", category, level), "该等级在 limits 中没有时限")


def _past(terms: Terms, first: date) -> Iterator[Refused]:
    """Named dates before the policy's first day: every case would be late when it opens."""
    by_path: dict[tuple[str, ...], Mapping[ClockKind, Limit]] = {
        ("limits", level): limits for level, limits in terms.limits.items()
    }
    for category, by_level in terms.category_limits.items():
        by_path |= {("category_limits", category, level): limits for level, limits in by_level.items()}
    for place, limits in by_path.items():
        for kind, limit in limits.items():
            if limit.on is not None and date.fromisoformat(limit.on) < first:
                field = path(*place, kind, "on")
                yield Refused(Kind.INVALID, "limit_in_past", "指定日期早于政策生效之日", field=field)


def _ladder(terms: Terms, level: str) -> Iterator[Refused]:
    field, ladder = path("ladders", level), terms.ladders.get(level)
    if level not in terms.limits:
        yield _invalid(field, "该等级在 limits 中没有时限")
    elif ladder is None:
        yield _gap(field, "该等级没有督办阶梯，逾期后无人知晓")
    else:
        yield from policy_ladders.faults(field, ladder)


def _extensions(terms: Terms) -> Iterator[Refused]:
    for level, most in terms.extension_days.items():
        if level not in terms.limits:
            yield _invalid(path("extension_days", level), "该等级在 limits 中没有时限")
        elif not 0 <= most <= MOST_DAYS:
            yield _invalid(f"extension_days.{level}", f"须在 0 至 {MOST_DAYS} 之间")


def _period(field: str, period: Period) -> Iterator[Refused]:
    if not period.name.strip():
        yield _invalid(f"{field}.name", "不得为空")
    wrong = [name for name in ("first", "last") if not _is_date(getattr(period, name))]
    for name in wrong:
        yield _invalid(f"{field}.{name}", "没有这一天，日期须写作 2026-10-08")
    if not wrong and period.last < period.first:
        yield _invalid(f"{field}.last", "不得早于 first")
    if not 1 <= period.percent <= 100:
        yield _invalid(f"{field}.percent", "须在 1 至 100 之间")


def _evidence(terms: Terms) -> Iterator[Refused]:
    for action, kinds in terms.evidence.items():
        if action not in set(Action):
            yield _invalid(path("evidence", action), "没有这个动作")
        for number, kind in enumerate(kinds):
            if kind not in set(EvidenceKind):
                yield _invalid(path("evidence", action, number), f"须为 {'、'.join(EvidenceKind)} 之一")


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _gap(field: str, message: str) -> Refused:
    return Refused(Kind.INVALID, "policy_gap", message, field=field)


def _invalid(field: str, message: str) -> Refused:
    return Refused(Kind.INVALID, "policy_invalid", message, field=field)
