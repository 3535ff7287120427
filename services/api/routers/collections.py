"""Collections: create, list, read, who is missing."""

from typing import Annotated, Final

from fastapi import APIRouter, Path, Query
from fastapi.responses import JSONResponse

from adapters.postgres.collections import unknown as no_collection
from adapters.postgres.directory import Person
from domain import access
from domain import collection as rules
from domain.collection import Collection, Outcome, Phase
from domain.requests import Answer
from services.api import collection_responses as answers
from services.api import collection_views as views
from services.api import patterns, responses
from services.api.collection_bodies import CollectionBody
from services.api.commands import request_of
from services.api.deps import Caller, IdempotencyKey, Limit, Services, Wired
from services.api.door import Door
from services.api.planning import planned
from services.api.problems import respond
from services.api.routers.hazards import REPLAYED, Step
from services.api.views import Page

router = APIRouter(prefix="/v1", tags=["限时收集"], route_class=Door)

CollectionId = Annotated[
    str, Path(pattern=patterns.COLLECTION_ID, description="收集编号", examples=["SJ-2026-000001"])
]
UnitCursor = Annotated[str | None, Query(pattern=patterns.CODE, description="上一页的 next")]

LISTED: Final = 100
"""Missing units that a status lists; the others are on the pages behind it."""


@router.get(
    "/collection-kinds",
    summary="收集种类",
    operation_id="list_collection_kinds",
    responses=responses.READ,
)
async def kinds(person: Caller, services: Wired) -> list[views.KindView]:  # noqa: ARG001 - the door wants somebody
    """现行有效的收集种类及其表单。"""
    return [views.kind_view(kind) for kind in await services.collecting.kinds.in_force(services.clock())]


@router.post(
    "/collections",
    status_code=201,
    summary="新建收集",
    operation_id="create_collection",
    response_model=views.CreatedView,
    responses=answers.CREATE,
)
async def create(body: CollectionBody, person: Caller, services: Wired, key: IdempotencyKey) -> JSONResponse:
    """新建一项限时收集：名单当即固定，先留痕后启动流程。引擎离线时答复 202，恢复后自动启动。"""
    now = services.clock()
    request = request_of(person, key, "collections", body)
    if earlier := await services.requests.earlier(request):
        return respond(earlier, headers=REPLAYED)
    by, plan = await planned(services, person, "create_collection", body, request.id, now)

    def render(collection: Collection) -> Answer:
        view = views.created_view(collection, "pending")
        return Answer(status=202, body=view.model_dump(mode="json"))

    created = await services.collecting.record.create(plan, by, request, now, render)
    if created.collection is None:
        return respond(created.answer, headers=REPLAYED)
    if not await services.engine.look(created.collection.id):
        return respond(created.answer)
    view = views.created_view(created.collection, "running")
    answer = Answer(status=201, body=view.model_dump(mode="json"))
    await services.requests.answer(request, answer, completes=True)
    return respond(answer)


@router.get("/collections", summary="收集列表", operation_id="list_collections", responses=responses.READ)
async def list_collections(
    person: Caller,
    services: Wired,
    kind: Annotated[str | None, Query(pattern=patterns.CODE, description="收集种类")] = None,
    phase: Annotated[Phase | None, Query(description="阶段")] = None,
    series: Annotated[str | None, Query(pattern=patterns.CODE, description="所属的周期收集")] = None,
    cursor: Annotated[str | None, Query(pattern=patterns.COLLECTION_ID, description="上一页的 next")] = None,
    limit: Limit = 20,
) -> Page[views.CollectionView]:
    """本人可见单位须报送的收集，新建的在前。"""
    found = await services.collecting.lists.page(
        access.visible_units("list_collections", person.actor),
        kind=kind,
        phase=None if phase is None else phase.value,
        series=series,
        after=cursor,
        limit=limit + 1,
    )
    items = [views.collection_view(one) for one in found[:limit]]
    return Page(items=items, next=items[-1].id if len(found) > limit else None)


@router.get(
    "/collections/{collection_id}",
    summary="一项收集",
    operation_id="get_collection",
    responses=answers.READ_ONE,
)
async def get_collection(
    collection_id: CollectionId, person: Caller, services: Wired
) -> views.CollectionView:
    """要求、时限、联系方式与现状。"""
    return views.collection_view(await visible(services, person, "get_collection", collection_id))


