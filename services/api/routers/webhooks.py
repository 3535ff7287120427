"""Subscriptions to events (事件推送): register, test, pause, resume, replay, and look at what was sent.

Invariant: an address is kept only after it passed the guard of outgoing addresses; it passes it again before every send.
"""

import uuid
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query
from fastapi.responses import JSONResponse

from adapters.outgoing import NoAnswer
from adapters.postgres import webhooks
from adapters.postgres.directory import Person
from adapters.webhook_posts import new_secret
from domain.errors import Temporary
from domain.events import Event, EventKind
from domain.requests import Answer
from domain.webhooks import SendState, Subscription, WebhookState
from services.api import patterns, responses, webhook_views
from services.api.commands import request_of
from services.api.deps import Caller, IdempotencyKey, Limit, Services, Wired
from services.api.door import Door
from services.api.problems import respond
from services.api.routers.hazards import REPLAYED
from services.api.views import Page
from services.api.webhook_views import (
    CreatedView,
    DeliveryView,
    NewWebhookBody,
    ReplayBody,
    ResumeBody,
    StandingView,
    TestedView,
    WebhookBody,
    WebhookView,
)

router = APIRouter(prefix="/v1/webhooks", tags=["事件推送"], route_class=Door)

WebhookId = Annotated[str, Path(pattern=patterns.WEBHOOK_ID, description="推送订阅编号")]


@router.get("", summary="推送订阅", operation_id="list_webhooks", responses=responses.READ_WEBHOOKS)
async def list_webhooks(_person: Caller, services: Wired) -> list[StandingView]:
    """全部推送订阅及其状态。"""
    return [await _standing(services, hook) for hook in await services.webhooks.all()]


@router.post(
    "",
    status_code=201,
    summary="登记推送订阅",
    operation_id="create_webhook",
    response_model=CreatedView,
    responses=responses.CREATE_WEBHOOK,
)
async def create(body: NewWebhookBody, person: Caller, services: Wired, key: IdempotencyKey) -> JSONResponse:
    """登记一个接收地址。签名密钥（Standard Webhooks，whsec_）只在这次答复中显示。"""
    request = request_of(person, key, "webhooks", body)
    if earlier := await services.requests.earlier(request):
        return respond(earlier, headers=REPLAYED)
    warning = await _checked(services, body.url)
    webhook_id, secret = f"wh-{uuid.uuid4().hex}", new_secret()
    begin = None if body.cursor == "end" else int(body.cursor)
    await services.events.last()

    def render(hook: Subscription) -> Answer:
        view = CreatedView(**webhook_views.of(hook).model_dump(), secret=None, warning=warning)
        return Answer(status=201, body=view.model_dump(mode="json"))

    answer, is_new = await services.webhooks.create(
        webhook_id,
        body.wish(),
        services.posts.sealed(webhook_id, secret),
        begin,
        request,
        services.clock(),
        render,
    )
    if not is_new:
        return respond(answer, headers=REPLAYED)
    await _started(services, webhook_id)
    return respond(Answer(status=201, body=answer.body | {"secret": secret}))


@router.get(
    "/{webhook_id}", summary="一个推送订阅", operation_id="get_webhook", responses=responses.READ_WEBHOOK
)
async def one(webhook_id: WebhookId, _person: Caller, services: Wired) -> StandingView:
    """一个推送订阅及其状态。"""
    return await _standing(services, await services.webhooks.one(webhook_id))


@router.put(
    "/{webhook_id}",
    summary="修改推送订阅",
    operation_id="change_webhook",
    response_model=WebhookView,
    responses=responses.EDIT_WEBHOOK,
)
async def change(
    webhook_id: WebhookId, body: WebhookBody, person: Caller, services: Wired, key: IdempotencyKey
) -> JSONResponse:
    """修改名称、地址或事件种类；待送的改送新地址。"""
    request = request_of(person, key, webhook_id, body)
    if earlier := await services.requests.earlier(request):
        return respond(earlier, headers=REPLAYED)
    await _checked(services, body.url)
    return await _edit(services, person, key, webhook_id, body, webhooks.changed(body.wish()))


@router.post(
    "/{webhook_id}/pause",
    summary="暂停推送",
    operation_id="pause_webhook",
    response_model=WebhookView,
    responses=responses.EDIT_WEBHOOK,
)
async def pause(webhook_id: WebhookId, person: Caller, services: Wired, key: IdempotencyKey) -> JSONResponse:
    """暂停：事件照常积存，恢复后按次序补送。"""
    return await _edit(
        services, person, key, f"{webhook_id}/pause", None, webhooks.put_into(WebhookState.PAUSED)
    )


@router.post(
    "/{webhook_id}/resume",
    summary="恢复推送",
    operation_id="resume_webhook",
    response_model=WebhookView,
    responses=responses.EDIT_WEBHOOK,
)
async def resume(
    webhook_id: WebhookId, body: ResumeBody, person: Caller, services: Wired, key: IdempotencyKey
) -> JSONResponse:
    """恢复：积存的按次序补送，重试期限重新计算。"""
    edit = webhooks.resumed(skip_tried=body.skip_tried)
    answer = await _edit(services, person, key, f"{webhook_id}/resume", body, edit)
    await _started(services, webhook_id)
    return answer


