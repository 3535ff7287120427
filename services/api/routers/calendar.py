"""The business calendar: reading it, and editing a day or a year with a look at what that moves.

Invariant: an edit names its document; what it moves in running cases is listed before it is made, and carried out after.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query
from fastapi.responses import JSONResponse
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from adapters.postgres.calendar_edits import Edit, Editor, Kept
from adapters.postgres.calendar_rows import DayRow
from domain.errors import Kind, Refused
from domain.requests import Answer
from domain.workdays import Day, DayKind, Plan
from services.api import moves, parameters, patterns, responses
from services.api.commands import request_of
from services.api.deps import Caller, IdempotencyKey, Services, Wired
from services.api.door import Door
from services.api.editors import editor
from services.api.problems import respond
from services.api.routers.hazards import REPLAYED

router = APIRouter(prefix="/v1/calendar", tags=["工作日历"], route_class=Door)

Region = Annotated[str, Path(pattern=patterns.CODE, description="地区", examples=["CN"])]
DryRun = Annotated[
    Annotated[bool, BeforeValidator(parameters.truth)],
    Query(description="true 只列出将变动的时限，不修改"),
]
Year = Annotated[
    Annotated[int, Field(ge=1950, le=9000), BeforeValidator(parameters.whole)], Path(description="年份")
]
_EXAMPLE: Final = {"kind": "make_up", "name": "春节", "source_doc": "国办发明电〔2026〕9号"}


class CalendarDayView(BaseModel):
    """An exceptional day of a region."""

    date: date
    kind: DayKind
    kind_label: str
    name: str = Field(description="节日名称")
    source_doc: str = Field(description="文件名称与文号")
    version: int = Field(
        description="本地区登记的第几版，修改时填入 expected_version；未登记（由上级地区沿用）为 0"
    )


class OfficialYearView(BaseModel):
    """A year whose official plan is loaded."""

    year: int
    source_doc: str = Field(description="文件名称与文号")


class CalendarView(BaseModel):
    """A region's calendar: exceptions from the plain week."""

    region: str
    version: str
    hours: list[list[int]] = Field(description="办公时间，各段起止为当日零时起的分钟数")
    official_years: list[int] = Field(description="已有放假安排的年份；其余年份按周历，时限为暂定")
    years: list[OfficialYearView] = Field(description="本地区载入的放假安排")
    days: list[CalendarDayView] = Field(description="例外日：本地区登记的，以及由上级地区沿用的")
    warnings: list[str] = Field(description="本地区所用日历将尽的提醒")


class DayBody(BaseModel):
    """One day as a document orders it."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [_EXAMPLE | {"expected_version": 0}]}
    )

    kind: DayKind
    name: patterns.Line | None = Field(default=None, description="节日名称；改回按周历时可不填")
    source_doc: patterns.Line = Field(description="文件名称与文号")
    expected_version: int = Field(strict=True, ge=0, le=2**31 - 2, description="所见该日的版次；尚无登记填 0")


class PlannedDay(BaseModel):
    """One day of a year's plan."""

    model_config = ConfigDict(extra="forbid")

    date: parameters.Day
    kind: DayKind
    name: patterns.Line = Field(description="节日名称")


