"""Hazards: report, list, read, and the timeline."""

from datetime import date, datetime, timedelta
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query
from fastapi.responses import JSONResponse
from pydantic import BeforeValidator, Field

from adapters.postgres.directory import Person
from adapters.postgres.hazard_lists import Filters
from domain import access
from domain.errors import Kind, Refused
from domain.hazard import Case, Report, Stage, claims
from domain.ladder import Colour
from domain.people import Actor
from domain.requests import Answer
from services.api import bodies, parameters, patterns, responses, timeline_views, views
from services.api.commands import evidence_of, grade_of, request_of, unknown
from services.api.deps import Caller, IdempotencyKey, Limit, Services, Wired
from services.api.door import Door
from services.api.problems import respond

router = APIRouter(prefix="/v1/hazards", tags=["隐患"], route_class=Door)

HazardId = Annotated[str, Path(pattern=patterns.HAZARD_ID, description="案号", examples=["YH-2026-000123"])]
Cursor = Annotated[str | None, Query(pattern=patterns.HAZARD_ID, description="上一页的 next")]
Step = Annotated[
    Annotated[int, Field(ge=0, le=2**31 - 1), BeforeValidator(parameters.whole)],
    Query(description="上一页的 next"),
]
Day = parameters.Day
Truth = Annotated[bool, BeforeValidator(parameters.truth)]

REPLAYED: Final = {"Idempotency-Replayed": "true"}


@router.post(
    "",
    status_code=201,
    summary="上报隐患",
    operation_id="report_hazard",
    response_model=views.ReportedView,
    responses=responses.REPORT,
)
async def report(body: bodies.Report, person: Caller, services: Wired, key: IdempotencyKey) -> JSONResponse:
    """上报一处隐患：先留痕编号，再启动流程。引擎离线时答复 202，恢复后自动启动，只启动一次。"""
    now = services.clock()
    request = request_of(person, key, "report", body)
    # before any look-up: what a dictionary says today does not change an answer of yesterday
    if earlier := await services.requests.earlier(request):
        return respond(earlier, headers=REPLAYED)
    found = await _report_of(services, person, body, now)

    fresh: list[Answer] = []

    def render(case: Case, is_new: bool) -> Answer:
        fresh.append(_answer(case, person.actor, now, is_new=is_new, started=not is_new))
        return fresh[0]

    filed = await services.intake.open(found, None, person.actor, request, now, render)
    if filed.case is None:
        return respond(filed.answer, headers=None if fresh else REPLAYED)
    if await services.engine.start(filed.case):
        answer = _answer(filed.case, person.actor, now, is_new=True, started=True)
        await services.requests.answer(request, answer, completes=True)
        return respond(answer)
    return respond(filed.answer)


@router.get(
    "",
    summary="隐患列表",
    operation_id="list_hazards",
    response_model=views.Page[views.HazardView],
    responses=responses.READ,
)
async def list_hazards(
    person: Caller,
    services: Wired,
    stage: Annotated[list[Stage] | None, Query(max_length=10, description="环节，可多选")] = None,
    level: Annotated[str | None, Query(pattern=patterns.CODE, description="等级")] = None,
    unit: Annotated[str | None, Query(pattern=patterns.CODE, description="单位")] = None,
    category: Annotated[str | None, Query(pattern=patterns.CODE, description="类别")] = None,
    overdue: Annotated[Truth | None, Query(description="是否逾期")] = None,
    once_overdue: Annotated[Truth | None, Query(description="是否曾逾期，含已销号的")] = None,
    post: Annotated[str | None, Query(pattern=patterns.CODE, description="待办岗位")] = None,
    text: Annotated[
        str | None,
        Query(min_length=1, max_length=100, pattern=patterns.LINE, description="案号、部位、描述"),
    ] = None,
    reported_from: Annotated[Day | None, Query(description="上报日期不早于（当地日期）")] = None,
    reported_to: Annotated[Day | None, Query(description="上报日期不晚于（当地日期，含当日）")] = None,
    colour: Annotated[Colour | None, Query(description="督办颜色")] = None,
    extension_pending: Annotated[Truth | None, Query(description="是否有待审批的延期申请")] = None,
    cursor: Cursor = None,
    limit: Limit = 20,
) -> views.Page[views.HazardView]:
    """按条件列出本人可见的隐患，新上报的在前。"""
    now = services.clock()
    terms = await services.dictionary.terms(now)
    filters = Filters(
        stages=tuple(stage) if stage else None,
        level=level,
        unit_id=unit,
        category=category,
        overdue=overdue,
        once_overdue=once_overdue,
        post=post,
        text=text,
        reported_from=terms.midnight(parameters.within_record(reported_from)) if reported_from else None,
        reported_before=terms.midnight(day_after(reported_to)) if reported_to else None,
        colour=colour,
        extension_pending=extension_pending,
    )
    visible = access.visible_units("list_hazards", person.actor)
    cases = await services.read_model.page(visible, filters, now, cursor, limit + 1)
    return page(cases, person.actor, now, limit)


