"""What a policy does to a case that nobody touches: an example, or one of the record beside its own terms.

Invariant: the steps are those of :func:`domain.hazard.foresee`, which takes them by the rules that the workflow runs on;
nothing is written.
"""

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Final

from rich.console import Console
from rich.table import Table

from adapters import official_days
from adapters.postgres.calendar import PostgresCalendar
from adapters.postgres.read_model import PostgresReadModel
from deploy.processes import StackError
from domain import hazard, workdays
from domain.errors import Refused
from domain.hazard import Case, Change, Grade, Report, Restamp, ladders, telling
from domain.ladder import Addressee
from domain.people import Actor, Holding, Role
from domain.terms import Terms
from domain.workdays import Calendar
from services.cli import stack
from services.settings import Settings

AHEAD: Final = timedelta(days=60)
_KNOWN: Final = timedelta(days=800)
"""How far around a case days are looked at: beyond every step of the coming 60 days."""

_EXAMPLE: Final = "YH-0000-000000"
_ACTION: Final = "policy-check"


@dataclass(frozen=True, kw_only=True)
class Row:
    """A coming step: when (aware), what, whom it tells, and the colour of the case after it."""

    at: datetime
    what: str
    told: str
    colour: str


def example(terms: Terms, level: str, at: datetime) -> Table:
    """What is in store for a case of ``level`` reported at ``at`` (local time of the policy where it has no zone)."""
    if at.tzinfo is None:
        at = at.replace(tzinfo=timezone(timedelta(minutes=terms.utc_offset_minutes)))
    days = _around(_official(terms), at, at)
    terms = replace(terms, calendar=days)
    opened = _opened(terms, level, at.astimezone(UTC))
    first = replace(_row(opened, at), what=f"发现上报，{telling.spoken_limit(opened.case)}")
    title = f"等级 {level}：{terms.local(at):%Y-%m-%d %H:%M} 上报后无人办理，60 日内"
    made = Table("时间", "事项", "告知", "颜色", title=title, title_justify="left")
    for row in (first, *_rows(opened.case, at)):
        made.add_row(_spoken(terms, row.at), row.what, row.told, row.colour)
    return made


def comparison(case_id: str, terms: Terms, now: datetime, settings: Settings) -> Table:
    """What is in store for a recorded case from ``now`` (aware) on, under its own terms and under ``terms``.

    Raises ``StackError`` for an unknown case, a finished one or a region without a calendar, ``Temporary``.
    """
    case, calendar = asyncio.run(_recorded(case_id, terms, settings))
    newer = replace(terms, calendar=_around(calendar, case.reported_at, now))
    restamp = Restamp(terms=newer, person_id="", post_id="", request_id=_ACTION, reason="试算")
    change = hazard.restamp(case, restamp, now)
    if change is None:
        raise StackError(f"{case_id} 已经办结（{case.stage.label}），没有时限可以试算。")
    made = Table(
        "时间",
        f"现行 {case.terms.version}",
        f"新政策 {terms.version}",
        title=f"{case_id} 自此刻起无人办理，60 日内",
    )
    made.add_row("时限", telling.spoken_limit(case), telling.spoken_limit(change.case))
    made.add_section()
    for at, own, other in _beside(_rows(case, now), _rows(change.case, now)):
        made.add_row(_spoken(newer, at), own, other)
    return made


def show(case_id: str, now: datetime, settings: Settings) -> None:
    """Print what is in store for a recorded case from ``now`` (aware) on, if nobody acts.

    Raises ``StackError`` for an unknown or finished case, ``Temporary``.
    """
    case = asyncio.run(_open_case(case_id, settings))
    made = Table("时间", "事项", "告知", "颜色", title=f"{case_id} 自此刻起无人办理，60 日内")
    made.add_row(_spoken(case.terms, now), f"现在：{case.stage.label}，{telling.spoken_limit(case)}", "", "")
    for row in _rows(case, now):
        made.add_row(_spoken(case.terms, row.at), row.what, row.told, row.colour)
    Console(highlight=False, markup=False, emoji=False).print(made)