@router.get(
    "/collections/{collection_id}/timeline",
    summary="收集的办理过程",
    operation_id="get_collection_timeline",
    responses=answers.READ_ONE,
)
async def timeline(
    collection_id: CollectionId, person: Caller, services: Wired, cursor: Step = 0, limit: Limit = 50
) -> Page[views.StepView]:
    """按次序列出每一步：新建、开启、催报、到期、延期、免报、审核、截止。"""
    access.check("get_collection_timeline", person.actor)
    await visible(services, person, "get_collection_timeline", collection_id)
    entries = await services.collecting.lists.timeline(collection_id, cursor, limit + 1)
    people = {entry.person_id for entry in entries if entry.person_id}
    posts = {entry.post_id for entry in entries if entry.post_id}
    names = await services.directory.names(people, posts)
    items = [views.step_view(entry, names) for entry in entries[:limit]]
    return Page(items=items, next=str(items[-1].seq) if len(entries) > limit else None)


@router.get(
    "/collections/{collection_id}/status",
    summary="收集的进度",
    operation_id="get_collection_status",
    responses=answers.READ_ONE,
)
async def status(collection_id: CollectionId, person: Caller, services: Wired) -> views.StatusView:
    """此刻应报、已报、迟报、未报各多少，以及未报的单位；直接由报送记录计数，没有延迟。"""
    access.check("get_collection_status", person.actor)
    collection = await visible(services, person, "get_collection_status", collection_id)
    units = access.visible_units("get_collection_status", person.actor)
    counts, complete = await services.collecting.lists.counts(collection)
    missing = await services.collecting.lists.members(collection, units, Outcome.MISSING, "", LISTED)
    return views.StatusView(
        id=collection.id,
        phase=collection.phase,
        sentence=rules.spoken(counts),
        counts=views.counts_view(counts),
        complete=complete,
        missing=[views.standing_view(member, collection.window) for member in missing],
        missing_href=f"/v1/collections/{collection.id}/missing",
    )


@router.get(
    "/collections/{collection_id}/missing",
    summary="未报的单位",
    operation_id="list_collection_missing",
    responses=answers.READ_ONE,
)
async def missing(
    collection_id: CollectionId,
    person: Caller,
    services: Wired,
    cursor: UnitCursor = None,
    limit: Limit = 50,
) -> Page[views.StandingView]:
    """此刻尚未报送的单位，免报的除外。"""
    access.check("list_collection_missing", person.actor)
    return await _members(
        services, person, "list_collection_missing", collection_id, Outcome.MISSING, cursor, limit
    )


@router.get(
    "/collections/{collection_id}/units",
    summary="名单中的单位",
    operation_id="list_collection_units",
    responses=answers.READ_ONE,
)
async def units_of(
    collection_id: CollectionId,
    person: Caller,
    services: Wired,
    outcome: Annotated[Outcome | None, Query(description="情况")] = None,
    cursor: UnitCursor = None,
    limit: Limit = 50,
) -> Page[views.StandingView]:
    """名单中本人可见的单位，各自此刻的情况。"""
    return await _members(services, person, "list_collection_units", collection_id, outcome, cursor, limit)


async def visible(services: Services, person: Person, operation: str, collection_id: str) -> Collection:
    """The collection, if the asker may see it. Raises ``Refused`` (unknown)."""
    units = access.visible_units(operation, person.actor)
    collection = await services.collecting.lists.one(collection_id, units)
    if collection is None:
        raise no_collection()
    return collection


async def _members(
    services: Services,
    person: Person,
    operation: str,
    collection_id: str,
    outcome: Outcome | None,
    cursor: str | None,
    limit: int,
) -> Page[views.StandingView]:
    collection = await visible(services, person, operation, collection_id)
    units = access.visible_units(operation, person.actor)
    found = await services.collecting.lists.members(collection, units, outcome, cursor or "", limit + 1)
    items = [views.standing_view(member, collection.window) for member in found[:limit]]
    return Page(items=items, next=items[-1].unit_id if len(found) > limit else None)
