"""Subscriptions to events (事件推送): register, change, and look at what was sent.

Invariant: an address is kept only after it passed the guard of outgoing addresses; it passes it again before every send.
"""

import uuid
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from fastapi.responses import JSONResponse

from adapters.postgres import webhooks
from adapters.webhook_posts import new_secret
from domain.requests import Answer
from domain.webhooks import SendState, Subscription
from services.api import patterns, responses, webhook_changes, webhook_views
from services.api.commands import request_of
from services.api.deps import Caller, IdempotencyKey, Limit, Wired
from services.api.door import Door
from services.api.problems import respond
from services.api.routers.hazards import REPLAYED
from services.api.views import Page
from services.api.webhook_views import (
    NewWebhookBody,
    WebhookBody,
    WebhookCreatedView,
    WebhookDeliveryView,
    WebhookStandingView,
    WebhookView,
)

router = APIRouter(prefix="/v1/webhooks", tags=["事件推送"], route_class=Door)

WebhookId = Annotated[str, Path(pattern=patterns.WEBHOOK_ID, description="推送订阅编号")]


@router.get("", summary="推送订阅", operation_id="list_webhooks", responses=responses.READ_WEBHOOKS)
async def list_webhooks(_person: Caller, services: Wired) -> list[WebhookStandingView]:
    """全部推送订阅及其状态。"""
    return [await webhook_changes.standing(services, hook) for hook in await services.webhooks.all()]


@router.post(
    "",
    status_code=201,
    summary="登记推送订阅",
    operation_id="create_webhook",
    response_model=WebhookCreatedView,
    responses=responses.CREATE_WEBHOOK,
)
async def create(body: NewWebhookBody, person: Caller, services: Wired, key: IdempotencyKey) -> JSONResponse:
    """登记一个接收地址。签名密钥（Standard Webhooks，whsec_）只在这次答复中显示。"""
    request = request_of(person, key, "webhooks", body)
    if earlier := await services.requests.earlier(request):
        return respond(earlier, headers=REPLAYED)
    warning = await webhook_changes.checked(services, body.url)
    webhook_id, secret = f"wh-{uuid.uuid4().hex}", new_secret()
    feed = await services.events.feed()
    begin = feed.position(body.cursor)

    def render(hook: Subscription) -> Answer:
        view = WebhookCreatedView(**webhook_views.of(hook, feed).model_dump(), secret=None, warning=warning)
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
    await webhook_changes.woken(services, webhook_id)
    return respond(Answer(status=201, body=answer.body | {"secret": secret}))


@router.get(
    "/{webhook_id}", summary="一个推送订阅", operation_id="get_webhook", responses=responses.READ_WEBHOOK
)
async def one(webhook_id: WebhookId, _person: Caller, services: Wired) -> WebhookStandingView:
    """一个推送订阅及其状态。"""
    return await webhook_changes.standing(services, await services.webhooks.one(webhook_id))


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
    await webhook_changes.checked(services, body.url)
    return await webhook_changes.edited(
        services, person, key, webhook_id, body, webhooks.changed(body.wish())
    )


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
) -> Page[WebhookDeliveryView]:
    """每个事件的推送情况与最近各次发送，新的在前。"""
    hook = await services.webhooks.one(webhook_id)
    before = None if cursor is None else tuple(int(part) for part in cursor.split("."))
    rows = await services.webhooks.log(hook.id, before, limit + 1, state=state, subject=subject)
    feed = await services.events.feed()
    items = [webhook_views.delivery(row, feed) for row in rows[:limit]]
    return Page(items=items, next=_place(rows[limit - 1]) if len(rows) > limit else None)


def _place(row: Mapping[str, Any]) -> str:
    return f"{row['position']}.{row['generation']}"
