"""Series of collections: create, list, see what became of each period, stop."""

from datetime import date
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field, StrictInt

from adapters.postgres.collection_series import Period
from domain import access
from domain.collection import Content
from domain.collection import series as rules
from domain.collection.opening import contact_phone
from domain.collection.series import Cadence, CatchUp, DaysOff, Series
from domain.errors import Kind, Refused, Temporary
from domain.requests import Answer
from services.api import collection_responses as answers
from services.api import patterns
from services.api.bodies import like
from services.api.collection_bodies import AudienceBody
from services.api.commands import request_of, unknown
from services.api.deps import Caller, IdempotencyKey, Limit, Services, Wired
from services.api.door import Door
from services.api.parameters import Day
from services.api.patterns import Code, Line
from services.api.planning import audience_of, held
from services.api.problems import respond
from services.api.routers.hazards import REPLAYED
from services.api.views import Page

router = APIRouter(prefix="/v1/series", tags=["限时收集"], route_class=Door)

SeriesId = Annotated[str, Path(pattern=patterns.CODE, description="周期收集编号", examples=["daily-zero"])]

SHOWN: Final = 100


class SeriesBody(BaseModel):
    """A series as it is to be."""

    model_config = like(
        id="daily-zero",
        kind="daily_report",
        title="疫情防控日报告",
        basis="示例民发〔2026〕3号",
        cadence="daily",
        days_off="keep",
        catch_up="open",
        opens="07:00",
        due_minutes=120,
        cut_off_minutes=180,
        contact_post="office",
        contact_phone="010-55550100",
    )

    id: Code = Field(description="编号")
    kind: Code = Field(description="收集种类")
    title: Line = Field(description="标题，其后加周期")
    basis: Line = Field(description="依据：文件名称与文号")
    cadence: Cadence = Field(description="daily 每日；quarterly 每季度首日，收上一季度的")
    days_off: DaysOff = Field(
        description="节假日：keep 照常、skip 不收（调休上班日照收）、next 顺延至下一个工作日"
    )
    catch_up: CatchUp = Field(description="系统恢复后：open 补开尚未截止的、skip 不补开并注明")
    opens: Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")] = Field(
        description="当地开启时刻"
    )
    due_minutes: Annotated[StrictInt, Field(ge=1, le=129600)] = Field(description="自开启至到期的分钟数")
    cut_off_minutes: Annotated[StrictInt, Field(ge=0, le=129600)] = Field(
        default=0, description="自到期至截止的分钟数"
    )
    first: Day | None = Field(default=None, description="自哪一日起；不填即今日")
    audience: AudienceBody = Field(default_factory=AudienceBody, description="应报范围")
    contact_post: Code = Field(description="联系岗位")
    contact_phone: Line = Field(description="联系电话（座机）")


class PeriodView(BaseModel):
    """What became of a period."""

    period: str = Field(description="周期", examples=["2026-02-14"])
    collection_id: str | None = Field(description="开启的收集；未开启为 null")
    skipped: str | None = Field(description="未开启的原因")


class SeriesView(BaseModel):
    """A series as it stands, with what became of its periods."""

    id: str
    kind: str = Field(description="收集种类")
    title: str = Field(description="标题")
    basis: str
    cadence: Cadence
    days_off: DaysOff
    catch_up: CatchUp
    opens: str = Field(description="当地开启时刻")
    due_minutes: int = Field(description="自开启至到期的分钟数")
    cut_off_minutes: int = Field(description="自到期至截止的分钟数")
    first: str = Field(description="自哪一日起")
    active: bool = Field(description="是否在用")
    periods: list[PeriodView] = Field(description="各周期的处理，最近一百期以内")


