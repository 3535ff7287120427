"""The in-app inbox (站内通知): what was told to the posts that I hold, and taking note of it.

Invariant: taking note of an overdue matter is an act on its case, on record before it is answered.
"""

from dataclasses import replace
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query
from fastapi.responses import JSONResponse
from pydantic import BaseModel, BeforeValidator, Field

from adapters.postgres.directory import Person
from adapters.postgres.notices import Received
from domain.errors import Kind, Refused
from domain.hazard import Action, Command
from domain.notices import Notice, NoticeKind
from domain.requests import Answer, Request
from services.api import parameters, patterns, responses
from services.api.commands import request_of
from services.api.deps import Caller, IdempotencyKey, Limit, Services, Wired
from services.api.door import Door
from services.api.problems import respond
from services.api.routers.hazards import REPLAYED
from services.api.views import Page

router = APIRouter(prefix="/v1/me/notices", tags=["我的"], route_class=Door)

NoticeId = Annotated[
    str, Path(pattern=patterns.NOTICE_ID, description="通知编号", examples=["YH-2026-000123.7.1"])
]
Truth = Annotated[bool, BeforeValidator(parameters.truth)]


class NoticeView(BaseModel):
    """A notice to a post that I hold."""

    id: str
    hazard_id: str = Field(description="案号")
    kind: NoticeKind
    kind_label: str
    post_id: str = Field(description="通知的岗位")
    at: datetime = Field(description="何时发生")
    due_at: datetime = Field(description="按规定应在何时")
    urgent: bool = Field(description="是否紧急：夜间与节假日也立即送达")
    late: bool = Field(description="是否因系统中断而迟发")
    text: str = Field(description="通知内容")
    acknowledged_at: datetime | None = Field(description="本岗位何时签收")


class AcknowledgedView(NoticeView):
    """A notice that was taken note of."""

    ladder_rests_until: datetime | None = Field(
        description="逐级督办因签收暂停至何时；没有暂停（不是督办、已办理或本岗位已签收过）为 null"
    )


@router.get("", summary="我的通知", operation_id="list_my_notices", responses=responses.READ)
async def inbox(
    person: Caller,
    services: Wired,
    acknowledged: Annotated[Truth | None, Query(description="是否已签收")] = None,
    cursor: Annotated[str | None, Query(pattern=patterns.NOTICE_ID, description="上一页的 next")] = None,
    limit: Limit = 20,
) -> Page[NoticeView]:
    """发给本人现任岗位的通知，新的在前；岗位换人后，新任者看到的就是该岗位的全部通知。"""
    found = await services.notices.inbox(
        _posts(person), services.clock(), acknowledged=acknowledged, after=cursor, limit=limit + 1
    )
    items = [_view(received) for received in found[:limit]]
    return Page(items=items, next=items[-1].id if len(found) > limit else None)


@router.post(
    "/{notice_id}/ack",
    summary="签收通知",
    operation_id="acknowledge_notice",
    response_model=AcknowledgedView,
    responses=responses.ACKNOWLEDGED,
)
async def acknowledge(
    notice_id: NoticeId, person: Caller, services: Wired, key: IdempotencyKey
) -> JSONResponse:
    """签收一份通知。签收逾期督办即告知系统已有人负责：逐级督办暂停，期满仍无进展则恢复。"""
    now = services.clock()
    received = await services.notices.one(notice_id, _posts(person), now)
    if received is None:
        raise Refused(Kind.UNKNOWN, "notice_unknown", "没有这份通知")
    request = request_of(person, key, f"{notice_id}/ack", None)
    if earlier := await services.requests.claim(request, now):
        return respond(earlier, headers=REPLAYED)
    if received.notice.kind.stops_ladder:
        await _hold_ladder(services, person, received, request)
    await services.notices.acknowledge(received.notice, person.actor.person_id, now)
    noted = await services.notices.one(notice_id, _posts(person), now) or received
    view = AcknowledgedView(
        **_view(noted).model_dump(), ladder_rests_until=await _rests_until(services, noted.notice)
    )
    answer = Answer(status=200, body=view.model_dump(mode="json"))
    await services.requests.answer(request, answer)
    return respond(answer)


async def _hold_ladder(services: Services, person: Person, received: Received, request: Request) -> None:
    """Acknowledge the case itself; where the rules see nothing to hold any more, taking note is all there is."""
    told = tuple(held for held in person.actor.holdings if held.post_id == received.notice.post_id)
    by = replace(person.actor, holdings=told)  # by the post that was told, whatever else the person holds
    command = Command(action=Action.ACKNOWLEDGE, request_id=request.id, actor=by)
    try:
        await services.engine.act(received.notice.case_id, command)
    except Refused:
        return


async def _rests_until(services: Services, notice: Notice) -> datetime | None:
    """Until when the ladder of the notice's case rests, if the notice is one of the ladder."""
    if not notice.kind.stops_ladder:
        return None
    case = await services.read_model.case(notice.case_id, None)
    return case.acknowledgement.until if case is not None and case.acknowledgement is not None else None


def _posts(person: Person) -> list[str]:
    return [held.post_id for held in person.actor.holdings]


def _view(received: Received) -> NoticeView:
    notice = received.notice
    return NoticeView(
        id=notice.id,
        hazard_id=notice.case_id,
        kind=notice.kind,
        kind_label=notice.kind.label,
        post_id=notice.post_id,
        at=notice.at,
        due_at=notice.due_at,
        urgent=notice.urgent,
        late=notice.late,
        text=notice.text,
        acknowledged_at=received.acknowledged_at,
    )
