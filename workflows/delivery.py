"""The delivery of a channel (送达): one dispatcher per channel, for a supervisor to see.

Invariant: one workflow per channel and namespace, by its id; it never polls and gets no signals, the activity waits for what is to
be sent.
"""

from typing import Final

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.delivery import DeliveryActivities
    from activities.delivery_round import Dispatched
    from domain.delivery import ChannelName
    from workflows import options

_ROUNDS: Final = 200


def workflow_id(channel: ChannelName) -> str:
    """The id of a channel's workflow."""
    return f"delivery-{channel.value}"


@workflow.defn(name="Delivery")
class DeliveryWorkflow:
    """Runs for ever, one activity at a time."""

    @workflow.run
    async def run(self, channel: str) -> None:
        """Dispatch round after round."""
        name = ChannelName(channel)
        for _ in range(_ROUNDS):
            done = await workflow.execute_activity_method(
                DeliveryActivities.dispatch, channel, **options.relay(f"等候并发送{name.label}")
            )
            workflow.set_current_details(card(name, done))
        workflow.continue_as_new(channel)


def card(channel: ChannelName, done: Dispatched) -> str:
    """How the channel stands, in Markdown."""
    lines = [
        f"### {channel.label}：{'待发 ' + str(done.queue) + ' 条' if done.queue else '没有待发'}",
        f"- 最早一条已等候 {done.oldest_seconds} 秒" if done.queue else "- 正在等候新的通知",
        f"- {done.day}已送达 {done.sent} 条，未送达 {done.failed} 条",
    ]
    if done.held:
        lines.append(
            f"- **群发制动：{done.held} 条时限变动通知暂缓合并发送**（bihuan notices release 可放行）"
        )
    return "\n".join(lines)
