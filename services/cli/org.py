"""``bihuan org``: the organisation shown, checked, and changed by a file.

Invariant: what was shown is what is made: a row that somebody else changed in between is refused, and nothing is half made.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TypeVar

from adapters.postgres import organisation_document
from adapters.postgres.database import Database
from adapters.postgres.document import BadDocument
from adapters.postgres.organisation import Amendment, PostgresOrganisation
from adapters.postgres.warnings import PostgresWarnings
from deploy.processes import StackError
from domain.errors import Refused
from domain.organisation import Difference
from services.cli.load import read
from services.settings import Settings

Answer = TypeVar("Answer")

PATIENCE: Final = 60.0
"""Seconds for one transaction."""

_TABLES: Final[Mapping[str, str]] = {
    "unit_kinds": "单位类别",
    "areas": "镇与片区",
    "units": "单位",
    "posts": "岗位",
    "people": "人员",
    "holders": "任职",
    "substitutions": "代理",
    "desks": "常设岗位",
}
_OPEN: Final[Mapping[str, str]] = {"valid_from": "一直", "valid_to": "长期"}


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A file to apply, who takes the posts that it would leave alone (``post=person``), and why."""

    file: Path
    takes: tuple[str, ...]
    reason: str | None


def document(settings: Settings, now: datetime) -> str:
    """The organisation as it is at ``now`` (aware), as a document that changes nothing when it is applied."""

    async def found(database: Database) -> str:
        store = PostgresOrganisation(database)
        organisation, _ = await store.read()
        local = await store.local(now)
        written = organisation_document.written(organisation, now, local)
        return json.dumps(written, ensure_ascii=False, indent=2)

    return _run(found, settings)


def preview(plan: Plan, settings: Settings, now: datetime) -> tuple[int | None, str]:
    """What a plan would change, line by line, and the number of the change that was seen; ``None`` where it changes nothing.

    Raises ``StackError`` with one sentence that names the row.
    """

    async def looked(database: Database) -> tuple[int | None, str]:
        store = PostgresOrganisation(database)
        made = await store.preview(await _amendment(store, plan, now, None))
        local = await store.local(now)
        lines = [_line(one, local) for one in made.differences]
        return (made.version, "\n".join(lines)) if lines else (None, "没有变动。")

    return _run(looked, settings)


def apply(plan: Plan, seen: int, settings: Settings, now: datetime) -> str:
    """Make the change that was shown, and give the sentence that says so. Raises ``StackError``."""

    async def made(database: Database) -> str:
        store = PostgresOrganisation(database)
        done, _ = await store.apply(await _amendment(store, plan, now, seen))
        return f"已调整，变动 {len(done.differences)} 行，为第 {done.version} 次调整。" if done else ""

    return _run(made, settings)


def warnings(settings: Settings, now: datetime) -> list[str]:
    """What an administrator should know, one sentence a line."""

    async def found(database: Database) -> list[str]:
        return [f"{one.code} {one.about}：{one.message}" for one in await PostgresWarnings(database).all(now)]

    return _run(found, settings)


async def _amendment(store: PostgresOrganisation, plan: Plan, now: datetime, seen: int | None) -> Amendment:
    value = read(plan.file)
    try:
        organisation_document.check(value)
    except BadDocument as error:
        raise StackError(f"{plan.file} 未载入：{error}") from error
    takes = dict(_take(one) for one in plan.takes)
    proposal = organisation_document.proposal(value, takes, await store.midnight(now))
    return Amendment(proposal=proposal, now=now, channel="file", reason=plan.reason, seen=seen)


def _take(text: str) -> tuple[str, str]:
    post, _, person = text.partition("=")
    if not post or not person:
        raise StackError("--take 须写作 岗位=人员，如 --take ec02-safety=p-ec02-head。")
    return post, person


def _run(work: Callable[[Database], Awaitable[Answer]], settings: Settings) -> Answer:
    async def opened() -> Answer:
        url = settings.database_url.get_secret_value()
        async with Database.opened(url, size=2, timeout=PATIENCE) as database:
            return await work(database)

    try:
        return asyncio.run(opened())
    except Refused as no:
        raise StackError(f"未调整：{no.message}。") from no


def _line(one: Difference, local: Callable[[datetime], datetime]) -> str:
    """One difference as a line: ``+`` new, ``~`` changed, ``-`` gone."""
    sign = "+" if one.before is None else "-" if one.after is None else "~"
    before, after = one.before or {}, one.after or {}
    if one.before is None or one.after is None:
        row = after or before
        told = [f"{name} {_said(name, row[name], local)}" for name in row if row[name] is not None]
    else:
        told = [
            f"{name} {_said(name, before[name], local)} → {_said(name, after[name], local)}"
            for name in one.changed
        ]
    return f"{sign} {_TABLES[one.table]} {one.row}：{'，'.join(told)}"


def _said(name: str, value: Any, local: Callable[[datetime], datetime]) -> str:
    if value is None:
        return _OPEN.get(name, "无")
    return local(value).isoformat(timespec="minutes") if isinstance(value, datetime) else str(value)
