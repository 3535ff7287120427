"""Replacing the secret of a subscription to events (更换签名密钥), because it got out, or as a matter of course.

Invariant: the new secret is shown in the answer that made it and nowhere else; the one before it signs beside it for as long as
was asked for, and not a moment after it was replaced where it got out.
"""

from datetime import timedelta

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from adapters.postgres import webhooks
from adapters.webhook_posts import new_secret
from domain.requests import Answer
from domain.webhooks import Subscription
from services.api import responses, webhook_changes, webhook_views
from services.api.commands import request_of
from services.api.deps import Caller, IdempotencyKey, Wired
from services.api.door import Door
from services.api.problems import respond
from services.api.routers.hazards import REPLAYED
from services.api.routers.webhooks import WebhookId
from services.api.webhook_views import SecretBody, WebhookSecretView

router = APIRouter(prefix="/v1/webhooks", tags=["事件推送"], route_class=Door)


@router.post(
    "/{webhook_id}/secret",
    summary="更换签名密钥",
    operation_id="replace_webhook_secret",
    response_model=WebhookSecretView,
    responses=responses.EDIT_WEBHOOK,
)
async def replace(
    webhook_id: WebhookId, body: SecretBody, person: Caller, services: Wired, key: IdempotencyKey
) -> JSONResponse:
    """更换签名密钥：新密钥只在这次答复中显示；旧密钥在 overlap_hours 之内一同签名，已泄露的请给 0。"""
    request = request_of(person, key, f"{webhook_id}/secret", body)
    secret, now, feed = new_secret(), services.clock(), await services.events.feed()
    until = now + timedelta(hours=body.overlap_hours) if body.overlap_hours else None

    def render(hook: Subscription) -> Answer:
        view = WebhookSecretView(**webhook_views.of(hook, feed).model_dump(), secret=None)
        return Answer(status=200, body=view.model_dump(mode="json"))

    edit = webhooks.secret_replaced(services.posts.sealed(webhook_id, secret), services.posts.retired, until)
    answer, is_new = await services.webhooks.edit(webhook_id, edit, request, now, render)
    if not is_new:
        return respond(answer, headers=REPLAYED)
    await webhook_changes.woken(services, webhook_id)
    return respond(Answer(status=200, body=answer.body | {"secret": secret}))
