"""Duty: who is on duty, the shifts of a unit, their calendar, and trying a roster before it is submitted."""

from datetime import timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Response

from adapters import forms
from adapters.postgres.directory import Person
from domain import access
from domain.collection import roster
from domain.collection.window import Window
from domain.errors import Kind, Refused
from services.api import collection_responses as answers
from services.api import patterns, responses
from services.api.collection_bodies import RosterBody
from services.api.deps import Caller, IdempotencyKey, Limit, Services, Wired
from services.api.door import Door
from services.api.duty_views import DutyView, FindingsView, FindingView, ShiftView, calendar, shift_view
from services.api.parameters import Instant, utc
from services.api.views import Page

router = APIRouter(prefix="/v1", tags=["值班"], route_class=Door)

UnitId = Annotated[str, Path(pattern=patterns.CODE, description="单位", examples=["ec01"])]

AHEAD: Final = timedelta(days=31)
"""How far a unit's duty is shown where no end is asked for."""


@router.get(
    "/units/{unit_id}/duty",
    summary="一个单位的值班",
    operation_id="get_unit_duty",
    responses=responses.READ_ONE,
)
async def unit_duty(
    unit_id: UnitId,
    person: Caller,
    services: Wired,
    since: Annotated[Instant | None, Query(description="自何时；不填即此刻")] = None,
    until: Annotated[Instant | None, Query(description="至何时；不填为其后三十一日")] = None,
) -> DutyView:
    """此刻谁在班、谁带班，以及一段时间内的班次。手机号一律掩码。"""
    await _check_unit(services, person, "get_unit_duty", unit_id)
    now = services.clock()
    first = utc(since) if since else now
    rows = await services.collecting.duty.of_unit(unit_id, first, utc(until) if until else first + AHEAD)
    on = await services.collecting.duty.at(now, [unit_id], ("", "", -1), 100)
    return DutyView(
        unit_id=unit_id, now=[shift_view(row) for row in on], shifts=[shift_view(row) for row in rows]
    )


@router.get(
    "/units/{unit_id}/duty.ics",
    summary="一个单位的值班日历",
    operation_id="export_unit_duty",
    response_class=Response,
    responses=responses.READ_ONE
    | {200: {"content": {"text/calendar": {}}, "description": "日历文件（iCalendar）"}},
)
async def unit_calendar(unit_id: UnitId, person: Caller, services: Wired) -> Response:
    """自此刻起三十一日的班次，iCalendar 格式，可导入手机日历。"""
    await _check_unit(services, person, "export_unit_duty", unit_id)
    now = services.clock()
    rows = await services.collecting.duty.of_unit(unit_id, now, now + AHEAD)
    return Response(calendar("值班表", rows, now), media_type="text/calendar; charset=utf-8")


@router.get("/rosters/on-duty", summary="此刻谁在值班", operation_id="list_on_duty", responses=responses.READ)
async def on_duty(
    person: Caller,
    services: Wired,
    at: Annotated[Instant | None, Query(description="何时；不填即此刻")] = None,
    unit: Annotated[str | None, Query(pattern=patterns.CODE, description="单位")] = None,
    cursor: Annotated[str | None, Query(pattern=patterns.SHIFT_CURSOR, description="上一页的 next")] = None,
    limit: Limit = 50,
) -> Page[ShiftView]:
    """本人可见的各单位此刻在班的人，按单位。"""
    units = access.visible_units("list_on_duty", person.actor)
    if unit is not None:
        units = frozenset({unit}) if units is None or unit in units else frozenset()
    place, number, collection = (cursor or "~-1~").split("~")
    found = await services.collecting.duty.at(
        utc(at) if at else services.clock(), units, (place, collection, int(number)), limit + 1
    )
    last = found[limit - 1] if len(found) > limit else None
    more = last and f"{last['unit_id']}~{last['number']}~{last['collection_id']}"
    return Page(items=[shift_view(row) for row in found[:limit]], next=more)


@router.post(
    "/rosters/check",
    summary="试检值班表",
    operation_id="check_roster",
    response_model=FindingsView,
    responses=answers.CHECK_ROSTER,
)
async def check_roster(
    body: RosterBody,
    person: Caller,  # noqa: ARG001 - the door wants somebody
    services: Wired,
    key: IdempotencyKey,  # noqa: ARG001 - every POST has one
) -> FindingsView:
    """逐条列出值班表的问题：无人值班的时段、一人两班、无人带班、缺少或不符格式的号码。不作报送。"""
    kind = await services.collecting.kinds.one("duty_roster", services.clock())
    errors = [] if kind is None else forms.errors(kind, body.content)
    if errors:
        told = ({**one, "field": one["field"].removeprefix("content.")} for one in errors)
        return FindingsView(findings=[FindingView(**one) for one in told])
    since, until = utc(body.covers_from), utc(body.covers_to)
    if since >= until:
        raise Refused(Kind.CONFLICT, "covers_invalid", "终止时刻须晚于起始时刻", field="covers_to")
    shifts, _, found = roster.read(body.content)
    window = Window(opens_at=since, due_at=since, cut_off_at=until)
    found += roster.check(shifts, (since, until), window.spoken)
    return FindingsView(findings=[FindingView(**vars(one)) for one in found])


async def _check_unit(services: Services, person: Person, operation: str, unit_id: str) -> None:
    units = access.visible_units(operation, person.actor)
    seen = units is None or unit_id in units
    if not seen or await services.directory.unit(unit_id) is None:
        raise Refused(Kind.UNKNOWN, "unit_unknown", "没有这个单位")