@router.get(
    "/{hazard_id}",
    summary="一件隐患",
    operation_id="get_hazard",
    response_model=views.HazardView,
    responses=responses.READ_ONE,
)
async def get_hazard(hazard_id: HazardId, person: Caller, services: Wired) -> views.HazardView:
    """案卷现状，以及本人此刻可以办理的事项。"""
    case, now = await visible_case(services, person, hazard_id), services.clock()
    if case.claim is not None and case.claim.person_id not in await services.directory.holders(
        case.claim.post_id, now
    ):
        case = claims.in_force(case, case.claim.person_id)
    return views.case_view(case, person.actor, now)


@router.get(
    "/{hazard_id}/timeline",
    summary="办理过程",
    operation_id="get_hazard_timeline",
    response_model=views.Page[timeline_views.EntryView],
    responses=responses.READ_ONE,
)
async def timeline(
    hazard_id: HazardId,
    person: Caller,
    services: Wired,
    cursor: Step = 0,
    limit: Limit = 50,
) -> views.Page[timeline_views.EntryView]:
    """按次序列出每一步：谁、以何岗位、何时、为何、改变了什么。"""
    await visible_case(services, person, hazard_id)
    entries = await services.read_model.timeline(hazard_id, cursor, limit + 1)
    people = {person for entry in entries for person in (entry.person_id, entry.on_behalf_of) if person}
    posts = {entry.post_id for entry in entries if entry.post_id}
    names = await services.directory.names(people, posts)
    items = [timeline_views.entry_view(entry, names) for entry in entries[:limit]]
    more = str(items[-1].seq) if len(entries) > limit else None
    return views.Page(items=items, next=more)


async def visible_case(services: Services, person: Person, hazard_id: str) -> Case:
    """The case, if the asker may see it. Raises ``Refused`` (unknown): another unit's case does not exist."""
    case = await services.read_model.case(hazard_id, access.visible_units("get_hazard", person.actor))
    if case is None:
        raise unknown_hazard()
    return case


def unknown_hazard() -> Refused:
    """The refusal for a case that is not there for the asker."""
    return Refused(Kind.UNKNOWN, "hazard_unknown", "没有这个案号")


def page(cases: list[Case], actor: Actor, now: datetime, limit: int) -> views.Page[views.HazardView]:
    """A page of ``limit`` cases out of ``limit + 1`` that were read."""
    items = [views.case_view(case, actor, now) for case in cases[:limit]]
    return views.Page(items=items, next=items[-1].id if len(cases) > limit else None)


async def _report_of(services: Services, person: Person, body: bodies.Report, now: datetime) -> Report:
    desk = await services.directory.unit(body.unit_id)
    visible = access.visible_units("report_hazard", person.actor)
    if desk is None or (visible is not None and desk.id not in visible):
        raise unknown("unit_unknown", "没有这个单位", "unit_id")
    if not desk.inspected:
        # everybody who could verify it belongs to it
        raise unknown("unit_not_inspected", "机关本身的隐患由上级受理，不在此立案", "unit_id")
    category, item = await services.dictionary.classified(body.category, body.item, now)
    if not category:
        raise unknown("category_unknown", "没有这个隐患类别", "category")
    if not item:
        raise unknown("item_unknown", "该类别下没有这个检查项", "item")
    return Report(
        unit_id=desk.id,
        unit_name=desk.name,
        district=desk.district,
        place=body.place.strip() or body.place,
        category=body.category,
        category_label=category,
        item=body.item,
        description=body.description,
        grade=await grade_of(services, body.level, now),
        fixed_on_spot=body.fixed_on_spot,
        evidence=await evidence_of(services, person, body.evidence),
        unit_post=desk.unit_post,
        team_post=desk.team_post,
        office_post=desk.office_post,
        closing_authority=desk.closing_authority,
        head_post=desk.head_post,
        deputy_post=desk.deputy_post,
        leader_post=desk.leader_post,
    )


def _answer(case: Case, actor: Actor, now: datetime, *, is_new: bool, started: bool) -> Answer:
    engine = "running" if started else "pending"
    view = views.reported_view(case, actor, now, is_new=is_new, engine=engine)
    status = 200 if not is_new else (201 if started else 202)
    body: dict[str, Any] = view.model_dump(mode="json")
    return Answer(status=status, body=body)


def day_after(day: date) -> date:
    """The next day."""
    return parameters.within_record(day) + timedelta(days=1)
