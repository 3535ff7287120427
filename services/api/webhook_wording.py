"""What the OpenAPI document calls things of webhooks, in Chinese; :mod:`services.api.wording` puts the words in their places."""

from collections.abc import Iterable
from typing import Final

from domain.webhooks import SendOutcome, SendState, WebhookState


def _all(intro: str, members: Iterable[WebhookState | SendOutcome | SendState]) -> str:
    return f"{intro}：" + "、".join(f"{member.value} {member.label}" for member in members)


SCHEMAS: Final = {
    "WebhookBody": "推送订阅",
    "NewWebhookBody": "要登记的推送订阅",
    "SecretBody": "如何更换签名密钥",
    "ResumeBody": "如何恢复推送",
    "ReplayBody": "从何处重放",
    "WebhookView": "推送订阅",
    "WebhookStandingView": "推送订阅及其状态",
    "WebhookSecretView": "已更换密钥的推送订阅",
    "WebhookCreatedView": "已登记的推送订阅",
    "WebhookAttemptView": "一次发送",
    "WebhookDeliveryView": "一个事件的推送情况",
    "Page_WebhookDeliveryView_": "一页推送记录",
    "WebhookTestedView": "试送的结果",
    "WebhookState": _all("推送状态", WebhookState),
    "SendOutcome": _all("发送的结果", SendOutcome),
    "SendState": _all("事件推送到哪一步", SendState),
}