class YearBody(BaseModel):
    """A year's official plan (放假安排)."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "source_doc": "国办发明电〔2026〕9号",
                    "days": [{"date": "2027-01-01", "kind": "holiday", "name": "元旦"}],
                }
            ]
        },
    )

    source_doc: patterns.Line = Field(description="文件名称与文号")
    days: list[PlannedDay] = Field(min_length=1, max_length=100, description="放假、调休与补班各日")


class EditView(moves.Moves):
    """What an edit of the calendar does."""

    region: str
    dry_run: bool = Field(description="是否试算")
    version: str = Field(description="修改后的日历版次")


@router.get("", summary="工作日历", operation_id="get_calendar", responses=responses.READ_CALENDAR)
async def calendar(
    _person: Caller,
    services: Wired,
    region: Annotated[str, Query(pattern=patterns.CODE, description="地区")] = "CN",
    first: Annotated[parameters.Day | None, Query(alias="from", description="自（当地日期，含）")] = None,
    last: Annotated[parameters.Day | None, Query(alias="to", description="至（当地日期，含）")] = None,
) -> CalendarView:
    """一个地区登记的放假、调休与补班，各附文件；没有放假安排的年份按周历，时限为暂定。"""
    merged = await services.calendar.calendar(region)
    own = await services.calendar.days(region, first or date.min, last or date.max)
    since, until = (first or date.min).isoformat(), (last or date.max).isoformat()
    years = await services.calendar.years(region)
    warnings = await services.calendar.warnings(services.clock(), region)
    return CalendarView(
        region=region,
        version=merged.version,
        hours=[list(span) for span in merged.hours.spans],
        official_years=list(merged.official_years),
        years=[OfficialYearView(year=row["year"], source_doc=row["source_doc"]) for row in years],
        days=[
            _day_view(date.fromisoformat(day), row, own)
            for day, row in sorted(merged.days.items())
            if since <= day <= until
        ],
        warnings=[warning.message for warning in warnings],
    )


def _day_view(day: date, row: Day, own: Mapping[date, DayRow]) -> CalendarDayView:
    version = own[day].version if day in own else 0
    return CalendarDayView(date=day, version=version, kind_label=row.kind.label, **vars(row))


@router.put(
    "/{region}/{day}",
    summary="登记或更改一日",
    operation_id="put_calendar_day",
    response_model=EditView,
    responses=responses.EDIT,
)
async def put_day(
    region: Region,
    day: Annotated[parameters.Day, Path(description="日期（当地）", examples=["2027-02-13"])],
    body: DayBody,
    person: Caller,
    services: Wired,
    key: IdempotencyKey,
    dry_run: DryRun = False,
) -> JSONResponse:
    """按文件登记或更改一日。先以 dry_run=true 查看哪些在办案的时限会变动；正式修改后逐案重算，只通知日期变动的。"""
    by = editor(person, services.clock())
    row = Day(kind=body.kind, name=body.name or "", source_doc=body.source_doc)
    version = body.expected_version
    store = services.calendar
    if dry_run:
        return await _tried(services, await store.preview_day(region, day, row, expected_version=version), by)
    request = request_of(person, key, f"calendar/{region}/{day}", body)
    if earlier := await services.requests.earlier(request):
        return respond(earlier, headers=REPLAYED)
    preview = await store.preview_day(region, day, row, expected_version=version)
    render = await _render(services, preview, by)
    return await _made(
        services, store.put_day(region, day, row, expected_version=version, by=by, kept=Kept(request, render))
    )


@router.put(
    "/{region}/years/{year}",
    summary="载入一年的放假安排",
    operation_id="put_calendar_year",
    response_model=EditView,
    responses=responses.EDIT,
)
async def put_year(
    region: Region,
    year: Year,
    body: YearBody,
    person: Caller,
    services: Wired,
    key: IdempotencyKey,
    dry_run: DryRun = False,
) -> JSONResponse:
    """载入国务院办公厅公布的一年放假安排；此前按周历暂定的时限随之逐案重算，只通知日期变动的。"""
    by = editor(person, services.clock())
    plan = Plan(year=year, source_doc=body.source_doc, days=_days(body))
    if dry_run:
        return await _tried(services, await services.calendar.preview_year(region, plan), by)
    request = request_of(person, key, f"calendar/{region}/years/{year}", body)
    if earlier := await services.requests.earlier(request):
        return respond(earlier, headers=REPLAYED)
    preview = await services.calendar.preview_year(region, plan)
    render = await _render(services, preview, by)
    return await _made(services, services.calendar.load_year(region, plan, by=by, kept=Kept(request, render)))


def _days(body: YearBody) -> dict[date, Day]:
    """The days of a plan. Raises ``Refused`` where one stands twice: nobody could say which is meant."""
    days = {one.date: Day(kind=one.kind, name=one.name, source_doc=body.source_doc) for one in body.days}
    if len(days) < len(body.days):
        raise Refused(Kind.CONFLICT, "calendar_plan_invalid", "同一日在放假安排中写了两次", field="days")
    return days


async def _tried(services: Services, edit: Edit, by: Editor) -> JSONResponse:
    moved = await moves.by_days(services, edit.calendars, by.now)
    return respond(_answer(edit, moves.view(moved, None), dry_run=True))


async def _render(services: Services, preview: Edit, by: Editor) -> Callable[[Edit], Answer]:
    """How an edit will be answered; what moves is found before its transaction."""
    moved = await moves.by_days(services, preview.calendars, by.now)
    return lambda edit: _answer(edit, moves.view(moved, edit.order_id), dry_run=False)


async def _made(services: Services, making: Awaitable[tuple[Answer, Edit | None]]) -> JSONResponse:
    answer, edit = await making
    if edit is None:
        return respond(answer, headers=REPLAYED)
    await moves.started(services, edit.order_id)
    return respond(answer)


def _answer(edit: Edit, moved: moves.Moves, *, dry_run: bool) -> Answer:
    fields: dict[str, Any] = moved.model_dump(mode="json")
    view = EditView(**fields, region=edit.after.region, dry_run=dry_run, version=edit.after.version)
    return Answer(status=200, body=view.model_dump(mode="json"))