@router.post(
    "/{webhook_id}/replay",
    summary="重放事件",
    operation_id="replay_webhook",
    response_model=WebhookView,
    responses=responses.EDIT_WEBHOOK,
)
async def replay(
    webhook_id: WebhookId, body: ReplayBody, person: Caller, services: Wired, key: IdempotencyKey
) -> JSONResponse:
    """从事件流的一个位置起重新推送；事件编号与第一次相同。"""
    edit = webhooks.replayed(int(body.cursor))
    return await _edit(services, person, key, f"{webhook_id}/replay", body, edit)


@router.post(
    "/{webhook_id}/remove",
    summary="删除推送订阅",
    operation_id="remove_webhook",
    response_model=WebhookView,
    responses=responses.EDIT_WEBHOOK,
)
async def remove(webhook_id: WebhookId, person: Caller, services: Wired, key: IdempotencyKey) -> JSONResponse:
    """不再推送；推送记录保留。"""
    return await _edit(
        services, person, key, f"{webhook_id}/remove", None, webhooks.put_into(WebhookState.REMOVED)
    )


@router.post(
    "/{webhook_id}/test",
    summary="试送",
    operation_id="test_webhook",
    response_model=TestedView,
    responses=responses.EDIT_WEBHOOK,
)
async def test(webhook_id: WebhookId, person: Caller, services: Wired, key: IdempotencyKey) -> JSONResponse:
    """此刻送一个 cn.bihuan.webhook.test 事件，答复对方如何回应。"""
    hook, now = await services.webhooks.one(webhook_id), services.clock()
    request = request_of(person, key, f"{webhook_id}/test", None)
    if earlier := await services.requests.claim(request, now):
        return respond(earlier, headers=REPLAYED)
    judged = await services.posts.send(hook, _trial(hook, now), 1)
    answer = Answer(status=200, body=webhook_views.tested(judged).model_dump(mode="json"))
    await services.requests.answer(request, answer)
    return respond(answer)


@router.get(
    "/{webhook_id}/deliveries",
    summary="推送记录",
    operation_id="list_webhook_deliveries",
    responses=responses.READ_WEBHOOK,
)
async def deliveries(
    webhook_id: WebhookId,
    _person: Caller,
    services: Wired,
    state: Annotated[SendState | None, Query(description="只要哪种状态")] = None,
    subject: Annotated[patterns.Code | None, Query(description="只要哪个案卷")] = None,
    cursor: Annotated[str | None, Query(pattern=patterns.LOG_POSITION, description="上一页的 next")] = None,
    limit: Limit = 20,
) -> Page[DeliveryView]:
    """每个事件的推送情况与最近各次发送，新的在前。"""
    hook = await services.webhooks.one(webhook_id)
    before = None if cursor is None else tuple(int(part) for part in cursor.split("."))
    rows = await services.webhooks.log(hook.id, before, limit + 1, state=state, subject=subject)
    items = [webhook_views.delivery(row) for row in rows[:limit]]
    return Page(items=items, next=_place(items[-1]) if len(rows) > limit else None)


async def _edit(
    services: Services, person: Person, key: str, route: str, body: object, edit: webhooks.Edit
) -> JSONResponse:
    request = request_of(person, key, route, body)
    webhook_id = route.partition("/")[0]

    def render(hook: Subscription) -> Answer:
        return Answer(status=200, body=webhook_views.of(hook).model_dump(mode="json"))

    answer, is_new = await services.webhooks.edit(webhook_id, edit, request, services.clock(), render)
    return respond(answer, headers=None if is_new else REPLAYED)


async def _checked(services: Services, url: str) -> str | None:
    """Refuse an address that may not be sent to; the words for one that cannot be reached at present."""
    try:
        await services.outgoing.check(url)
    except NoAnswer as failed:
        return f"此刻{failed.why.label}，事件将积存并反复重试"
    return None


async def _started(services: Services, webhook_id: str) -> None:
    """Start it; what is not started here the worker starts within seconds."""
    try:
        await services.gateway.start_webhook(webhook_id)
    except Temporary:
        return


async def _standing(services: Services, hook: Subscription) -> StandingView:
    return webhook_views.standing(hook, await services.webhook_queue.tally(hook.id))


def _place(item: DeliveryView) -> str:
    return f"{item.position}.{item.generation}"


def _trial(hook: Subscription, now: datetime) -> Event:
    return Event(
        position=0,
        id=f"test-{uuid.uuid4().hex}",
        kind=EventKind.WEBHOOK,
        action="test",
        subject=hook.id,
        seq=1,
        at=now,
        unit_id=None,
        unit_name=None,
        data={"action_label": "试送"},
    )
