"""Subscriptions to events as clients send and see them.

Invariant: a secret is shown in the answer that made it and nowhere else, not even to a repeat of the request.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field, StringConstraints

from adapters.postgres.webhooks import Wish, reason_of
from domain.events import EventKind
from domain.feed import Feed
from domain.webhooks import Judged, SendOutcome, SendState, Subscription, Tally, WebhookState
from services.api import patterns
from services.api.bodies import like

Url = Annotated[str, StringConstraints(min_length=10, max_length=2000, pattern=patterns.URL)]


class WebhookBody(BaseModel):
    """A subscription to events."""

    model_config = like(name="区应急指挥平台", url="https://hooks.example.cn/bihuan")

    name: patterns.Line = Field(description="名称，供管理员辨认")
    url: Url = Field(
        description="接收地址；须在管理员的外发名单之内", examples=["https://hooks.example.cn/bihuan"]
    )
    kinds: list[EventKind] | None = Field(
        default=None, max_length=4, description="只要哪几类事件；不给则全部"
    )

    def wish(self) -> Wish:
        """The same for the adapters."""
        kinds = None if self.kinds is None else tuple(dict.fromkeys(self.kinds))
        return Wish(name=self.name, url=self.url, kinds=kinds)


class NewWebhookBody(WebhookBody):
    """A subscription to make."""

    model_config = like(
        name="区应急指挥平台",
        url="https://hooks.example.cn/bihuan",
        kinds=["hazard", "collection"],
        cursor="end",
    )

    cursor: Annotated[str, StringConstraints(pattern=patterns.POSITION)] = Field(
        default="end", description="从事件流的哪个位置开始：end 只要以后的，0 从头"
    )


class ResumeBody(BaseModel):
    """How to go on."""

    model_config = like(skip_tried=False)

    skip_tried: bool = Field(
        default=False, strict=True, description="true 则放弃已试过而未被接收的，false 则重新推送"
    )


class ReplayBody(BaseModel):
    """Where to go on from."""

    model_config = like(cursor="1200")

    cursor: Annotated[str, StringConstraints(pattern=patterns.PAST_POSITION)] = Field(
        description="事件流的位置，其后的事件全部重新推送"
    )


class SecretBody(BaseModel):
    """How to replace a secret."""

    model_config = like(overlap_hours=24)

    overlap_hours: int = Field(
        default=24, ge=0, le=168, strict=True, description="旧密钥还一同签名多少小时；已泄露的给 0，即刻作废"
    )


class WebhookView(BaseModel):
    """A subscription and how it stands."""

    id: str
    name: str = Field(description="名称")
    url: str = Field(description="接收地址")
    kinds: list[EventKind] | None = Field(description="哪几类事件；null 为全部")
    state: WebhookState = Field(description="active 推送中、paused 已暂停、failed 因失败停止、removed 已删除")
    state_label: str = Field(description="状态的中文名")
    reason: SendOutcome | None = Field(description="因何停止")
    reason_label: str | None = Field(description="因何停止，给人看的一句话")
    state_at: datetime = Field(description="何时进入此状态")
    created_at: datetime = Field(description="何时登记")
    cursor: str = Field(description="事件流已取到的位置")
    secret_at: datetime = Field(description="何时换上现用的签名密钥")
    former_until: datetime | None = Field(description="旧密钥一同签名到何时；没有则为 null")


class WebhookStandingView(WebhookView):
    """A subscription, with what waits."""

    pending: int = Field(description="待送的件数")
    blocked: int = Field(description="因未被接收而等候重试的案卷数")
    next_at: datetime | None = Field(description="下次重试的时间")


class WebhookSecretView(WebhookView):
    """A subscription with a secret that was made for it."""

    secret: str | None = Field(description="签名密钥，只在此刻显示一次；重复提交时为 null")


class WebhookCreatedView(WebhookSecretView):
    """A subscription that was made."""

    warning: str | None = Field(description="此刻联系不上接收方时的提醒；订阅照样有效")


class WebhookAttemptView(BaseModel):
    """One attempt."""

    number: int = Field(description="第几次")
    at: datetime
    outcome: SendOutcome | None = Field(description="结果；null 表示发送被中断，对方可能已收到")
    outcome_label: str | None = Field(description="结果的中文名")
    status: int | None = Field(description="对方答复的 HTTP 状态码")
    took_ms: int | None = Field(description="用时，毫秒")


class WebhookDeliveryView(BaseModel):
    """An event on its way to a subscriber."""

    position: str = Field(description="事件流的位置，可用作重放的起点")
    event_id: str = Field(description="事件编号，即 webhook-id")
    subject: str = Field(description="案号、报送编号或文号")
    generation: int = Field(description="第几遍：重放一次加一")
    state: SendState
    state_label: str = Field(description="状态的中文名")
    attempts: int = Field(description="已发送次数")
    next_at: datetime | None = Field(description="下次重试的时间")
    done_at: datetime | None = Field(description="何时送达或了结")
    latest: list[WebhookAttemptView] = Field(description="最近 20 次发送，新的在前")


class WebhookTestedView(BaseModel):
    """What came of a test send."""

    outcome: SendOutcome = Field(description="结果")
    outcome_label: str = Field(description="结果的中文名")
    status: int | None = Field(description="对方答复的 HTTP 状态码")
    took_ms: int = Field(description="用时，毫秒")


def of(hook: Subscription, feed: Feed) -> WebhookView:
    """A subscription as it is shown; ``feed`` writes its cursor."""
    return WebhookView(
        id=hook.id,
        name=hook.name,
        url=hook.url,
        kinds=None if hook.kinds is None else list(hook.kinds),
        state=hook.state,
        state_label=hook.state.label,
        reason=hook.reason,
        reason_label=None if hook.reason is None else hook.reason.label,
        state_at=hook.state_at,
        created_at=hook.created_at,
        cursor=feed.cursor(hook.cursor),
        secret_at=hook.secret_at,
        former_until=hook.former_until,
    )


def standing(hook: Subscription, feed: Feed, tally: Tally) -> WebhookStandingView:
    """A subscription with what waits."""
    fields = of(hook, feed).model_dump()
    return WebhookStandingView(**fields, pending=tally.pending, blocked=tally.blocked, next_at=tally.next_at)


def delivery(row: Mapping[str, Any], feed: Feed) -> WebhookDeliveryView:
    """A delivery with its latest attempts."""
    latest = [one | {"outcome_label": reason_of(one["outcome"])} for one in json.loads(row["latest"])]
    fields = {
        name: row[name]
        for name in ("generation", "event_id", "subject", "state", "attempts", "next_at", "done_at")
    }
    label = SendState(row["state"]).label
    cursor = feed.cursor(row["position"])
    return WebhookDeliveryView(position=cursor, state_label=label, latest=latest, **fields)


def tested(judged: Judged) -> WebhookTestedView:
    """What came of a test send."""
    return WebhookTestedView(
        outcome=judged.outcome,
        outcome_label=judged.outcome.label,
        status=judged.status,
        took_ms=int(judged.took.total_seconds() * 1000),
    )
