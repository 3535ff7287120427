"""A subscription to events (事件推送): sends what there is, then waits for what happens or for the next try.

Invariant: one per subscription, by its workflow id, for as long as the subscription is active; it never polls: one bell for
all wakes those that lack events, and a timer waits for the next try. What is sent and what was answered is on record, not here.
"""

import contextlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.webhooks import Round, Told, WebhookActivities
    from domain.webhooks import WebhookState
    from workflows import options

BELL_ID: Final = "event-bell"

_ROUNDS: Final = 300
_LOOKS: Final = timedelta(days=1)
"""A subscription looks at least so often: one that was removed while the engine was away then ends."""
_SOON: Final = timedelta(milliseconds=1)


@dataclass(frozen=True, kw_only=True)
class WebhookStart:
    """Which subscription, and how many events its earlier runs have sent."""

    webhook_id: str
    sent: int = 0


def workflow_id(webhook_id: str) -> str:
    """The id of a subscription's workflow."""
    return f"webhook-{webhook_id}"


@workflow.defn(name="Webhook")
class WebhookWorkflow:
    """Runs until its subscription is paused, failed or removed."""

    def __init__(self) -> None:
        self._woken = False

    @workflow.signal(name="wake")
    def wake(self) -> None:
        """There is something new, or a person changed the subscription."""
        self._woken = True

    @workflow.run
    async def run(self, start: WebhookStart) -> str:
        """Send round by round; gives the sentence that says why it ended."""
        sent = start.sent
        for _ in range(_ROUNDS):
            self._woken = False
            told = await workflow.execute_activity_method(
                WebhookActivities.deliver,
                Round(webhook_id=start.webhook_id, now=workflow.now()),
                **options.deliver_events("推送已发生的事件"),
            )
            sent += told.sent
            workflow.set_current_details(_card(told, sent))
            if told.tally.state is not WebhookState.ACTIVE:
                break
            if not told.more:
                await self._something(told.tally.next_at)
        if told.tally.state is WebhookState.ACTIVE:
            workflow.continue_as_new(WebhookStart(webhook_id=start.webhook_id, sent=sent))
        return _why(told)

    async def _something(self, next_at: datetime | None) -> None:
        """Wait for something new, or for the next try."""
        if self._woken:
            return
        rest = _LOOKS if next_at is None else max(min(next_at - workflow.now(), _LOOKS), _SOON)
        summary = "等候新的事件" if next_at is None else "等候下次重试"
        with contextlib.suppress(TimeoutError):
            await workflow.wait_condition(lambda: self._woken, timeout=rest, timeout_summary=summary)


@workflow.defn(name="EventBell")
class EventBellWorkflow:
    """Runs for ever, one activity at a time."""

    @workflow.run
    async def run(self, woken: int = 0) -> None:
        """Wake subscriptions when something happens; ``woken`` is how often earlier runs did."""
        for _ in range(_ROUNDS):
            workflow.set_current_details(f"事件铃：已唤醒推送订阅 {woken} 次，正在等候新的事件")
            woken += await workflow.execute_activity_method(
                WebhookActivities.ring, **options.relay("等候新的事件并唤醒推送订阅")
            )
        workflow.continue_as_new(woken)


def _why(told: Told) -> str:
    reason = told.tally.reason
    return told.tally.state.label + (f"：{reason.label}" if reason else "")


def _card(told: Told, sent: int) -> str:
    """How the subscription stands, in Markdown."""
    tally = told.tally
    lines = [
        f"### 事件推送：{tally.state.label}",
        f"- 已送达 {sent} 件，待送 {tally.pending} 件",
        f"- 因未被接收而等候重试的案卷 {tally.blocked} 件，其余案卷照常推送",
    ]
    if tally.reason is not None:
        lines.append(f"- **需要处理**：{tally.reason.label}")
    if tally.next_at is not None:
        lines.append(f"- 下次重试：{tally.next_at.isoformat(timespec='seconds')}")
    return "\n".join(lines)
