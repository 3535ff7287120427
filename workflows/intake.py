"""The relay of the intake (发现上报): starts what was put on record while the engine was away.

Invariant: one relay per namespace, by its workflow id; it never polls, the activity waits for announcements.
"""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.intake import IntakeActivities
    from workflows import options

RELAY_ID = "intake-relay"
_ROUNDS = 500


@workflow.defn(name="IntakeRelay")
class IntakeRelayWorkflow:
    """Runs for ever, one activity at a time."""

    @workflow.run
    async def run(self, relayed: int = 0) -> None:
        """Relay rounds of starts; ``relayed`` is how many earlier runs have started."""
        for _ in range(_ROUNDS):
            workflow.set_current_details(f"补启动接力：已补启动 {relayed} 件，正在等候新的上报")
            relayed += await workflow.execute_activity_method(
                IntakeActivities.relay, **options.relay("等候引擎离线期间收到的上报并补启动")
            )
        workflow.continue_as_new(relayed)
