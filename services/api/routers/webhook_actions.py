"""What administrators do with a subscription to events (事件推送): pause, resume, replay, remove, test.

Invariant: each is one transaction with the answer to its request; a repeat of the request gets the first answer.
"""

import uuid
from datetime import datetime

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from adapters.postgres import webhooks
from domain.events import Event, EventKind
from domain.requests import Answer
from domain.webhooks import Subscription, WebhookState
from services.api import responses, webhook_changes, webhook_views
from services.api.commands import request_of
from services.api.deps import Caller, IdempotencyKey, Wired
from services.api.door import Door
from services.api.problems import respond
from services.api.routers.hazards import REPLAYED
from services.api.routers.webhooks import WebhookId
from services.api.webhook_views import ReplayBody, ResumeBody, WebhookTestedView, WebhookView

router = APIRouter(prefix="/v1/webhooks", tags=["事件推送"], route_class=Door)


@router.post(
    "/{webhook_id}/pause",
    summary="暂停推送",
    operation_id="pause_webhook",
    response_model=WebhookView,
    responses=responses.EDIT_WEBHOOK,
)
async def pause(webhook_id: WebhookId, person: Caller, services: Wired, key: IdempotencyKey) -> JSONResponse:
    """暂停：事件照常积存，恢复后按次序补送。"""
    return await webhook_changes.edited(
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
    return await webhook_changes.edited(services, person, key, f"{webhook_id}/resume", body, edit)


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
    feed = await services.events.feed()
    edit = webhooks.replayed(feed.position(body.cursor))
    return await webhook_changes.edited(services, person, key, f"{webhook_id}/replay", body, edit)


@router.post(
    "/{webhook_id}/remove",
    summary="删除推送订阅",
    operation_id="remove_webhook",
    response_model=WebhookView,
    responses=responses.EDIT_WEBHOOK,
)
async def remove(webhook_id: WebhookId, person: Caller, services: Wired, key: IdempotencyKey) -> JSONResponse:
    """不再推送；推送记录保留。"""
    return await webhook_changes.edited(
        services, person, key, f"{webhook_id}/remove", None, webhooks.put_into(WebhookState.REMOVED)
    )


@router.post(
    "/{webhook_id}/test",
    summary="试送",
    operation_id="test_webhook",
    response_model=WebhookTestedView,
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
