"""What an edit of the calendar would do: worked out from the rows as they are, before anything is written.

Invariant: nothing is written here; an edit that contradicts its source or the calendar under it is refused by field.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from adapters.postgres import calendar_rows
from adapters.postgres.calendar_rows import DayRow
from adapters.postgres.database import Connection
from domain import workdays
from domain.errors import Kind, Refused
from domain.requests import Answer, Request
from domain.restamps import RestampOrder
from domain.workdays import Calendar, Day, DayKind, Plan


@dataclass(frozen=True, kw_only=True)
class Editor:
    """Who edits, by which post, and when (aware UTC)."""

    person_id: str
    post_id: str
    now: datetime


@dataclass(frozen=True, kw_only=True)
class Edit:
    """What an edit does.

    ``before`` and ``after`` are the region's calendar, ``calendars`` those of every region that it changes (its own and
    all that stand on it) as they are afterwards, ``rows`` the day rows that it writes.
    """

    before: Calendar
    after: Calendar
    calendars: Mapping[str, Calendar]
    rows: Mapping[date, DayRow]

    @property
    def order_id(self) -> str:
        """The id of the order to bring running cases under the edited days."""
        return f"{self.after.region}-v{self.after.version.rpartition('+')[2]}"

    def order(self, reason: str, by: Editor) -> RestampOrder:
        """That order."""
        return RestampOrder(
            id=self.order_id,
            reason=reason,
            person_id=by.person_id,
            post_id=by.post_id,
            wanted_at=by.now,
            regions=tuple(self.calendars),
        )


@dataclass(frozen=True)
class Kept:
    """The request that an edit answers, and how; claimed and answered in the transaction of the edit."""

    request: Request
    render: Callable[[Edit], Answer]


async def of_day(
    connection: Connection, region: str, day: date, row: Day, expected_version: int
) -> tuple[Edit, dict[date, DayRow]]:
    """What setting a day does, and the rows that it replaces. Raises ``Refused``."""
    layers = await calendar_rows.layers(connection, region)
    replaced = await calendar_rows.own_days(connection, region, day, day)
    current = replaced.get(day)
    version = current.version if current else 0
    if version != expected_version:
        raise Refused(
            Kind.CONFLICT,
            "calendar_version_stale",
            f"该日现为第 {version} 版，请重新查看后再改",
            field="expected_version",
        )
    workdays.check_document(row.source_doc)
    own = layers[-1]
    rest = replace(own, days={key: other for key, other in own.days.items() if key != day.isoformat()})
    workdays.check_day(calendar_rows.merged([*layers[:-1], rest]), day, row, current.day if current else None)
    return await _edit(connection, layers, {day: DayRow(day=row, version=version + 1)}), replaced


async def of_year(connection: Connection, region: str, plan: Plan) -> tuple[Edit, dict[date, DayRow]]:
    """What loading a plan does, and the rows that it replaces. Raises ``Refused``."""
    layers = await calendar_rows.layers(connection, region)
    workdays.check_plan(plan)
    document, current = await calendar_rows.planned(connection, region, plan.year, sorted(plan.days))
    gone = Day(kind=DayKind.ORDINARY, name="", source_doc=plan.source_doc)
    wanted = {
        **{day: gone for day, row in current.items() if row.day.kind is not DayKind.ORDINARY},
        **plan.days,
    }
    rows = {
        day: DayRow(day=wanted[day], version=current[day].version + 1 if day in current else 1)
        for day in sorted(wanted)
        if day not in current or current[day].day != wanted[day]
    }
    if document == plan.source_doc and not rows:
        raise Refused(
            Kind.CONFLICT, "calendar_plan_repeats", "该年的放假安排已按此载入，没有变化", field="year"
        )
    return await _edit(connection, layers, rows, years=(plan.year,)), current


async def _edit(
    connection: Connection, layers: list[Calendar], rows: Mapping[date, DayRow], years: tuple[int, ...] = ()
) -> Edit:
    own = workdays.edited(layers[-1], {day: row.day for day, row in rows.items()}, years)
    own = replace(own, version=str(int(own.version) + 1))
    calendars = await calendar_rows.over(connection, own)
    return Edit(
        before=calendar_rows.merged(layers), after=calendars[own.region], calendars=calendars, rows=rows
    )
