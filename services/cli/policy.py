"""``bihuan policy check``: whether a policy can be loaded, what it says, and what it would do to a case.

Invariant: nothing is written, and without ``--case`` nothing is asked of a database.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from rich.console import Console

from adapters.postgres import policy
from adapters.postgres.document import BadDocument, check_levels, check_rows
from adapters.postgres.loading import COLUMNS
from deploy.processes import StackError
from domain.errors import Refused
from domain.terms import Terms
from services.cli import foresight, ladder_tables
from services.cli.load import read
from services.settings import Settings

_YEARS: Final = range(2000, 2100)


@dataclass(frozen=True, kw_only=True)
class Policy:
    """One version of the policy in a file, and when it comes into force, which terms alone do not say."""

    terms: Terms
    valid_from: datetime | None = None


def check(file: Path, level: str | None, at: datetime) -> None:
    """Check every policy in ``file``, and print what it says and what it does to a case reported at ``at``.

    An ``at`` without a zone is local time of the policy. Raises ``StackError`` with one sentence that names the field.
    """
    console = _console()
    policies = _policies(file)
    for one in policies:
        if level is not None and level not in one.terms.limits:
            levels = "、".join(one.terms.limits)
            raise StackError(f"政策 {one.terms.version} 没有等级 {level}，可用的等级为 {levels}。")
    for one in policies:
        for code in one.terms.limits if level is None else (level,):
            console.print(ladder_tables.table(one.terms, code))
            console.print(foresight.example(one.terms, code, at))
        for line in ladder_tables.notes(one.terms):
            console.print(line)
    console.print(f"{file} 可以载入：{len(policies)} 份政策，没有缺漏，也没有循环。")


def compare(file: Path, case_id: str, now: datetime, settings: Settings) -> None:
    """Print side by side what a recorded case is in for under its own terms and under the newest policy in ``file``.

    Raises ``StackError`` with one sentence for a bad file or an unknown or finished case, ``Temporary`` when the
    database is away.
    """
    newest = max(_policies(file), key=lambda one: one.valid_from.timestamp() if one.valid_from else 0)
    _console().print(foresight.comparison(case_id, newest.terms, now, settings))


def instant(text: str) -> datetime:
    """An instant as somebody wrote it, with a zone or without. Raises ``StackError`` for what is none."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.year not in _YEARS:
        raise StackError(f"--at 须为 {_YEARS[0]} 至 {_YEARS[-1]} 年间的时间，如 2026-12-01T09:00。")
    return at


def _policies(file: Path) -> list[Policy]:
    """The policies of a file: a terms object, or a directory document with at least one."""
    value = read(file)
    if not isinstance(value, dict):
        raise StackError(f"{file} 须是一个 JSON 对象：一份政策，或含有 policies 的整份目录。")
    if COLUMNS.keys().isdisjoint(value):
        return [Policy(terms=_terms(file, value))]
    try:
        check_rows(value, COLUMNS)
        check_levels(value)
    except BadDocument as error:
        raise StackError(f"{file} 不能载入：{error}") from error
    if not value.get("policies"):
        raise StackError(f"{file} 里没有政策（policies）。")
    return [
        Policy(terms=policy.read(row["terms"]), valid_from=datetime.fromisoformat(row["valid_from"]))
        for row in value["policies"]
    ]


def _terms(file: Path, value: Mapping[str, Any]) -> Terms:
    try:
        return policy.read(value)
    except Refused as no:
        raise StackError(f"{file} 的 {no.details['field']}：{no.message}。") from no


def _console() -> Console:
    # what a file says is text, never a markup for the screen
    return Console(highlight=False, markup=False, emoji=False)
