"""What became of notices (送达情况), the wording of messages, and letting go of the brake: for those who direct the district.

Invariant: the ledger names posts and people by id and addresses not at all; an edit of the wording is a version of its own.
"""

from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints

from adapters.postgres.delivery_reads import Row
from adapters.postgres.templates import Template
from adapters.wording import VARIABLES, Part
from domain.delivery import ChannelName, DeliveryState
from domain.notices import NoticeKind
from domain.requests import Answer
from services.api import patterns, responses
from services.api.commands import request_of
from services.api.deps import Caller, IdempotencyKey, Limit, Wired
from services.api.door import Door
from services.api.editors import editor
from services.api.problems import respond
from services.api.routers.hazards import REPLAYED
from services.api.views import Page

router = APIRouter(prefix="/v1", tags=["通知送达"], route_class=Door)

_EXAMPLE: Final[dict[str, JsonValue]] = {
    "channel": "email",
    "part": "body",
    "text": "{{ lines }}",
    "expected_version": 0,
}
CaseId = Annotated[
    str | None, Query(pattern=patterns.SUBJECT_ID, description="案号或收报编号", examples=["YH-2026-000123"])
]


class DeliveryView(BaseModel):
    """One notice to one recipient by one channel."""

    id: str
    notice_id: str = Field(description="通知编号")
    case_id: str = Field(description="案号或收报编号")
    kind: NoticeKind
    kind_label: str
    post_id: str = Field(description="通知的岗位")
    recipient: str = Field(description="收件人：person:人员、post:岗位、team:督导组、area:片区")
    channel: ChannelName
    channel_label: str = Field(description="渠道的中文名")
    state: DeliveryState = Field(description="送达状态")
    state_label: str = Field(description="送达状态的中文名")
    attempts: int = Field(description="试发次数")
    queued_at: datetime = Field(description="何时起待发")
    settled_at: datetime | None = Field(description="何时有结果")
    why: str = Field(description="为何发给此人、走此渠道")
    outcome: str | None = Field(description="未送达或不再发送的原因")


class MessageTemplateView(BaseModel):
    """The wording of one part of a channel's messages."""

    channel: ChannelName
    channel_label: str = Field(description="渠道的中文名")
    part: Part = Field(description="title 标题、body 正文")
    version: int = Field(description="第几版；0 为系统自带")
    text: str = Field(description="模板")


class MessageTemplatesView(BaseModel):
    """The wording of all messages."""

    items: list[MessageTemplateView]
    variables: list[str] = Field(description="模板中可用的变量")


class MessageTemplateBody(BaseModel):
    """A new wording."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_EXAMPLE]})

    channel: ChannelName = Field(description="渠道")
    part: Part = Field(description="title 标题、body 正文")
    text: Annotated[str, StringConstraints(min_length=1, max_length=2000, pattern=patterns.TEXT)] = Field(
        description="模板：文字、变量与 if 判断；正文须含 {{ lines }}"
    )
    expected_version: int = Field(
        strict=True, ge=0, le=2**31 - 2, description="所见的 version；期间被人改过则拒绝"
    )


class ReleasedView(BaseModel):
    """That the brake was let go."""

    released_at: datetime = Field(description="此刻为止暂缓的通知随即合并发出")


@router.get("/deliveries", summary="送达情况", operation_id="list_deliveries", responses=responses.DELIVERIES)
async def deliveries(
    _person: Caller,
    services: Wired,
    case_id: CaseId = None,
    state: Annotated[DeliveryState | None, Query(description="送达状态")] = None,
    cursor: Annotated[str | None, Query(pattern=r"^[0-9a-f]{64}$", description="上一页的 next")] = None,
    limit: Limit = 20,
) -> Page[DeliveryView]:
    """通知发给了谁、走哪个渠道、结果如何、为何如此，最近的在前。"""
    found = await services.deliveries.page(case_id, state, cursor, limit + 1)
    items = [_view(row) for row in found[:limit]]
    return Page(items=items, next=items[-1].id if len(found) > limit else None)


@router.post(
    "/deliveries/release",
    summary="放行暂缓的通知",
    operation_id="release_delivery_brake",
    response_model=ReleasedView,
    responses=responses.DELIVERY_EDIT,
)
async def release(person: Caller, services: Wired, key: IdempotencyKey) -> JSONResponse:
    """大批时限变动的通知会暂缓合并；放行后随即发出，每人一条。"""
    by = editor(person, services.clock())
    request = request_of(person, key, "deliveries/release", None)
    if earlier := await services.requests.claim(request, by.now):
        return respond(earlier, headers=REPLAYED)
    await services.deliveries.release(None, by.person_id, by.now)
    answer = Answer(status=200, body=ReleasedView(released_at=by.now).model_dump(mode="json"))
    await services.requests.answer(request, answer)
    return respond(answer)


@router.get(
    "/message-templates",
    summary="通知模板",
    operation_id="list_message_templates",
    responses=responses.DELIVERIES,
)
async def templates(_person: Caller, services: Wired) -> MessageTemplatesView:
    """各渠道消息的标题与正文模板。"""
    found = await services.templates.current()
    return MessageTemplatesView(items=[_template(one) for one in found], variables=list(VARIABLES))


@router.put(
    "/message-templates",
    summary="修改通知模板",
    operation_id="put_message_template",
    response_model=MessageTemplateView,
    responses=responses.DELIVERY_EDIT,
)
async def put_template(
    body: MessageTemplateBody,
    person: Caller,
    services: Wired,
    key: IdempotencyKey,
) -> JSONResponse:
    """修改模板；写错的变量、不含通知内容的正文当场拒绝。"""
    by = editor(person, services.clock())
    request = request_of(person, key, "message-templates", body)
    if earlier := await services.requests.claim(request, by.now):
        return respond(earlier, headers=REPLAYED)
    version = await services.templates.edit(
        body.channel,
        body.part,
        body.text,
        seen=body.expected_version,
        person_id=by.person_id,
        post_id=by.post_id,
        now=by.now,
    )
    made = Template(channel=body.channel, part=body.part, version=version, text=body.text)
    answer = Answer(status=200, body=_template(made).model_dump(mode="json"))
    await services.requests.answer(request, answer)
    return respond(answer)


def _view(row: Row) -> DeliveryView:
    return DeliveryView(
        **vars(row),
        kind_label=row.kind.label,
        channel_label=row.channel.label,
        state_label=row.state.label,
    )


def _template(one: Template) -> MessageTemplateView:
    return MessageTemplateView(
        channel=one.channel,
        channel_label=one.channel.label,
        part=one.part,
        version=one.version,
        text=one.text,
    )
