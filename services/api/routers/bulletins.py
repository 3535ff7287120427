"""Bulletins (通报): the list, one of them, its record, who has read it, and drafting one."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from fastapi.responses import JSONResponse
from pydantic import BeforeValidator

from adapters.postgres.bulletin_reading import Wanted
from adapters.postgres.bulletins import By
from adapters.postgres.directory import Person
from domain import access
from domain.bulletin import Bulletin, BulletinKind, State
from domain.errors import Kind, Refused
from domain.requests import Answer
from services.api import bulletin_bodies, bulletin_responses, bulletin_views, parameters, patterns, responses
from services.api.commands import request_of
from services.api.deps import Caller, IdempotencyKey, Limit, Services, Wired
from services.api.door import Door
from services.api.problems import refusal, respond
from services.api.routers.hazards import REPLAYED, Step
from services.api.views import Page

router = APIRouter(prefix="/v1/bulletins", tags=["通报"], route_class=Door)

BulletinId = Annotated[
    str, Path(pattern=patterns.BULLETIN_ID, description="通报编号", examples=["TB-2026-000001"])
]
Cursor = Annotated[str | None, Query(pattern=patterns.BULLETIN_ID, description="上一页的 next")]
Truth = Annotated[bool, BeforeValidator(parameters.truth)]


@router.get("", summary="通报列表", operation_id="list_bulletins", responses=responses.READ)
async def list_bulletins(
    person: Caller,
    services: Wired,
    state: Annotated[list[State] | None, Query(max_length=7, description="状态，可多选")] = None,
    kind: Annotated[BulletinKind | None, Query(description="种类")] = None,
    collection: Annotated[
        str | None, Query(pattern=patterns.COLLECTION_ID, description="所通报的收集")
    ] = None,
    about: Annotated[
        str | None, Query(pattern=patterns.BULLETIN_ID, description="更正、补充的是哪份通报")
    ] = None,
    cursor: Cursor = None,
    limit: Limit = 20,
) -> Page[bulletin_views.BulletinView]:
    """通报，新拟的在前。未印发的只有办公室、领导小组和纪检监督可见；印发后全区民政领域可见。"""
    wanted = Wanted(states=tuple(state) if state else None, kind=kind, collection_id=collection, about=about)
    drafts = sees_drafts(person)
    found = await services.bulletins.reading.page(wanted, cursor, limit + 1, drafts=drafts)
    items = [bulletin_views.view(one, person.actor) for one in found[:limit]]
    return Page(items=items, next=items[-1].id if len(found) > limit else None)


@router.post(
    "",
    status_code=201,
    summary="拟通报",
    operation_id="draft_bulletin",
    response_model=bulletin_views.BulletinView,
    responses=bulletin_responses.DRAFT,
)
async def draft(
    body: bulletin_bodies.DraftBulletin, person: Caller, services: Wired, key: IdempotencyKey
) -> JSONResponse:
    """就一项已截止的收集拟通报。一项收集只有一份：已有的原样答复（200），撤销后可以重拟。"""
    now = services.clock()
    request = request_of(person, key, "bulletins", body)
    if earlier := await services.requests.claim(request, now):
        return respond(earlier, headers=REPLAYED)
    try:
        holding = access.capacity("draft_bulletin", person.actor, "")
        if holding is None:
            raise access.refusal("draft_bulletin")
        by = By(actor=person.actor, holding=holding, request_id=request.id)
        found, is_new = await services.bulletins.record.draft(body.collection_id, now, by)
        view = bulletin_views.view(found, person.actor)
        answer = Answer(status=201 if is_new else 200, body=view.model_dump(mode="json"))
    except Refused as refused:
        answer = refusal(refused)
    await services.requests.answer(request, answer)
    return respond(answer)


@router.get(
    "/{bulletin_id}",
    summary="一份通报",
    operation_id="get_bulletin",
    responses=bulletin_responses.READ,
)
async def get_bulletin(
    bulletin_id: BulletinId, person: Caller, services: Wired
) -> bulletin_views.BulletinView:
    """通报现状，以及本人此刻可以办理的事项。更正、补充、撤销后原文仍可查阅。"""
    return bulletin_views.view(await visible(services, person, bulletin_id), person.actor)


@router.get(
    "/{bulletin_id}/timeline",
    summary="通报的办理过程",
    operation_id="get_bulletin_timeline",
    responses=bulletin_responses.READ_RECORD,
)
async def timeline(
    bulletin_id: BulletinId, person: Caller, services: Wired, cursor: Step = 0, limit: Limit = 50
) -> Page[bulletin_views.BulletinEntryView]:
    """按次序列出每一步：谁、以何岗位、何时、改变了什么。"""
    access.check("get_bulletin_timeline", person.actor)
    await visible(services, person, bulletin_id)
    entries = await services.bulletins.reading.timeline(bulletin_id, cursor, limit + 1)
    people = {one for entry in entries for one in (entry.person_id, entry.on_behalf_of) if one}
    posts = {entry.post_id for entry in entries if entry.post_id}
    names = await services.directory.names(people, posts)
    items = [bulletin_views.entry_view(entry, names) for entry in entries[:limit]]
    return Page(items=items, next=str(items[-1].seq) if len(entries) > limit else None)


@router.get(
    "/{bulletin_id}/readers",
    summary="通报的签收情况",
    operation_id="list_bulletin_readers",
    responses=bulletin_responses.READ,
)
async def readers(
    bulletin_id: BulletinId,
    person: Caller,
    services: Wired,
    read: Annotated[Truth | None, Query(description="true 已签收，false 未签收")] = None,
    cursor: Annotated[str | None, Query(pattern=patterns.CODE, description="上一页的 next")] = None,
    limit: Limit = 100,
) -> Page[bulletin_views.ReaderView]:
    """印发到的单位逐一列出：何时签收，谁还没有签收。本单位的人只见本单位。"""
    await visible(services, person, bulletin_id)
    units = access.visible_units("list_bulletin_readers", person.actor)
    rows = await services.bulletins.reading.audience(
        bulletin_id, None if units is None else sorted(units), read=read, after=cursor or "", limit=limit + 1
    )
    items = [bulletin_views.ReaderView(**row) for row in rows[:limit]]
    return Page(items=items, next=items[-1].unit_id if len(rows) > limit else None)


def sees_drafts(person: Person) -> bool:
    """Whether somebody sees bulletins that were not issued: whoever sees their record."""
    return access.visible_units("get_bulletin_timeline", person.actor) is None


async def visible(services: Services, person: Person, bulletin_id: str) -> Bulletin:
    """The bulletin, if the asker may see it. Raises ``Refused`` (unknown)."""
    found = await services.bulletins.reading.one(bulletin_id, drafts=sees_drafts(person))
    if found is None:
        raise Refused(Kind.UNKNOWN, "bulletin_unknown", "没有这份通报")
    return found