@router.post(
    "",
    status_code=201,
    summary="新建周期收集",
    operation_id="create_series",
    response_model=SeriesView,
    responses=answers.CREATE_SERIES,
)
async def create(body: SeriesBody, person: Caller, services: Wired, key: IdempotencyKey) -> JSONResponse:
    """新建一项按日或按季的收集，由引擎的定时任务开启，哪些日子收由工作日历与所选规则决定。"""
    now = services.clock()
    request = request_of(person, key, "series", body)
    series = await _series(services, person, body)
    rules.check(series)

    def render(made: Series) -> Answer:
        return Answer(status=201, body=_view(made, []).model_dump(mode="json"))

    answer, is_new = await services.collecting.series.add(series, request, now, render)
    if is_new:
        await _scheduled(services, series)
    return respond(answer, headers=None if is_new else REPLAYED)


@router.get("", summary="周期收集列表", operation_id="list_series", responses=answers.READ_SERIES)
async def list_series(
    person: Caller,
    services: Wired,
    cursor: Annotated[str | None, Query(pattern=patterns.CODE, description="上一页的 next")] = None,
    limit: Limit = 20,
) -> Page[SeriesView]:
    """各项周期收集，以及各周期开启了哪一项收集、为何未开启。"""
    access.check("list_series", person.actor)
    found = await services.collecting.series.page(cursor or "", limit + 1)
    items = [_view(one, await services.collecting.series.periods(one.id, SHOWN)) for one in found[:limit]]
    return Page(items=items, next=items[-1].id if len(found) > limit else None)


@router.post(
    "/{series_id}/actions/stop",
    summary="停用周期收集",
    operation_id="stop_series",
    response_model=SeriesView,
    responses=answers.STOP_SERIES,
)
async def stop(series_id: SeriesId, person: Caller, services: Wired, key: IdempotencyKey) -> JSONResponse:
    """停用：此后不再开启新的收集，已开启的照常进行。"""
    held(person, "stop_series")
    request = request_of(person, key, f"{series_id}/stop", None)

    def render(stopped: Series) -> Answer:
        return Answer(status=200, body=_view(stopped, []).model_dump(mode="json"))

    answer, is_new = await services.collecting.series.stop(series_id, request, services.clock(), render)
    if is_new:
        try:
            await services.collecting.schedules.remove(series_id)
        except Temporary:
            return respond(answer)
    return respond(answer, headers=None if is_new else REPLAYED)


async def _scheduled(services: Services, series: Series) -> None:
    """Make the schedule now; if the engine is away the worker does it later."""
    try:
        await services.collecting.schedules.ensure(series)
    except Temporary:
        return


async def _series(services: Services, person: Any, body: SeriesBody) -> Series:
    holding, now = held(person, "create_series"), services.clock()
    desk = await services.directory.unit(holding.unit_id)
    kind = await services.collecting.kinds.one(body.kind, now)
    if kind is None:
        raise unknown("kind_unknown", "没有这个收集种类", "kind")
    if kind.content is Content.ROSTER:
        message = "值班表须逐次写明须覆盖的起止时刻，不能按周期收集"
        raise Refused(Kind.CONFLICT, "kind_not_periodic", message, field="kind")
    if desk is None or await services.directory.post(body.contact_post) is None:
        raise unknown("post_unknown", "没有这个联系岗位", "contact_post")
    terms = await services.dictionary.terms(now)
    today: date = terms.local(now).date()
    same = {
        name: getattr(body, name)
        for name in ("id", "kind", "title", "basis", "cadence", "days_off", "catch_up", "opens")
    }
    return Series(
        **same,
        due_minutes=body.due_minutes,
        cut_off_minutes=body.cut_off_minutes,
        district=desk.district,
        audience=await audience_of(services, body.audience, now),
        contact_post=body.contact_post,
        contact_phone=contact_phone(body.contact_phone),
        created_by=person.actor.person_id,
        created_post=holding.post_id,
        region=terms.region,
        first=(body.first or today).isoformat(),
        utc_offset_minutes=terms.utc_offset_minutes,
    )


def _view(series: Series, periods: list[Period]) -> SeriesView:
    same = {name: getattr(series, name) for name in SeriesView.model_fields if name != "periods"}
    return SeriesView(**same, periods=[PeriodView(**vars(one)) for one in periods])