async def _open_case(case_id: str, settings: Settings) -> Case:
    async with stack.database(settings) as database:
        case = await PostgresReadModel(database).case(case_id, None)
    if case is None:
        raise StackError(f"没有案号为 {case_id} 的隐患。")
    if not case.stage.is_open:
        raise StackError(f"{case_id} 已经办结（{case.stage.label}），以后不会再有动作。")
    return case


def _beside(own: Iterable[Row], other: Iterable[Row]) -> Iterator[tuple[datetime, str, str]]:
    sides: dict[datetime, tuple[list[str], list[str]]] = {}
    for place, rows in enumerate((own, other)):
        for row in rows:
            sides.setdefault(row.at, ([], []))[place].append(
                f"{row.what}（{row.told}）" if row.told else row.what
            )
    for at, (left, right) in sorted(sides.items()):
        yield at, "\n".join(left), "\n".join(right)


def _rows(case: Case, now: datetime) -> Iterator[Row]:
    """The coming steps; what is behind already would be taken at once."""
    for change in hazard.foresee(case, now + AHEAD):
        yield _row(change, max(change.entry.at, now))


def _row(change: Change, at: datetime) -> Row:
    case = change.case
    # from below upwards: a post that is two of them is called by the higher
    names = {ladders.post_of(case, one): one.label for one in Addressee}
    told: dict[str, list[str]] = {}
    for one in change.notices:
        told.setdefault(one.kind.label, []).append(names.get(one.post_id, one.post_id))
    return Row(
        at=at,
        what=hazard.ACTION_LABELS[change.entry.action],
        told="；".join(f"{kind}：{'、'.join(posts)}" for kind, posts in told.items()),
        colour=case.colour.label if case.colour else "",
    )


def _opened(terms: Terms, level: str, at: datetime) -> Change:
    """A case of which every post is named for what it is to the case."""
    report = Report(
        unit_id="unit",
        unit_name="示例机构",
        district="示例区",
        place="示例场所",
        category="",
        item=None,
        description="政策试算",
        # how grave it is decides who acts, not what the clock does
        grade=Grade(code=level, major=False),
        fixed_on_spot=False,
        evidence=(),
        unit_post=Addressee.RECTIFIER,
        head_post=Addressee.UNIT_HEAD,
        team_post=Addressee.TEAM,
        office_post=Addressee.OFFICE,
        closing_authority=Addressee.DEPUTY,
        deputy_post=Addressee.DEPUTY,
        leader_post=Addressee.LEADER,
    )
    team = Holding(post_id=Addressee.TEAM, role=Role.INSPECTOR, unit_id="bureau")
    actor = Actor(person_id=_ACTION, holdings=(team,))
    return hazard.open_case(_EXAMPLE, report, terms, actor, _ACTION, at)


def _official(terms: Terms) -> Calendar:
    plans = list(official_days.plans())
    return Calendar(
        region=terms.region,
        version="official",
        official_years=tuple(plan.year for plan in plans),
        days={day.isoformat(): row for plan in plans for day, row in plan.days.items()},
        utc_offset_minutes=terms.utc_offset_minutes,
    )


def _around(calendar: Calendar, since: datetime, now: datetime) -> Calendar:
    """The days that matter between two instants and in the time after."""
    first, last = calendar.local_day(since), calendar.local_day(now) + _KNOWN
    return workdays.slice_for(calendar, max(first, date(1900, 1, 1)), last)


async def _recorded(case_id: str, terms: Terms, settings: Settings) -> tuple[Case, Calendar]:
    async with stack.database(settings) as database:
        case = await PostgresReadModel(database).case(case_id, None)
        if case is None:
            raise StackError(f"没有案号为 {case_id} 的隐患。")
        try:
            return case, await PostgresCalendar(database).calendar(terms.region)
        except Refused as no:
            raise StackError(f"政策的 {no.details['field']}：{no.message}。") from no


def _spoken(terms: Terms, instant: datetime) -> str:
    """An instant in local time, marked where no official plan says yet what that day is."""
    local, days = terms.local(instant), terms.calendar
    provisional = "" if days is None or days.is_official(local.date()) else "（暂定）"
    return f"{local:%Y-%m-%d %H:%M}{provisional}"
